"""How is a matrix of numbers put on a common scale? Four views, each learnt on training rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtri

from benchbig.data.parts import Array

VIEWS = ("standard", "smooth", "normal", "hats")
GRID = 1000  # points that describe one column's distribution
HATS = 6  # basis functions a column


@dataclass(frozen=True)
class Ranks:
    """The distribution of each training column: at `points[j]` lies the share `shares[j]`."""

    points: tuple[Array, ...]
    shares: tuple[Array, ...]


def learn(values: Array, view: str) -> Callable[[Array], Array]:
    """Learn one view of the columns and return what applies it.

    values: (n, d) without NaN. Returns a function of (m, d) to (m, d), or (m, 6 d) for "hats".
    standard: mean 0, deviation 1. smooth: median 0, quartiles apart by 1, tails bent to +-3.
    normal: ranks turned into a normal distribution. hats: a piecewise linear function of the
    rank, so that a linear model may bend over each column.
    """
    if view == "standard":
        return partial(_linear, centre=values.mean(axis=0), width=_or_one(values.std(axis=0)))
    if view == "smooth":
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
        # Half the rows on one value leave no quartile range; the full range then serves.
        width = np.where(high > low, high - low, (values.max(axis=0) - values.min(axis=0)) / 2)
        return partial(_smooth, centre=middle, width=_or_one(width))
    if view == "normal":
        return partial(_normal, ranks=learn_ranks(values))
    if view == "hats":
        return partial(_hats, ranks=learn_ranks(values))
    raise ValueError(f"no view '{view}'; there are {', '.join(VIEWS)}")


def learn_ranks(values: Array) -> Ranks:
    """The mid-rank of each distinct training value, thinned to GRID points a column."""
    points, shares = [], []
    for column in values.T:
        seen, counts = np.unique(column, return_counts=True)
        share = (np.cumsum(counts) - counts / 2) / len(column)
        if len(seen) > GRID:
            keep = np.unique(np.searchsorted(share, np.linspace(share[0], share[-1], GRID)))
            seen, share = seen[keep], share[keep]
        points.append(seen)
        shares.append(share)
    return Ranks(tuple(points), tuple(shares))


def rank(values: Array, ranks: Ranks) -> Array:
    """The share of training rows below each value, (m, d) within the shares seen."""
    columns = zip(values.T, ranks.points, ranks.shares, strict=True)
    return np.column_stack([np.interp(column, p, s) for column, p, s in columns])


def _linear(values: Array, centre: Array, width: Array) -> Array:
    return (values - centre) / width


def _smooth(values: Array, centre: Array, width: Array) -> Array:
    """Robust scaling and smooth clipping as in RealMLP (Holzmueller et al. 2024, section 3)."""
    scaled = (values - centre) / width
    return scaled / np.sqrt(1 + (scaled / 3) ** 2)


def _normal(values: Array, ranks: Ranks) -> Array:
    return np.asarray(ndtri(rank(values, ranks)))


def _hats(values: Array, ranks: Ranks) -> Array:
    """Hat j is 1 at rank j/(HATS-1) and falls to 0 at its neighbours: a linear B-spline basis."""
    place = rank(values, ranks) * (HATS - 1)
    hats = [np.maximum(0.0, 1.0 - np.abs(place - j)) for j in range(HATS)]
    return np.concatenate(hats, axis=1)


def _or_one(width: Array) -> Array:
    """A constant column keeps its width of 1 rather than dividing by zero."""
    return np.where(width > 0, width, 1.0)
