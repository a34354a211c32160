"""Which columns of a table are numbers, which are names, and which numbers are nearly names?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from benchbig.data.parts import Array


class Names(NamedTuple):
    """The names of a nominal column that count, learnt on training rows.

    dtype: the column's as it was learnt; place: (categories + 1,) what number each category's
    code has among the names that count, -1 for none, the last entry for missing; kept: how many
    count.
    """

    dtype: pd.CategoricalDtype
    place: Array
    kept: int


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


def values(X: pd.DataFrame, names: tuple[str, ...]) -> Array:
    """These columns as one matrix, (n, len(names)) float64, NaN where missing."""
    matrix = np.empty((len(X), len(names)))
    for j, name in enumerate(names):
        matrix[:, j] = X[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return matrix


def learn_names(column: pd.Series, rarest: int = 1, most: int | None = None) -> Names:
    """The names seen in at least `rarest` rows, at most the `most` most frequent of them."""
    counts = np.bincount(_codes(column) + 1, minlength=len(column.cat.categories) + 1)[1:]
    by_count = np.argsort(-counts, kind="stable")[:most]
    kept = np.sort(by_count[counts[by_count] >= rarest])
    place = np.full(len(counts) + 1, -1)
    place[kept] = np.arange(len(kept))
    return Names(column.array.dtype, place, len(kept))


def places(column: pd.Series, names: Names) -> Array:
    """(n,) each row's number among the names that count; -1 for any other and for missing."""
    # A column cut from the same table shares its dtype object, and looking there is enough; any
    # other is brought to the categories learnt, which takes a hundred times as long for one row.
    if column.dtype is not names.dtype:
        column = column.cat.set_categories(names.dtype.categories)
    return np.asarray(names.place[_codes(column)])


def _codes(column: pd.Series) -> Array:
    """(n,) the code of each row's category, -1 where missing."""
    return np.asarray(column.array.codes, dtype=np.int64)
