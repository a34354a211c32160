"""How far predicted numbers are from the true ones.

y, p: (n,) float64.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics.cells import Cells, mean, ratio


def mae(y: Array, p: Array) -> Cells:
    """The mean absolute error."""
    return mean(np.abs(y - p))


def rmse(y: Array, p: Array) -> Cells:
    """The root of the mean squared error."""
    error = (y - p) ** 2
    squared = mean(error)

    def slope(counts: Array) -> Array:
        total = counts.sum()
        average = (counts * error).sum() / total
        # Where every number is right the root has no slope; nothing moves it either.
        slopes: Array = (error - average) / (2.0 * total * np.sqrt(average or 1.0))
        return slopes

    return replace(squared, value=lambda counts: np.sqrt(squared.value(counts)), slope=slope)


def r2(y: Array, p: Array) -> Cells:
    """1 - the squared error over that of the mean of y; undefined where y is constant.

    The mean is the weighted one of the same examples. Source: scikit-learn 1.9 `r2_score`, which
    gives 0 or 1 where it is undefined.
    """
    error = (y - p) ** 2
    # About the plain mean, so that the sums below do not cancel where y is far from 0.
    centred = y - y.mean()

    def value(counts: Array) -> Array:
        weight = counts.sum(axis=1)
        offset = ratio((counts * centred).sum(axis=1), weight)
        spread = (counts * (centred - offset[:, None]) ** 2).sum(axis=1)
        return 1.0 - ratio((counts * error).sum(axis=1), spread)

    def slope(counts: Array) -> Array:
        """The mean's own move counts for nothing: the spread is least there."""
        apart = (centred - (counts * centred).sum() / counts.sum()) ** 2
        spread = (counts * apart).sum()
        slopes: Array = ((counts * error).sum() / spread * apart - error) / spread
        return slopes

    return Cells(np.arange(len(y)), len(y), value, slope)
