"""How far a metric would move with other test examples: a percentile bootstrap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchbig.cards import Costs
from benchbig.data.parts import Array
from benchbig.metrics.cells import Cells, evaluate
from benchbig.metrics.score import prepare

Draw = Callable[[np.random.Generator, int], Array]  # r resamples: (r, cells) float64 weights

CHUNK = 2**17  # weights held at once, 1 MiB: the passes over them stay in the cache
MULTINOMIAL_BELOW = 20  # a cell's binomial costs about as much as drawing 20 examples
TRIES = 10  # times the replicates that are drawn at most, where many are undefined


def interval(
    name: str,
    kind: str,
    y: Array,
    p: Array,
    seed: int,
    replicates: int = 1000,
    level: float = 0.95,
    groups: Array | None = None,
    costs: Costs | None = None,
) -> tuple[float | None, float | None, str]:
    """The interval (low, high) of a metric and the method in words; None where undefined.

    Test examples are drawn with replacement, as many as there are; with groups (n,) int64,
    whole groups, as many as there are. A replicate on which the metric is undefined (no
    positive drawn) is drawn again. Source: Efron & Tibshirani 1993, chapter 13.
    """
    cells = prepare(name, kind, y, p, costs)
    what = "examples" if groups is None else "groups"
    method = f"percentile bootstrap over test {what}, {replicates} replicates, {level:.0%}"
    if np.isnan(evaluate(cells)):
        return None, None, method
    draw = _examples(cells) if groups is None else _groups(cells, groups)
    values = _replicate(cells, draw, np.random.default_rng(seed), replicates)
    if not len(values):
        return None, None, method
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return float(low), float(high), method


def _replicate(cells: Cells, draw: Draw, rng: np.random.Generator, replicates: int) -> Array:
    """The metric on so many resamples, the undefined ones drawn again: (replicates,)."""
    rows = max(1, CHUNK // cells.size)
    defined: list[Array] = []
    missing, tries = replicates, TRIES * replicates
    while missing > 0 and tries > 0:
        r = min(rows, missing, tries)
        values = cells.value(draw(rng, r))
        values = values[~np.isnan(values)]
        defined.append(values)
        missing -= len(values)
        tries -= r
    return np.concatenate(defined)


def _examples(cells: Cells) -> Draw:
    """Resamples of examples: exact multinomial counts, drawn the cheaper way."""
    n = len(cells.index)
    if MULTINOMIAL_BELOW * cells.size <= n:
        shares = np.bincount(cells.index, minlength=cells.size) / n
        return lambda rng, r: rng.multinomial(n, shares, size=r).astype(np.float64)

    def draw(rng: np.random.Generator, r: int) -> Array:
        counts = np.empty((r, cells.size))
        for row in counts:
            row[:] = np.bincount(cells.index[rng.integers(n, size=n)], minlength=cells.size)
        return counts

    return draw


def _groups(cells: Cells, groups: Array) -> Draw:
    """Resamples of whole groups: an example weighs as often as its group was drawn."""
    names, member = np.unique(groups, return_inverse=True)

    def draw(rng: np.random.Generator, r: int) -> Array:
        counts = np.empty((r, cells.size))
        for row in counts:
            drawn = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
            row[:] = np.bincount(cells.index, drawn[member], cells.size)
        return counts

    return draw
