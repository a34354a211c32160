"""How does a file's table become a Part? Nominal columns typed, rows numbered, the target apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchbig.data.parts import Array, Part


def copy_on_write() -> None:
    """Have pandas copy numbers where they are written to, as it always does from 3 on.

    `Part.lend` relies on it: else what a model alters in place would reach the scoring.
    """
    if int(pd.__version__.partition(".")[0]) < 3:
        pd.options.mode.copy_on_write = True


def whole(frame: pd.DataFrame, y: Array, nominal: Sequence[str] = (), real: bool = False) -> Part:
    """All rows of a file as one Part, before it is cut.

    frame: (n, d) features alone, its index the row numbers in the file, which become the ids;
    y: (n,) classes, or with `real` any numbers; nominal: columns whose values are names. Their
    categories are the sorted values of the whole file: a list of allowed names, which tells
    nothing about any row.
    """
    X = frame.reset_index(drop=True)
    for name in nominal:
        X[name] = X[name].astype("category")
    kind = np.float64 if real else np.int64
    return Part(X, np.asarray(y, dtype=kind), frame.index.to_numpy(dtype=np.int64))
