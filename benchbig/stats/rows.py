"""From one value a seed to one row of a table: mean, interval and rank; without numpy."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections.abc import Sequence

# Student's t, 0.975 quantile, for 1 to 30 degrees of freedom: NIST/SEMATECH e-Handbook of
# Statistical Methods, table 1.3.6.7.2.
T_975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def combine(
    values: Sequence[float], lows: Sequence[float | None], highs: Sequence[float | None]
) -> tuple[float, float | None, float | None]:
    """The mean over seeds and its 95% interval (mean, low, high).

    values, lows, highs: each seed's value and its interval over test examples. Both sources of
    doubt count, each side for itself: low = mean - sqrt(W + B), where W is the mean of
    (value - low)^2 and B = (t * sd / sqrt(seeds))^2, likewise high (the recovery of variances
    from intervals of Zou & Donner 2008). W is not divided by the seeds: their test parts are the
    same or overlap, so more seeds do not make the test part larger. One seed gives its own
    interval; a seed without an interval gives None.
    """
    if len(values) == 1:
        return values[0], lows[0], highs[0]
    mean = statistics.fmean(values)
    over_seeds = _half_width(values, mean)
    below = [value - low for value, low in zip(values, lows, strict=True) if low is not None]
    above = [high - value for value, high in zip(values, highs, strict=True) if high is not None]
    if min(len(below), len(above)) < len(values):
        return mean, None, None
    low = mean - math.hypot(_root_mean_square(below), over_seeds)
    high = mean + math.hypot(_root_mean_square(above), over_seeds)
    return mean, low, high


def ranks(values: Sequence[float | None], higher_is_better: bool, digits: int) -> list[int | None]:
    """Competition ranks (1, 2, 2, 4): values equal at the digits shown share a rank.

    A missing value has no rank and takes none.
    """
    sign = -1.0 if higher_is_better else 1.0
    shown = [None if value is None else sign * round(value, digits) for value in values]
    known = sorted(value for value in shown if value is not None)
    return [None if value is None else 1 + bisect_left(known, value) for value in shown]


def mean_interval(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    """The mean and its 95% t interval (mean, low, high); no interval with a single value."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return mean, None, None
    half = _half_width(values, mean)
    return mean, mean - half, mean + half


def _half_width(values: Sequence[float], mean: float) -> float:
    """Half the 95% t interval of the mean over two seeds or more."""
    freedom = len(values) - 1
    # As statistics.stdev, which counts in fractions and takes most of the time of a large table.
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / freedom)
    # Past the table its last quantile is kept: a little too wide, never too narrow.
    t = T_975[min(freedom, len(T_975)) - 1]
    return t * deviation / math.sqrt(len(values))


def _root_mean_square(distances: Sequence[float]) -> float:
    # A percentile interval can miss its own value: then that side counts for nothing.
    return math.sqrt(statistics.fmean(max(0.0, distance) ** 2 for distance in distances))
