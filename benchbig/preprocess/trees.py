"""How does a table reach a tree? Numbers as they are, gaps and all; names as small codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchbig.data.parts import Array
from benchbig.preprocess import columns
from benchbig.preprocess.columns import Names

MOST = 250  # names a column; histogram trees keep a name in one byte


@dataclass(frozen=True)
class Trees:
    """The columns in the order of the matrix: numbers, then names, each with those that count."""

    numbers: tuple[str, ...]
    names: Mapping[str, Names]

    @property
    def nominal(self) -> list[int]:
        """The positions of the columns that hold codes of names."""
        return list(range(len(self.numbers), len(self.numbers) + len(self.names)))


def learn(X: pd.DataFrame) -> Trees:
    """Learn on training rows which names there are, the MOST most frequent of a column."""
    names = {name: columns.learn_names(X[name], most=MOST) for name in columns.nominal(X)}
    return Trees(tuple(columns.numbers(X)), names)


def encode(trees: Trees, X: pd.DataFrame) -> Array:
    """(n, d) float64; missing values and names that do not count are NaN."""
    matrix = np.empty((len(X), len(trees.numbers) + len(trees.names)))
    matrix[:, : len(trees.numbers)] = columns.values(X, trees.numbers)
    for j, (name, names) in zip(trees.nominal, trees.names.items(), strict=True):
        places = columns.places(X[name], names)
        matrix[:, j] = np.where(places < 0, np.nan, places)
    return matrix


def leaf_rows(asked: int, n_rows: int) -> int:
    """The fewest rows a leaf may hold: as asked, but no more than a fiftieth of the rows, or 5.

    A hundred rows a leaf steady a tree over 100,000 rows; over 100 they leave no tree at all.
    """
    return min(asked, max(5, n_rows // 50))
