"""Which columns of a table are numbers, which are names, and which numbers are nearly names?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchbig.data.parts import Array


def nominal(X: pd.DataFrame) -> list[str]:
    """The columns of dtype category."""
    return [name for name in X.columns if isinstance(X[name].dtype, pd.CategoricalDtype)]


def numbers(X: pd.DataFrame) -> list[str]:
    """All other columns."""
    names = set(nominal(X))
    return [name for name in X.columns if name not in names]


def few_valued(X: pd.DataFrame, most: int = 16) -> list[str]:
    """The whole-number columns with 3 to `most` distinct values: codes, stages, small counts.

    Their steps seldom mean the same everywhere (a payment two months late is no twice one month
    late), so a linear model is offered one column a value besides the number. Two values need
    none: one column says all.
    """
    chosen = []
    for name in numbers(X):
        seen = X[name].dropna().unique()
        if 3 <= len(seen) <= most and bool(np.all(np.mod(seen, 1) == 0)):
            chosen.append(name)
    return chosen


def values(X: pd.DataFrame, names: list[str]) -> Array:
    """These columns as one matrix, (n, len(names)) float64, NaN where missing."""
    return X[names].to_numpy(dtype=np.float64, na_value=np.nan)
