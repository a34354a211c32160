"""How good and how costly the yes-or-no decisions of a binary task are.

y: (n,) 0 or 1; p: (n,) probability of 1. An example is flagged when p is at or above the
threshold, 0.5 but for the cost.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics.cells import Cells, ratio


def accuracy(y: Array, p: Array) -> Cells:
    """The share of right decisions."""
    return _confusion(y, p, lambda tn, fp, fn, tp: ratio(tn + tp, tn + fp + fn + tp))


def precision(y: Array, p: Array) -> Cells:
    """The share of the flagged that are positive; undefined when nothing is flagged."""
    return _confusion(y, p, lambda tn, fp, fn, tp: ratio(tp, tp + fp))


def recall(y: Array, p: Array) -> Cells:
    """The share of the positives that are flagged; undefined without positives."""
    return _confusion(y, p, lambda tn, fp, fn, tp: ratio(tp, tp + fn))


def f1(y: Array, p: Array) -> Cells:
    """2 tp / (2 tp + fp + fn); undefined when nothing is positive and nothing is flagged."""
    return _confusion(y, p, lambda tn, fp, fn, tp: ratio(2 * tp, 2 * tp + fp + fn))


def cost_per_1000(y: Array, p: Array, missed: float, false_alarm: float) -> Cells:
    """What the wrong decisions on 1,000 examples cost, a right one costing nothing.

    missed, false_alarm: currency units each. The threshold is false_alarm / (false_alarm +
    missed), the cheapest for calibrated p (Elkan 2001, equation 2); it is not tuned on y.
    """
    threshold = false_alarm / (false_alarm + missed)

    def value(tn: Array, fp: Array, fn: Array, tp: Array) -> Array:
        return 1000.0 * ratio(missed * fn + false_alarm * fp, tn + fp + fn + tp)

    return _confusion(y, p, value, threshold)


def _confusion(
    y: Array,
    p: Array,
    value: Callable[[Array, Array, Array, Array], Array],
    threshold: float = 0.5,
) -> Cells:
    """A metric of the four counts tn, fp, fn, tp, each (r,)."""
    index = 2 * y.astype(np.int64) + (p >= threshold)
    return Cells(index, 4, lambda counts: value(*counts.T))
