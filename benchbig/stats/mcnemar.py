"""Which of two classifiers is right more often on the same examples: McNemar, and its interval."""

from __future__ import annotations

import math

from benchbig.stats.student import below, quantile


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided p-value of "equally often right".

    gained: examples only the second has right; lost: only the first. McNemar's score test
    without continuity correction, which Fagerland, Lydersen & Laake 2013 (BMC Medical Research
    Methodology 13:91) recommend over the exact one; `tango` is the interval that inverts it.
    """
    if gained + lost == 0:
        return 1.0
    return 2.0 * below(-abs(gained - lost) / math.sqrt(gained + lost), math.inf)


def tango(gained: int, lost: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The score interval (low, high) of the difference of two shares of right, second - first.

    Source: Tango 1998, Statistics in Medicine 17(8): all differences d that the score test does
    not refuse, with the nuisance share estimated under d.
    """
    from scipy import optimize

    z = quantile(0.5 + level / 2, math.inf)
    difference = (gained - lost) / n

    def beyond(d: float) -> float:
        return abs(_score(gained, lost, n, d)) - z

    low = -1.0 if beyond(-1.0) <= 0 else optimize.brentq(beyond, -1.0, difference, xtol=1e-10)
    high = 1.0 if beyond(1.0) <= 0 else optimize.brentq(beyond, difference, 1.0, xtol=1e-10)
    return float(low), float(high)


def _score(gained: int, lost: int, n: int, d: float) -> float:
    """Tango's score statistic of the hypothesis that the difference is d."""
    above = gained - lost - n * d
    # The share of `lost` under d: the larger root of a quadratic (Tango's equation 6).
    b = -gained - lost + (2 * n - gained + lost) * d
    c = -lost * d * (1 - d)
    share = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = n * (2 * share + d * (1 - d))
    if variance <= 0:
        return 0.0 if above == 0 else math.copysign(math.inf, above)
    return above / math.sqrt(variance)
