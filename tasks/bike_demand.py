"""Bike demand: how many bikes are rented in this hour? Tabular, regression, split by time.

Origin: UCI "Bike Sharing" (Fanaee-T and Gama 2013, "Event labeling combining ensemble detectors
and background knowledge", Progress in Artificial Intelligence): 17,379 hours of Capital Bikeshare
in Washington, D.C., 2011 and 2012, with the weather of the hour. Licence: CC BY 4.0 as recalled
from the UCI repository; the package says nothing.

Left out: `casual` and `registered`, which add up to the target.

Split: by time, the first 60% of the hours to training (to March 2012), the next 20% to validation,
the last 20% to test (from August 2012). It does not leak: nothing is learnt from a later hour,
and nothing of the target's own past is a feature. It does not depend on the seed. The service
grew over the two years, so the test part lies higher than the training part; the date is no
feature, the year is one of the 12.

One row (id 0): winter, first year, January, midnight, no holiday, a Saturday, clear, temperature
0.24 of the largest -> 16 bikes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchbig.data import Split
from benchbig.data.frames import whole
from benchbig.data.splits import by_order, cut


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: 12 number columns; y: bikes rented in the hour; ids: the hour's row in the file."""
    table = pd.read_csv(files["bikeshare"], compression="gzip")
    features = table.drop(columns=["date", "riders", "casual", "registered"])
    return cut(whole(features, table["riders"].to_numpy(), real=True), by_order(len(table)))
