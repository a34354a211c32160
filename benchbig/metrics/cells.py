"""What a metric is here: a function of how often each kind of example occurs.

Examples that a metric cannot tell apart share a cell: for accuracy there are two cells (right,
wrong), for a confusion matrix one for each entry that occurs. A metric sorts and compares the
examples once; its value, its value under weights and its value on a bootstrap resample are then
one cheap function of the weight in each cell. So is its slope: how the value moves with the weight
of an example, from which its variance follows without resampling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchbig.data.parts import Array

STEP = 1e-3  # of one example's weight: the error of a central difference is its square
BLOCK = 2**20  # weights held at once by differences


@dataclass(frozen=True)
class Cells:
    """A metric made ready for one prediction.

    index: (n,) int64, the cell of each example. size: how many cells there are.
    value: (r, size) float64 weights to (r,) values, nan where the metric is undefined.
    slope: (size,) weights to (size,) derivatives of the value by the weight in each cell, nan
    where it has none; None where it is found by differences, which takes size evaluations.
    """

    index: Array
    size: int
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array] | None = None


def evaluate(cells: Cells, weight: Array | None = None) -> float:
    """The metric's value, nan where undefined; weight: (n,) of each example, else all alike."""
    counts = np.bincount(cells.index, weight, cells.size).astype(np.float64)
    return float(cells.value(counts[None])[0])


def pulls(cells: Cells) -> Array:
    """How each example pulls on the metric's value: (n,), summing to nought; nan where undefined.

    n times the derivative of the value by the example's weight, the empirical influence function:
    sum(pulls**2) / n**2 is the value's variance by the infinitesimal jackknife (Efron 1982,
    The jackknife, the bootstrap and other resampling plans, chapter 6).
    """
    counts = np.bincount(cells.index, minlength=cells.size).astype(np.float64)
    slopes = _differences(cells, counts) if cells.slope is None else cells.slope(counts)
    result: Array = len(cells.index) * slopes[cells.index]
    return result


def _differences(cells: Cells, counts: Array) -> Array:
    """The slopes by central differences; no weight falls below nought, no cell is moved far."""
    slopes = np.zeros(cells.size)
    occurring = np.flatnonzero(counts)
    for some in np.array_split(occurring, max(1, len(occurring) * cells.size // BLOCK)):
        moved = np.repeat(counts[None], len(some), axis=0)
        at = np.arange(len(some)), some
        moved[at] += STEP
        above = cells.value(moved)
        moved[at] -= 2 * STEP
        slopes[some] = (above - cells.value(moved)) / (2 * STEP)
    return slopes


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

    def slope(counts: Array) -> Array:
        slopes: Array = (losses - value(counts[None])[0]) / counts.sum()
        return slopes

    return Cells(np.arange(len(losses)), len(losses), value, slope)
