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

    def slope(counts: Array) -> Array:
        negative, positive = counts[0::2], counts[1::2]
        true = np.cumsum(positive)
        flagged = true + np.cumsum(negative)
        precision = true / flagged
        # An example also moves the precision at every positive that it is flagged with.
        gained, lost = _tail(positive / flagged), _tail(positive * precision / flagged)
        average = (positive * precision).sum() / true[-1]
        slopes = np.empty(size)
        slopes[0::2] = -lost / true[-1]
        slopes[1::2] = (precision - average + gained - lost) / true[-1]
        return slopes

    return Cells(index, size, value, slope)


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

    def slope(counts: Array) -> Array:
        """The structural components of DeLong, DeLong & Clarke-Pearson 1988, centred."""
        negative, positive = counts[0::2], counts[1::2]
        negatives, positives = negative.sum(), positive.sum()
        area = value(counts[None])[0]
        beaten = 1.0 - (np.cumsum(negative) - 0.5 * negative) / negatives
        beating = (np.cumsum(positive) - 0.5 * positive) / positives
        slopes = np.empty(size)
        slopes[0::2] = (beating - area) / negatives
        slopes[1::2] = (beaten - area) / positives
        return slopes

    return Cells(index, size, value, slope)


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

    def slope(counts: Array) -> Array:
        """Of the smooth ROC curve: a quantile of few negatives jumps where the curve does not.

        The curve's rise at the threshold is taken from 0.5 to 1.5 times the rate allowed.
        """
        negative, positive = counts[0::2], counts[1::2]
        negatives, positives = negative.sum(), positive.sum()
        rates = np.concatenate(([0.0], np.cumsum(negative) / negatives))
        recalls = np.concatenate(([0.0], np.cumsum(positive) / positives))
        ends = np.interp([0.5 * FPR, 1.5 * FPR], rates, recalls)
        flagged = rates[1:] <= FPR
        reached = rates[1:][flagged].max(initial=0.0)
        recall = recalls[1:][flagged].max(initial=0.0)
        slopes = np.empty(size)
        slopes[0::2] = -(ends[1] - ends[0]) / FPR * (flagged - reached) / negatives
        slopes[1::2] = (flagged - recall) / positives
        return slopes

    return Cells(index, size, value, slope)


def _tail(values: Array) -> Array:
    """The sum from each place to the end."""
    result: Array = np.cumsum(values[::-1])[::-1]
    return result


def _levels(y: Array, p: Array) -> tuple[Array, int]:
    """The cell of each example, 2 * level + y, and the number of cells.

    A level is a score that occurs, best first. Neighbouring scores that only negatives have are
    one level: no metric here changes between them, and with few positives few cells are left.
    """
    # Equal scores are one level, whatever their order: no need for a stable sort, twice as slow.
    order = np.argsort(-p)
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
