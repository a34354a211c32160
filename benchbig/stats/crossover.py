"""Where does a gain change its sign along a learning curve?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchbig.data.parts import Array
from benchbig.stats.joint import draws

REPLICATES = 1000


@dataclass(frozen=True)
class Crossing:
    """rising: whether the gain grows with the size. at: the size where it is nought, None where
    it is not within the sizes. low, high: 95% interval of it, None where that reaches past the
    smallest or the largest size. sign: of the gain where it does not change, else 0.
    """

    rising: bool
    at: float | None
    low: float | None
    high: float | None
    sign: int


def crossing(
    sizes: Sequence[float], gains: Array, covariance: Array, level: float = 0.95, seed: int = 0
) -> Crossing:
    """Where the gain crosses nought, with an interval over test examples and seeds.

    sizes: (k,) ascending; gains: (k,); covariance: (k, k) of their errors. The gain is taken to
    rise, or to fall, all along: of the two weighted isotonic fits (Barlow et al. 1972) the closer
    one counts, and it is drawn straight between the sizes on a logarithmic scale. The interval
    is that of the same fit to 1,000 normal draws of the gains.
    """
    from scipy import optimize

    weights = 1.0 / np.maximum(np.diag(covariance), 1e-12)
    fits = {
        rising: optimize.isotonic_regression(gains, weights=weights, increasing=rising).x
        for rising in (True, False)
    }
    misfit = {rising: float((weights * (fit - gains) ** 2).sum()) for rising, fit in fits.items()}
    # Of equal fits, as of two points or a straight line through them, the one that moves.
    rising = misfit[True] <= misfit[False]
    logs = np.log(np.asarray(sizes, dtype=np.float64))
    at = _root(logs, fits[rising], rising)
    if math.isinf(at):
        return Crossing(rising, None, None, None, 1 if fits[rising].mean() > 0 else -1)
    found = [
        _root(logs, optimize.isotonic_regression(drawn, weights=weights, increasing=rising).x,
              rising)
        for drawn in gains + draws(covariance, REPLICATES, seed)
    ]  # fmt: skip
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(found, [tail, 1.0 - tail], method="inverted_cdf")
    return Crossing(
        rising,
        math.exp(at),
        None if math.isinf(low) else math.exp(min(low, at)),
        None if math.isinf(high) else math.exp(max(high, at)),
        0,
    )


def _root(logs: Array, fit: Array, rising: bool) -> float:
    """The log size where a monotone fit is nought; -inf or inf where that is outside."""
    turned = fit if rising else -fit
    if turned[0] > 0:
        return -math.inf
    if turned[-1] <= 0:
        return math.inf
    after = int(np.argmax(turned > 0))
    before = after - 1
    share = -turned[before] / (turned[after] - turned[before])
    return float(logs[before] + share * (logs[after] - logs[before]))
