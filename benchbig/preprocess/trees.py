"""How does a table reach a tree? Numbers as they are, gaps and all; names as a bounded set."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from benchbig.data.parts import Array
from benchbig.preprocess import columns

MOST = 250  # names a column; histogram trees keep a name in one byte


def learn(X: pd.DataFrame) -> Mapping[str, Array]:
    """The names that each nominal column keeps: its most frequent ones in the training rows."""
    kept = {}
    for name in columns.nominal(X):
        counts = X[name].value_counts()
        kept[name] = counts.index[counts > 0][:MOST].to_numpy()
    return kept


def leaf_rows(asked: int, n_rows: int) -> int:
    """The fewest rows a leaf may hold: as asked, but no more than a fiftieth of the rows, or 5.

    A hundred rows a leaf steady a tree over 100,000 rows; over 100 they leave no tree at all.
    """
    return min(asked, max(5, n_rows // 50))


def encode(kept: Mapping[str, Array], X: pd.DataFrame) -> pd.DataFrame:
    """The same table with these names alone; any other is missing, which trees understand."""
    frame = X.copy(deep=False)
    for name, names in kept.items():
        frame[name] = X[name].cat.set_categories(names)
    return frame
