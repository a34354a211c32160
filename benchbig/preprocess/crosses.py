"""Which pairs of values of two columns get a column of their own in a linear model's matrix?

A linear model adds up what its columns say and cannot say that May means one thing by cell phone
and another by landline. One column a pair of values, a feature cross, lets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchbig.data.parts import Array
from benchbig.preprocess import columns
from benchbig.preprocess.columns import Names

MOST = 32  # distinct whole numbers that still count as codes here: the days of a month do


class Pair(NamedTuple):
    """Two columns and, (values of one, values of other), which cross each pair is, -1 for none."""

    one: str
    other: str
    place: Array


@dataclass(frozen=True)
class Crosses:
    """What was learnt on the training rows: the values of each column, and the pairs that count."""

    names: Mapping[str, Names]
    steps: Mapping[str, Array]
    pairs: tuple[Pair, ...]
    width: int


def learn(X: pd.DataFrame, fewest: int) -> Crosses:
    """Learn which pairs are seen in at least `fewest` training rows; 0 crosses nothing.

    Nominal columns and whole numbers of few values are crossed. Missing and rarer values are in
    no pair.
    """
    if fewest == 0:
        return Crosses({}, {}, (), 0)
    names = {name: columns.learn_names(X[name], fewest) for name in columns.nominal(X)}
    few = columns.few_valued(X, MOST)
    steps = {name: np.unique(X[name].dropna().to_numpy(np.float64)) for name in few}
    kept = {name: learnt.kept for name, learnt in names.items()}
    kept |= {name: len(values) for name, values in steps.items()}
    places = _places(X, names, steps)
    pairs, width = [], 0
    for one, other in combinations(kept, 2):
        shape = (kept[one], kept[other])
        both = (places[one] >= 0) & (places[other] >= 0)
        counts = np.zeros(shape, dtype=np.int64)
        np.add.at(counts, (places[one][both], places[other][both]), 1)
        often = counts >= fewest
        place = np.full(shape, -1)
        place[often] = width + np.arange(often.sum())
        pairs.append(Pair(one, other, place))
        width += int(often.sum())
    return Crosses(names, steps, tuple(pairs), width)


def encode(crosses: Crosses, X: pd.DataFrame) -> Array:
    """(n, width) float32: 1 where a row has both values of a pair."""
    matrix = np.zeros((len(X), crosses.width), dtype=np.float32)
    places = _places(X, crosses.names, crosses.steps)
    for one, other, place in crosses.pairs:
        if place.size:
            # A place of -1 would be read from the end of the table; it is masked right after.
            column = place[places[one], places[other]]
            rows = np.flatnonzero((places[one] >= 0) & (places[other] >= 0) & (column >= 0))
            matrix[rows, column[rows]] = 1.0
    return matrix


def _places(
    X: pd.DataFrame, names: Mapping[str, Names], steps: Mapping[str, Array]
) -> dict[str, Array]:
    """(n,) each row's number among the values of each column; -1 for missing and unseen."""
    found = {name: columns.places(X[name], learnt) for name, learnt in names.items()}
    for name, values in steps.items():
        column = X[name].to_numpy(dtype=np.float64, na_value=np.nan)
        at = np.minimum(np.searchsorted(values, column), len(values) - 1)
        found[name] = np.where(values[at] == column, at, -1)
    return found
