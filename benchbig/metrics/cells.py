"""What a metric is here: a function of how often each kind of example occurs.

Examples that a metric cannot tell apart share a cell: for accuracy there are two cells (right,
wrong), for a confusion matrix one for each entry that occurs. A metric sorts and compares the
examples once; its value, its value under weights and its value on a bootstrap resample are then
one cheap function of the weight in each cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchbig.data.parts import Array


@dataclass(frozen=True)
class Cells:
    """A metric made ready for one prediction.

    index: (n,) int64, the cell of each example. size: how many cells there are.
    value: (r, size) float64 weights to (r,) values, nan where the metric is undefined.
    """

    index: Array
    size: int
    value: Callable[[Array], Array]


def evaluate(cells: Cells, weight: Array | None = None) -> float:
    """The metric's value, nan where undefined; weight: (n,) of each example, else all alike."""
    counts = np.bincount(cells.index, weight, cells.size).astype(np.float64)
    return float(cells.value(counts[None])[0])


def ratio(above: Array, below: Array) -> Array:
    """above / below, and nan where below is nought."""
    result = np.full(below.shape, np.nan)
    np.divide(above, below, out=result, where=below != 0)
    return result


def mean(losses: Array) -> Cells:
    """The mean of one number for each example; losses: (n,)."""

    def value(counts: Array) -> Array:
        # Not a matrix product: its last digit would depend on the number of threads.
        return ratio((counts * losses).sum(axis=1), counts.sum(axis=1))

    return Cells(np.arange(len(losses)), len(losses), value)
