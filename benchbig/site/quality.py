"""What the stored predictions of a row say beyond one number: curves, bins, confusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchbig.data.parts import Array
from benchbig.errors import BenchError
from benchbig.record import Record
from benchbig.store import predictions

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
    return Drawn(
        bins=tuple(calibration(found)),
        precision_recall=tuple(precision_recall(able).tolist()) if able else (),
        gains=tuple(gains(able).tolist()) if able else (),
        confusion=None if binary else confusion(found),
        balance=tuple(balance(found, 2 if binary else max(p.shape[1] for _, p in found))),
    )


def seeds(store: Path, records: Sequence[Record]) -> list[Seed]:
    """The labels and predictions of every ok record whose files are there and sound."""
    found = (_seed(store, record) for record in records if record["status"] == "ok")
    return [seed for seed in found if seed is not None]


def _seed(folder: Path, record: Record) -> Seed | None:
    named = record["predictions"]
    if not named:
        return None
    # The names alone: a path in a record must not lead out of the store.
    inside = {k: f"predictions/{Path(str(v)).name}" for k, v in named.items() if k != "sha256"}
    try:
        found = predictions(folder, {**record, "predictions": inside})
    except BenchError:
        return None  # the page goes without; benchbig check says what is wrong
    if found is None or found.y.dtype.kind not in "iu" or not len(found.p):
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


def precision_recall(found: Sequence[Seed]) -> Array:
    """The mean over seeds of the precision at GRID recalls from 0 to 1: (GRID,).

    At a recall the precision is that of the highest threshold which reaches it, not
    interpolated, as in average precision. Binary tasks with positives only.
    """
    return np.asarray(np.mean([_precisions(y, p) for y, p in found], axis=0))


def _precisions(y: Array, p: Array) -> Array:
    order = np.argsort(-p, kind="stable")
    # Equal scores enter together: the curve has a point after the last of each.
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    hits = np.cumsum(y[order])[ends]
    recall, precision = hits / hits[-1], hits / (ends + 1)
    at = np.searchsorted(recall, np.linspace(0, 1, GRID) - 1e-12, side="left")
    return np.asarray(precision[np.minimum(at, len(precision) - 1)])


def gains(found: Sequence[Seed]) -> Array:
    """The mean over seeds of the share of positives among the share looked at first: (GRID,)."""
    curves = []
    for y, p in found:
        hits = np.concatenate(([0.0], np.cumsum(y[np.argsort(-p, kind="stable")]) / y.sum()))
        curves.append(np.interp(np.linspace(0, 1, GRID), np.linspace(0, 1, len(hits)), hits))
    return np.asarray(np.mean(curves, axis=0))


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
