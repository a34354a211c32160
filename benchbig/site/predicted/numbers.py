"""What predicted numbers say beyond one: are they right on the whole, and how far off are they?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchbig.data.parts import Array
from benchbig.store import Predicted

BINS = 10
MIDDLE = (0.1, 0.9)  # of the true values within a bin
SHARES = tuple(round(0.01 * index, 2) for index in range(100))

Seed = tuple[Array, Array]  # y: (n,) true numbers; p: (n,) predicted ones


@dataclass(frozen=True)
class Tenth:
    """A tenth of the predictions, from the smallest on: the mean prediction, the mean of what
    came true with the middle 80% of it, how many.
    """

    predicted: float
    true: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Numbers:
    """errors: (len(SHARES),) the error that this share of the examples stays within."""

    tenths: tuple[Tenth, ...]
    errors: tuple[float, ...]


def seed(found: Predicted) -> Seed | None:
    """The numbers of one seed; None where they are no such."""
    y, p = found.y, found.p
    if y.dtype.kind not in "iuf" or p.dtype.kind != "f" or y.ndim != 1 or p.ndim != 1 or not len(p):
        return None
    y, p = y.astype(np.float64), p.astype(np.float64)
    return (y, p) if np.isfinite(y).all() and np.isfinite(p).all() else None


def drawn(found: Sequence[Seed]) -> Numbers:
    """Both, over all seeds together."""
    y, p = (np.concatenate(parts) for parts in zip(*found, strict=True))
    errors = np.quantile(np.abs(p - y), SHARES)
    return Numbers(tuple(tenths(y, p)), tuple(errors.tolist()))


def tenths(y: Array, p: Array) -> list[Tenth]:
    """At most BINS bins of equally many predictions; equal predictions are in one bin."""
    order = np.argsort(p, kind="stable")
    y, p = y[order], p[order]
    cuts = np.searchsorted(p, p[(len(p) * np.arange(1, BINS)) // BINS], side="left")
    edges = np.unique(np.concatenate(([0], cuts, [len(p)])))
    found = []
    for start, end in pairwise(edges.tolist()):
        true = y[start:end]
        low, high = np.quantile(true, MIDDLE)
        mean = float(p[start:end].mean())
        found.append(Tenth(mean, float(true.mean()), float(low), float(high), end - start))
    return found
