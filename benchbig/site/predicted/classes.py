"""What predicted classes say beyond one number: curves, bins, confusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchbig.data.parts import Array
from benchbig.store import Predicted

BINS = 10
GRID = 101
MOST_CLASSES = 12  # a matrix of more cells than that cannot be read; pairs are listed instead
PAIRS = 10

Seed = tuple[Array, Array]  # y: (n,) classes; p: (n,) or (n, k) probabilities


@dataclass(frozen=True)
class Bin:
    """Examples whose stated probability is alike: what was stated, what happened, how many."""

    stated: float
    happened: float
    n: int


@dataclass(frozen=True)
class Confusion:
    """counts: (k, k), true class by predicted one, summed over seeds; None above MOST_CLASSES.

    pairs: the most frequent mistakes (true, predicted, times), most frequent first.
    """

    counts: Array | None
    pairs: tuple[tuple[int, int, int], ...]
    n: int


@dataclass(frozen=True)
class Drawn:
    """What the charts need of a row's predictions; empty where it is not of the row's kind.

    bins: of the calibration. precision_recall, gains: (GRID,), of binary tasks. confusion: of
    the others. balance: the share of each class in the test parts.
    """

    bins: tuple[Bin, ...]
    precision_recall: tuple[float, ...]
    gains: tuple[float, ...]
    confusion: Confusion | None
    balance: tuple[float, ...]


def drawn(found: Sequence[Seed]) -> Drawn:
    """All of it, once for every language; found: at least one seed."""
    binary = found[0][1].ndim == 1
    able = [seed for seed in found if binary and seed[0].any()]
    lines = [tuple(curve.tolist()) for curve in curves(able)] if able else [(), ()]
    return Drawn(
        bins=tuple(calibration(found)),
        precision_recall=lines[0],
        gains=lines[1],
        confusion=None if binary else confusion(found),
        balance=tuple(balance(found, 2 if binary else max(p.shape[1] for _, p in found))),
    )


def seed(found: Predicted) -> Seed | None:
    """The classes and probabilities of one seed; None where they are no such."""
    if found.y.dtype.kind not in "iu" or found.p.dtype.kind != "f" or not len(found.p):
        return None
    y, p = found.y.astype(np.int64), found.p.astype(np.float64)
    classes = 2 if p.ndim == 1 else p.shape[-1]
    fits = p.ndim in (1, 2) and np.isfinite(p).all() and y.min() >= 0 and y.max() < classes
    return (y, p) if fits and p.min() >= 0 and p.max() <= 1 else None


def calibration(found: Sequence[Seed]) -> list[Bin]:
    """BINS bins of equal width over all seeds together, empty ones left out.

    Binary: P(positive) against how often it was; else the chosen class's probability against
    how often it was right.
    """
    stated, happened = [], []
    for y, p in found:
        stated.append(p if p.ndim == 1 else p.max(axis=1))
        happened.append(y if p.ndim == 1 else p.argmax(axis=1) == y)
    s, h = np.concatenate(stated), np.concatenate(happened).astype(float)
    index = np.minimum((s * BINS).astype(int), BINS - 1)
    counts = np.bincount(index, minlength=BINS)
    sums = [np.bincount(index, weights=w, minlength=BINS) for w in (s, h)]
    return [
        Bin(float(sums[0][b] / counts[b]), float(sums[1][b] / counts[b]), int(counts[b]))
        for b in np.flatnonzero(counts)
    ]


def curves(found: Sequence[Seed]) -> tuple[Array, Array]:
    """Precision over recall and gains, means over seeds: (GRID,) each. Binary, with positives.

    At each of GRID recalls from 0 to 1 the precision is that of the highest threshold which
    reaches it, not interpolated, as in average precision. Gains are the share of positives
    among the share looked at first; of examples with equal scores any may come first, so within
    them that curve is straight.
    """
    ranked = [(_found(y, p), len(y)) for y, p in found]
    precisions = np.mean([_precisions(*one) for one, _ in ranked], axis=0)
    return np.asarray(precisions), np.asarray(
        np.mean([_gains(*one, n) for one, n in ranked], axis=0)
    )


def _found(y: Array, p: Array) -> tuple[Array, Array]:
    """From the highest score down, at the last example of each: how many were looked at, and
    how many of those were positive. Equal scores enter together.
    """
    order = np.argsort(-p)
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    return ends + 1, np.cumsum(y[order])[ends]


def _precisions(looked: Array, hits: Array) -> Array:
    recall, precision = hits / hits[-1], hits / looked
    at = np.searchsorted(recall, np.linspace(0, 1, GRID) - 1e-12, side="left")
    return np.asarray(precision[np.minimum(at, len(precision) - 1)])


def _gains(looked: Array, hits: Array, n: int) -> Array:
    shares = np.concatenate(([0.0], looked / n))
    return np.interp(np.linspace(0, 1, GRID), shares, np.concatenate(([0.0], hits / hits[-1])))


def confusion(found: Sequence[Seed]) -> Confusion:
    """Which classes are taken for which, summed over seeds; for (n, k) predictions."""
    k = max(p.shape[1] for _, p in found)
    counts = np.zeros((k, k), dtype=np.int64)
    for y, p in found:
        counts += np.bincount(y * k + p.argmax(axis=1), minlength=k * k).reshape(k, k)
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    worst = np.argsort(-wrong, axis=None, kind="stable")[:PAIRS]
    pairs = tuple((int(i // k), int(i % k), int(wrong.flat[i])) for i in worst if wrong.flat[i])
    return Confusion(counts if k <= MOST_CLASSES else None, pairs, int(counts.sum()))


def balance(found: Sequence[Seed], k: int) -> list[float]:
    """The share of each class in the test parts of all seeds: (k,), summing to 1."""
    counts = np.bincount(np.concatenate([y for y, _ in found]), minlength=k)
    return [float(share) for share in counts / counts.sum()]
