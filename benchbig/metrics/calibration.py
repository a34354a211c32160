"""How far probabilities can be taken at their word, for both kinds of task.

y: (n,) classes; p: (n,) probability of 1, or (n, k) probabilities of the classes.
"""

from __future__ import annotations

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics.cells import Cells, mean, ratio

BINS = 15
# float32's machine epsilon, where scikit-learn clips float32 probabilities: a certainty that is
# wrong costs 15.9 whatever the precision a prediction was computed or stored in.
CLIP = 2.0**-23


def brier(y: Array, p: Array) -> Cells:
    """The mean squared distance of p from the truth: binary in [0, 1], multiclass in [0, 2].

    Source: Brier 1950; scikit-learn 1.9 `brier_score_loss(scale_by_half="auto")`: halved for
    binary, summed over the classes for three or more.
    """
    if p.ndim == 1:
        return mean((p - y) ** 2)
    return mean((p**2).sum(axis=1) - 2.0 * p[np.arange(len(y)), y] + 1.0)


def log_loss(y: Array, p: Array) -> Cells:
    """The mean of -ln of the probability given to the truth, clipped to [2^-23, 1 - 2^-23].

    Rows of a multiclass p are first brought to sum 1: rounding for storage moved them off it.
    """
    if p.ndim == 1:
        p = np.stack([1.0 - p, p], axis=1)
    given = p[np.arange(len(y)), y] / p.sum(axis=1)
    return mean(-np.log(np.clip(given, CLIP, 1.0 - CLIP)))


def ece(y: Array, p: Array) -> Cells:
    """The expected calibration error over 15 bins of equal width, ((b-1)/15, b/15].

    Binary: P(positive) against the frequency of positives. Multiclass: the probability of the
    chosen class against the frequency with which it is right. Each bin's gap counts by its
    share of the examples. Source: Naeini et al. 2015; Guo et al. 2017, equation 3.
    """
    if p.ndim == 1:
        stated, happened = p, y
    else:
        stated, happened = p.max(axis=1), p.argmax(axis=1) == y
    bins = np.searchsorted(np.arange(1, BINS) / BINS, stated, side="left")
    order = np.argsort(bins, kind="stable")
    gaps = (stated - happened)[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(bins[order])) + 1))
    index = np.empty(len(p), dtype=np.int64)
    index[order] = np.arange(len(p))

    def value(counts: Array) -> Array:
        per_bin = np.abs(np.add.reduceat(counts * gaps, starts, axis=1))
        return ratio(per_bin.sum(axis=1), counts.sum(axis=1))

    def slope(counts: Array) -> Array:
        """Where no bin's gap is nought; there the error has a kink and no slope."""
        per_bin = np.add.reduceat(counts * gaps, starts)
        sides = np.repeat(np.sign(per_bin), np.diff(np.append(starts, len(p))))
        slopes: Array = (sides * gaps - value(counts[None])[0]) / counts.sum()
        return slopes

    return Cells(index, len(p), value, slope)
