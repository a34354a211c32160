"""Student's t for a difference with a standard error: p-values, quantiles, power."""

from __future__ import annotations

import math
from collections.abc import Sequence

Part = tuple[float, float]  # of a variance: how much, and the degrees of freedom it is known with
NORMAL_FROM = 1e6  # degrees of freedom from which the normal stands for Student's t
SMALLEST = 1e-12  # p-value that is told apart from nought


def quantile(share: float, df: float) -> float:
    """The value that a t variable stays below with this probability."""
    from scipy import special

    return float(special.ndtri(share) if df >= NORMAL_FROM else special.stdtrit(df, share))


def below(t: float, df: float) -> float:
    """The probability that a t variable is below t."""
    from scipy import special

    return float(special.ndtr(t) if df >= NORMAL_FROM else special.stdtr(df, t))


def p_value(difference: float, se: float, df: float, null: float = 0.0, side: str = "two") -> float:
    """How probable a difference at least this far from `null` is where `null` is true.

    side: "two"; "less" (evidence that it is below null) or "greater" (that it is above).
    Without any spread (se 0) what is exactly null has 1 and anything else 0.
    """
    far = difference - null
    if se == 0.0:
        against = far != 0 if side == "two" else far < 0 if side == "less" else far > 0
        return 0.0 if against else 1.0
    t = far / se
    if side == "two":
        return min(1.0, 2.0 * below(-abs(t), df))
    return below(t if side == "less" else -t, df)


def reach(parts: Sequence[Part], level: float) -> float:
    """Half the interval at this level of a difference whose variance has independent parts.

    The recovery of variances of Zou & Donner 2008: sqrt(sum(t^2 * variance)), each part with its
    own t. One part gives Student's interval; two that are well known give the normal one.
    """
    share = 0.5 + level / 2
    return math.sqrt(sum(v * quantile(share, df) ** 2 for v, df in parts if v > 0))


def p_of_parts(far: float, parts: Sequence[Part]) -> float:
    """The two-sided p-value by these intervals: 1 - the level at which one just reaches `far`."""
    from scipy import optimize

    if far <= reach(parts, 0.0) or far == 0.0:
        return 1.0
    if far >= reach(parts, 1.0 - SMALLEST):
        return SMALLEST if any(v > 0 for v, _ in parts) else 0.0
    return float(optimize.brentq(lambda p: reach(parts, 1.0 - p) - far, SMALLEST, 1.0, rtol=1e-8))


def freedom(t: float, level: float) -> float:
    """The degrees of freedom whose t reaches this many standard errors at this level."""
    from scipy import special

    share = 0.5 + level / 2
    if t <= quantile(share, NORMAL_FROM):
        return math.inf
    return max(1.0, float(special.stdtridf(share, t)))


def power(effect: float, se: float, df: float, level: float = 0.05) -> float:
    """How often a true difference of `effect` is found at this level, two-sided.

    By the noncentral t distribution; its other tail is left out, as it is where power matters.
    """
    from scipy import special

    if se == 0.0:
        return 1.0 if effect else level
    df = min(df, NORMAL_FROM)
    return 1.0 - float(special.nctdtr(df, abs(effect) / se, quantile(1 - level / 2, df)))


def detectable(se: float, df: float, level: float = 0.05, wanted: float = 0.8) -> float:
    """The smallest true difference that is found with this power, in the units of se."""
    from scipy import optimize

    if se == 0.0:
        return 0.0
    most = (quantile(1 - level / 2, df) + quantile(max(wanted, 0.5), df)) * 4
    found = optimize.brentq(lambda effect: power(effect, 1.0, df, level) - wanted, 0.0, most)
    return float(found) * se


def equivalent(difference: float, se: float, df: float, margin: float) -> float:
    """The p-value of "they differ by at least margin": small where they are alike for practice.

    Two one-sided tests (Schuirmann 1987): the larger of the two p-values.
    """
    if not math.isfinite(margin) or margin <= 0:
        return 1.0
    return max(
        p_value(difference, se, df, -margin, "greater"),
        p_value(difference, se, df, margin, "less"),
    )
