"""What a ranking says beyond one number: how far down a list does one find what was chosen?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchbig.data.histories import NOTHING
from benchbig.data.parts import Array
from benchbig.metrics.places import BEYOND, DEPTH
from benchbig.store import Predicted

Seed = tuple[Array, Array]  # y: (n, m) held-out items; p: (n,) as benchbig/metrics/places.py has it


@dataclass(frozen=True)
class Hits:
    """recall: (DEPTH,) among the first 1, 2, ... of each list, mean over users and seeds."""

    recall: tuple[float, ...]


def seed(found: Predicted) -> Seed | None:
    """The lists of one seed; None where they are no such."""
    y, p = found.y, found.p
    if y.dtype.kind not in "iu" or y.ndim != 2 or not len(y) or "rank" not in (p.dtype.names or ()):
        return None
    held = (y > NOTHING).any(axis=1).all()
    return (y, p) if held and p["rank"].shape == y.shape else None


def drawn(found: Sequence[Seed]) -> Hits:
    """The mean over seeds."""
    return Hits(tuple(np.mean([recalls(y, p["rank"]) for y, p in found], axis=0).tolist()))


def recalls(y: Array, rank: Array) -> Array:
    """The recall among the first 1 to DEPTH of each list, mean over users: (DEPTH,).

    As benchbig.metrics.retrieval.recall has it at each: a hit counts 1 / (held-out items).
    """
    own = 1.0 / (y > NOTHING).sum(axis=1, keepdims=True)
    hit = (rank != BEYOND) & (rank <= DEPTH)
    at = np.bincount(rank[hit], np.broadcast_to(own, rank.shape)[hit], DEPTH + 1)
    return np.asarray(np.cumsum(at[1:]) / len(y))
