"""How many times as much is one than the other: times and sizes, measured a few times each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

MOST_DF = 3.0  # that what the others show counts for; a test simulates what follows


@dataclass(frozen=True)
class Noise:
    """The variance of a logarithm from one measurement to the next.

    squares: the sum of squares about the mean. df: degrees of freedom. divisor: the variance of
    the logarithm of the ratio is that variance times divisor.
    """

    log_ratio: float
    squares: float
    df: int
    divisor: float


def paired(base: Sequence[float], head: Sequence[float]) -> Noise:
    """Of pairs (the same seed twice): the mean logarithm of head over base; all above nought."""
    logs = np.log(head) - np.log(base)
    # Half of a difference's variance is that of one measurement.
    squares = float(((logs - logs.mean()) ** 2).sum()) / 2.0
    return Noise(float(logs.mean()), squares, len(logs) - 1, 2.0 / len(logs))


def unpaired(base: Sequence[float], head: Sequence[float]) -> Noise:
    """Of measurements that do not belong together."""
    before, after = np.log(base), np.log(head)
    squares = sum(float(((logs - logs.mean()) ** 2).sum()) for logs in (before, after))
    df = len(before) + len(after) - 2
    return Noise(
        float(after.mean() - before.mean()), squares, df, 1.0 / len(before) + 1.0 / len(after)
    )


def pooled(noises: Sequence[Noise]) -> tuple[float, float]:
    """What several have in common, counted for a few df at most.

    How alike they are is itself learnt from few variances of few df each: taken at its word, a
    comparison of 35 models would call a regression where nothing changed up to 6 times in 100.
    """
    variance, df = fitted(noises)
    return variance, min(df, MOST_DF)


def fitted(noises: Sequence[Noise]) -> tuple[float, float]:
    """What several have in common: their variance, and for how many df that counts.

    The scaled inverse chi-square prior of Smyth 2004 (Statistical Applications in Genetics and
    Molecular Biology 3(1), section 6.2), fitted by the mean and variance of log variances; no
    more spread than chance gives means that all share one variance (df infinite). Of fewer than
    three nothing is learnt: (0, 0).
    """
    known = [noise for noise in noises if noise.df > 0 and noise.squares > 0]
    if len(known) < 3:
        return 0.0, 0.0
    df = np.array([noise.df for noise in known], dtype=np.float64)
    variances = np.array([noise.squares for noise in known]) / df
    logs = np.log(variances) - special.digamma(df / 2) + np.log(df / 2)
    spread = float(logs.var(ddof=1) - special.polygamma(1, df / 2).mean())
    if spread <= 0:
        return float(np.exp(logs.mean())), math.inf
    half = _inverse_trigamma(spread)
    return float(np.exp(logs.mean() + special.digamma(half) - np.log(half))), 2.0 * half


def moderated(noise: Noise, prior: tuple[float, float]) -> tuple[float, float]:
    """The standard error of the logarithm of the ratio, and its df, the prior counted in."""
    variance, df = prior
    weight = df + noise.df
    if weight == 0:
        return math.inf, 0.0
    return math.sqrt((df * variance + noise.squares) / weight * noise.divisor), weight


def _inverse_trigamma(value: float) -> float:
    """The x whose trigamma is this, above nought."""
    found: float = optimize.brentq(
        lambda log: float(special.polygamma(1, math.exp(log))) - value, -20.0, 20.0
    )
    return math.exp(found)
