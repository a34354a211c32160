"""How well the first k items of a list hold what a user went on to choose.

y: (n, m) held-out items of each user, filled up with -1; p: (n,) as benchbig/metrics/places.py
makes it. Each metric is a mean over users. Gains are 0 or 1; with H held-out items and rank r of
a held-out item, a hit is one with r <= k.
"""

from __future__ import annotations

import numpy as np

from benchbig.data.histories import NOTHING
from benchbig.data.parts import Array
from benchbig.metrics.cells import Cells, mean, ratio
from benchbig.metrics.places import BEYOND


def recall(y: Array, p: Array, k: int) -> Cells:
    """Hits / H."""
    return mean(np.asarray(_hits(p["rank"], k).sum(axis=1) / _held(y)))


def hit_rate(y: Array, p: Array, k: int) -> Cells:
    """The share of users with a hit."""
    return mean(np.asarray(_hits(p["rank"], k).any(axis=1), dtype=np.float64))


def ndcg(y: Array, p: Array, k: int) -> Cells:
    """The sum over hits of 1 / log2(r + 1), over its largest for min(H, k) hits.

    Source: Jarvelin and Kekalainen 2002, with the base and the offset in use since Burges 2005.
    """
    gains = 1.0 / np.log2(np.arange(2, k + 2))
    best = np.cumsum(gains)[np.minimum(_held(y), k) - 1]
    hits = _hits(p["rank"], k)
    reached = np.where(hits, gains[np.where(hits, p["rank"] - 1, 0)], 0.0).sum(axis=1)
    return mean(reached / best)


def mrr(y: Array, p: Array, k: int) -> Cells:
    """1 / the smallest rank of a hit, 0 without a hit. Source: Voorhees 1999."""
    return mean(_reciprocal(p["rank"], k).max(axis=1))


def average_precision(y: Array, p: Array, k: int) -> Cells:
    """The sum over hits of (hits up to r) / r, over min(H, k): MAP as RecBole 1.2 counts it."""
    ranks = np.where(_hits(p["rank"], k), p["rank"], np.inf)
    ranks.sort(axis=1)
    precision = np.arange(1, ranks.shape[1] + 1) / ranks
    return mean(precision.sum(axis=1) / np.minimum(_held(y), k))


def coverage(y: Array, p: Array, k: int) -> Cells:
    """The share of all items that stand among the first k of anybody's list."""
    head, n_items = p["head"][:, :k].astype(np.int64), int(p["items"][0])
    if k > head.shape[1]:
        raise ValueError(f"the first {head.shape[1]} items of a list are kept, not {k}")

    def value(counts: Array) -> Array:
        shown = np.zeros((len(counts), n_items + 1), dtype=bool)
        for row, weights in zip(shown, counts, strict=True):
            row[head[weights > 0]] = True
        return np.asarray(shown[:, :n_items].mean(axis=1))

    def slope(counts: Array) -> Array:
        """None: an item is shown or not, however much a user weighs."""
        return np.full(len(counts), np.nan)

    return Cells(np.arange(len(p)), len(p), value, slope)


def repeat_recall(y: Array, p: Array, k: int) -> Cells:
    """Recall of the held-out items that the user had chosen before, for users who have such."""
    return _share(_hits(p["rank"], k), p["known"])


def new_recall(y: Array, p: Array, k: int) -> Cells:
    """Recall of the others, in the list without what the user had chosen before."""
    return _share(_hits(p["new"], k), (y > NOTHING) & ~p["known"])


def _share(hits: Array, asked: Array) -> Cells:
    """The mean of hits / asked over the users for whom anything is asked; (n, m) bool each."""
    has = asked.any(axis=1)
    share = np.where(has, (hits & asked).sum(axis=1) / np.maximum(asked.sum(axis=1), 1), 0.0)

    def value(counts: Array) -> Array:
        return ratio((counts * share).sum(axis=1), (counts * has).sum(axis=1))

    def slope(counts: Array) -> Array:
        slopes: Array = (share - value(counts[None])[0] * has) / (counts * has).sum()
        return slopes

    return Cells(np.arange(len(hits)), len(hits), value, slope)


def _held(y: Array) -> Array:
    """H of each user."""
    held: Array = (y > NOTHING).sum(axis=1)
    return held


def _hits(rank: Array, k: int) -> Array:
    hits: Array = (rank != BEYOND) & (rank <= k)
    return hits


def _reciprocal(rank: Array, k: int) -> Array:
    hits = _hits(rank, k)
    return np.where(hits, 1.0 / np.where(hits, rank, 1), 0.0)
