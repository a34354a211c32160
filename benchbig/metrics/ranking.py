"""How well scores put the positives of a binary task above the negatives.

y: (n,) 0 or 1; p: (n,) scores. A threshold is one of the scores that occur and flags every
example at or above it, so examples of equal score are never told apart.
"""

from __future__ import annotations

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics.cells import Cells, ratio

FPR = 0.01


def average_precision(y: Array, p: Array) -> Cells:
    """Sum over thresholds of precision times the recall gained; undefined without positives.

    Source: scikit-learn 1.9 `average_precision_score` (step function, not interpolated).
    """
    index, size = _levels(y, p)

    def value(counts: Array) -> Array:
        negative, positive = counts[:, 0::2], counts[:, 1::2]
        true = np.cumsum(positive, axis=1)
        total = true[:, -1].copy()
        flagged = np.cumsum(negative, axis=1)
        flagged += true
        # A level nobody was drawn from gains no recall; this only keeps 0 / 0 out.
        np.maximum(flagged, np.finfo(np.float64).tiny, out=flagged)
        true /= flagged
        true *= positive
        return ratio(true.sum(axis=1), total)

    return Cells(index, size, value)


def roc_auc(y: Array, p: Array) -> Cells:
    """The chance that a positive scores above a negative, ties counting half.

    Undefined where a class is absent. Source: Hanley & McNeil 1982 (Mann-Whitney).
    """
    index, size = _levels(y, p)

    def value(counts: Array) -> Array:
        negative, positive = counts[:, 0::2], counts[:, 1::2]
        above = np.cumsum(negative, axis=1)
        total = above[:, -1].copy()
        above -= 0.5 * negative
        above *= positive
        return 1.0 - ratio(above.sum(axis=1), total * positive.sum(axis=1))

    return Cells(index, size, value)


def recall_at_fpr(y: Array, p: Array) -> Cells:
    """The largest recall of a threshold whose false positive rate is at most 1%.

    Nothing is interpolated: where the top score is shared by too many negatives, it is 0.
    Undefined where a class is absent.
    """
    index, size = _levels(y, p)

    def value(counts: Array) -> Array:
        false = np.cumsum(counts[:, 0::2], axis=1)
        true = np.cumsum(counts[:, 1::2], axis=1)
        # Divided, not FPR * total: 29 / 2900 is exactly the float 0.01, as 0.01 should allow.
        rate = ratio(false, np.broadcast_to(false[:, -1:], false.shape))
        reached = ratio(np.where(rate <= FPR, true, 0.0).max(axis=1), true[:, -1])
        return np.where(np.isnan(rate[:, -1]), np.nan, reached)

    return Cells(index, size, value)


def _levels(y: Array, p: Array) -> tuple[Array, int]:
    """The cell of each example, 2 * level + y, and the number of cells.

    A level is a score that occurs, best first. Neighbouring scores that only negatives have are
    one level: no metric here changes between them, and with few positives few cells are left.
    """
    order = np.argsort(-p, kind="stable")
    scores, positive = p[order], y[order]
    starts = np.concatenate(([0], np.flatnonzero(scores[1:] != scores[:-1]) + 1))
    has_positive = np.add.reduceat(positive, starts) > 0
    opens = np.ones(len(starts), dtype=bool)
    opens[1:] = has_positive[1:] | has_positive[:-1]
    level = np.zeros(len(p), dtype=np.int64)
    level[starts[opens]] = 1
    level = np.cumsum(level) - 1
    index = np.empty(len(p), dtype=np.int64)
    index[order] = 2 * level + positive
    return index, 2 * int(level[-1] + 1)
