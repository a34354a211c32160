"""How does a table become a matrix for a linear model, an SVM or a network?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchbig.data.parts import Array
from benchbig.preprocess import columns, scale

RAREST = 10  # a value seen in fewer training rows gets no column of its own


@dataclass(frozen=True)
class Dense:
    """What was learnt on the training rows: fill values, views of the numbers, levels of names.

    fill: (d,) the median of each number; gaps: positions of the numbers that had missing values.
    levels: the values of each nominal or few-valued column that have a column of their own.
    """

    numbers: tuple[str, ...]
    fill: Array
    gaps: Array
    views: tuple[Callable[[Array], Array], ...]
    levels: Mapping[str, Array]


def learn(X: pd.DataFrame, views: str = "standard", few_valued: bool = True) -> Dense:
    """Learn the encoding on training rows alone.

    views: of the numbers, joined by "+" (see scale.VIEWS); few_valued: whole numbers of few
    values get one column a value besides. Rare values share the all-zero row with unseen ones.
    """
    names = columns.numbers(X)
    values = columns.values(X, names)
    missing = np.isnan(values)
    some = ~missing.all(axis=0)
    fill = np.zeros(len(names))
    fill[some] = np.nanmedian(values[:, some], axis=0)
    filled = np.where(missing, fill, values)
    listed = columns.nominal(X) + (columns.few_valued(X) if few_valued else [])
    return Dense(
        numbers=tuple(names),
        fill=fill,
        gaps=np.flatnonzero(missing.any(axis=0)),
        views=tuple(scale.learn(filled, view) for view in views.split("+")) if names else (),
        levels={name: _levels(X[name]) for name in listed},
    )


def encode(dense: Dense, X: pd.DataFrame) -> Array:
    """The matrix of these rows, (n, width) float64: views, gaps, then one column a level."""
    values = columns.values(X, list(dense.numbers))
    missing = np.isnan(values)
    filled = np.where(missing, dense.fill, values)
    blocks = [view(filled) for view in dense.views]
    blocks.append(missing[:, dense.gaps].astype(np.float64))
    blocks += [_one_hot(X[name], levels) for name, levels in dense.levels.items()]
    return np.concatenate(blocks, axis=1)


def _levels(column: pd.Series) -> Array:
    counts = column.value_counts()
    return np.sort(counts.index[counts >= RAREST].to_numpy())


def _one_hot(column: pd.Series, levels: Array) -> Array:
    """(n, levels) zeros and ones; a missing, rare or unseen value is a row of zeros."""
    place = pd.Index(levels).get_indexer(pd.Index(column.to_numpy()))
    return np.asarray(place[:, None] == np.arange(len(levels)), dtype=np.float64)
