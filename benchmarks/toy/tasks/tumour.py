"""Is a breast tumour benign? 569 x 30, 62.7% benign; Wolberg, Street and Mangasarian 1993, UCI.

The table is read from scikit-learn's files without importing scikit-learn, so that a job costs
little of its own. Stratified and seeded: one row is one patient, so no patient stands in two parts.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchbig.data import Split
from benchbig.data.frames import whole
from benchbig.data.splits import cut, stratified


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """341, 114 and 114 rows."""
    spec = importlib.util.find_spec("sklearn")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    home = Path(spec.submodule_search_locations[0])
    table = np.loadtxt(home / "datasets" / "data" / "breast_cancer.csv", delimiter=",", skiprows=1)
    y = table[:, 30].astype(np.int64)
    return cut(whole(pd.DataFrame(table[:, :30]), y), stratified(y, seed))
