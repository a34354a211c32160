"""How do several values measured on the same examples move together?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchbig.data.parts import Array
from benchbig.stats.paired import Scored, compare, merged, moved, paired

Pair = tuple[Sequence[Scored], Sequence[Scored]]


def covariance(differences: Sequence[Pair]) -> tuple[Array, Array]:
    """Differences (k,) and their covariance (k, k); nan where a difference is not defined.

    differences: base and head of each, as `compare` takes them. Test examples that two of them
    share bring their covariance about; a variance is `compare`'s se^2, the seeds' part included,
    which no two share.
    """
    found = [compare(base, head) for base, head in differences]
    values = np.array([np.nan if one is None else one.difference for one in found])
    matrix = np.full((len(found), len(found)), np.nan)
    known = [place for place, one in enumerate(found) if one is not None]
    adds = []
    for at in known:
        units, shares = moved(paired(*differences[at]))
        adds.append((units, shares.mean(axis=0)))
    if not known:
        return values, matrix
    every, places = merged([units for units, _ in adds])
    together = np.zeros((len(known), len(every)))
    for row, place, (_, mean) in zip(together, places, adds, strict=True):
        row[place] = mean
    products = together @ together.T
    for at, one in enumerate(one for one in found if one is not None):
        products[at, at] = max(products[at, at], one.se**2)
    matrix[np.ix_(known, known)] = products
    return values, matrix


def nothing(model: Sequence[Scored]) -> list[Scored]:
    """A base that has no value: the difference from it is the model's own value."""
    return [
        replace(one, value=0.0 * one.value, pulls=np.zeros_like(one.pulls), right=None)
        for one in model
    ]


def draws(covariance: Array, count: int, seed: int) -> Array:
    """Normal draws (count, k) around nought with this covariance; nan rows of it give nan."""
    known = np.flatnonzero(~np.isnan(np.diag(covariance)))
    drawn = np.full((count, len(covariance)), np.nan)
    if len(known):
        share, axes = np.linalg.eigh(covariance[np.ix_(known, known)])
        root = axes * np.sqrt(np.maximum(share, 0.0))
        normal = np.random.default_rng(seed).standard_normal((count, len(known)))
        drawn[:, known] = normal @ root.T
    return drawn
