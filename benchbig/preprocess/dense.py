"""How does a table become a matrix for a linear model, an SVM or a network?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchbig.data.parts import Array
from benchbig.preprocess import columns, crosses, scale
from benchbig.preprocess.columns import Names
from benchbig.preprocess.crosses import Crosses

RAREST = 10  # a value seen in fewer training rows gets no column of its own


@dataclass(frozen=True)
class Dense:
    """What was learnt on the training rows: fill values, views of the numbers, levels of names.

    fill: (d,) the median of each number; gaps: positions of the numbers that had missing values.
    levels: the values of each few-valued number, by its position, that have a column of their
    own; names: those of each nominal column. crosses: pairs of values that have one too.
    """

    numbers: tuple[str, ...]
    fill: Array
    gaps: Array
    views: tuple[Callable[[Array], Array], ...]
    levels: Mapping[int, Array]
    names: Mapping[str, Names]
    crosses: Crosses


def learn(X: pd.DataFrame, views: str = "standard", fewest: int = 0) -> Dense:
    """Learn the encoding on training rows alone.

    views: of the numbers, joined by "+" (see scale.VIEWS). Whole numbers of few values get one
    column a value besides. Rare values share the all-zero row with unseen ones. fewest: training
    rows that a pair of values must be seen in to get a column (see crosses.py); 0 for no pairs.
    """
    numbers = tuple(columns.numbers(X))
    values = columns.values(X, numbers)
    missing = np.isnan(values)
    some = ~missing.all(axis=0)
    fill = np.zeros(len(numbers))
    fill[some] = np.nanmedian(values[:, some], axis=0)
    filled = np.where(missing, fill, values)
    stepped = [numbers.index(name) for name in columns.few_valued(X)]
    return Dense(
        numbers=numbers,
        fill=fill,
        gaps=np.flatnonzero(missing.any(axis=0)),
        views=tuple(scale.learn(filled, view) for view in views.split("+")) if numbers else (),
        levels={j: _levels(values[:, j]) for j in stepped},
        names={name: columns.learn_names(X[name], RAREST) for name in columns.nominal(X)},
        crosses=crosses.learn(X, fewest),
    )


def encode(dense: Dense, X: pd.DataFrame) -> Array:
    """The matrix of these rows, (n, width): views, gaps, one column a level, pairs.

    float64; float32 with pairs, whose hundreds of columns would cost a Newton step twice as much.
    """
    values = columns.values(X, dense.numbers)
    missing = np.isnan(values)
    filled = np.where(missing, dense.fill, values)
    blocks = [view(filled) for view in dense.views]
    blocks.append(missing[:, dense.gaps])
    blocks += [values[:, [j]] == levels for j, levels in dense.levels.items()]
    for name, names in dense.names.items():
        blocks.append(columns.places(X[name], names)[:, None] == np.arange(names.kept))
    blocks.append(crosses.encode(dense.crosses, X))
    precision = np.float32 if dense.crosses.width else np.float64
    return np.concatenate(blocks, axis=1, dtype=precision)


def _levels(values: Array) -> Array:
    seen, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    return np.asarray(seen[counts >= RAREST])
