"""How differences, sums of money and numbers of examples are written in a verdict."""

from __future__ import annotations

import math

from benchbig.metrics.names import ABSENT, METRICS


def gap(metric: str, value: float, signed: bool = True) -> str:
    """A difference of a metric: '+3.2 points', '-0.012'; unsigned '3.2 points'."""
    facts = METRICS[metric]
    sign = "+" if signed else ""
    if facts.percent:
        return f"{100 * value:{sign}.{max(facts.digits - 2, 1)}f} points"
    return f"{value:{sign},.{facts.digits}f}"


def gap_short(metric: str, value: float) -> str:
    """The same for a table: '+3.2', '-0.012'."""
    return gap(metric, value).removesuffix(" points")


def between(metric: str, low: float, high: float) -> str:
    """An interval of a difference: '[-0.023, +0.046]'."""
    return f"[{gap_short(metric, low)}, {gap_short(metric, high)}]"


def p_value(value: float | None) -> str:
    """'0.48', '0.003', '<0.0001'."""
    if value is None:
        return ABSENT
    if value < 0.0001:
        return "<0.0001"
    return f"{value:.2f}" if value >= 0.095 else f"{value:.2g}"


def money(value: float | None, currency: str) -> str:
    """'1,200 USD', '12 USD', '0.31 USD', '<0.01 USD'; what is a loss has its sign."""
    if value is None:
        return ABSENT
    if value == 0:
        return f"0 {currency}"
    if abs(value) < 0.01:
        return f"{'-' if value < 0 else ''}<0.01 {currency}"
    if abs(value) >= 9.95:
        return f"{_rounded(value):,.0f} {currency}"
    return f"{value:.{1 if abs(value) >= 0.995 else 2}f} {currency}"


def times(value: float | None) -> str:
    """A ratio: '37x', '2.0x', '0.08x'."""
    if value is None:
        return ABSENT
    if value >= 9.95:
        return f"{_rounded(value):,.0f}x"
    return f"{value:.1f}x" if value >= 0.995 else f"{value:.2g}x"


def joules(value: float) -> str:
    """Energy that is not known to its last digit: '1,200 J', '4.2 J', '0.42 J'."""
    if value >= 9.95:
        return f"{_rounded(value):,.0f} J"
    return f"{value:.1f} J" if value >= 0.995 else f"{value:.2g} J"


def about(count: float) -> str:
    """A number of examples that is not known to its last digit: '800', '1,900', '24,000'."""
    return f"{_rounded(count):,.0f}"


def _rounded(value: float) -> float:
    """Two digits that count."""
    if value == 0 or math.isinf(value):
        return value
    return round(value, 1 - math.floor(math.log10(abs(value))))
