"""From when on does the large model pay: the value of a decision, or predictions a month."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from benchbig.cards import Costs
from benchbig.verdict import say
from benchbig.verdict.money import PriceTable
from benchbig.verdict.result import BreakEven, Contender

if TYPE_CHECKING:
    from benchbig.stats.paired import Difference

MILLION = 1e6


def break_even(
    contenders: tuple[Contender, Contender],
    right: Difference | None,
    costs: Costs | None,
    saving: Difference | None,
    decision_value: float | None,
    prices: PriceTable,
) -> BreakEven | None:
    """When the large model pays; None where the cost of either is not known.

    contenders: classical, large. right: of accuracy, large less classical, in pairs, None where
    it does not apply. costs: on the task's card; saving: of cost_per_1000 by them, as right.
    decision_value: what one more right decision is worth, given by the user in the price table's
    currency; it goes before the card. One training a month.
    """
    classical, large = contenders
    bills = (classical.cost_fit, large.cost_fit, classical.cost_per_million, large.cost_per_million)
    if None in bills:
        return None
    fit = (large.cost_fit or 0.0) - (classical.cost_fit or 0.0)
    running = (large.cost_per_million or 0.0) - (classical.cost_per_million or 0.0)
    more = None if right is None else MILLION * right.difference
    value, low, high, value_of = _value(right, costs, saving, decision_value, prices)
    needed = None
    if more is not None and more >= 1:  # less is what rounding leaves of none
        needed = max(0.0, (fit + running) / more)
    volume = None if value is None else _volume(fit, running, value)
    worth = BreakEven(fit, running, more, value, low, high, value_of, needed, volume, "")
    return replace(worth, why=_why(worth, costs, prices.about.currency))


def _value(
    right: Difference | None,
    costs: Costs | None,
    saving: Difference | None,
    decision_value: float | None,
    prices: PriceTable,
) -> tuple[float | None, float | None, float | None, str | None]:
    """What a million decisions are worth more, its interval, and who says so."""
    if decision_value is not None:
        if right is None:
            return None, None, None, "given"
        scale = MILLION * decision_value
        low, high = sorted((right.low * scale, right.high * scale))
        return right.difference * scale, low, high, "given"
    if costs is None or saving is None:
        return None, None, None, None
    one = prices.convert(1.0, costs.currency)
    if one is None:
        return None, None, None, None
    scale = one * MILLION / 1000
    return -saving.difference * scale, -saving.high * scale, -saving.low * scale, "card"


def _volume(fit: float, running: float, value: float) -> float:
    """Predictions a month at which what they bring pays a month's training; inf for never."""
    a_prediction = (value - running) / MILLION
    if a_prediction <= 0:
        return math.inf
    return max(0.0, fit / a_prediction)


def _why(worth: BreakEven, costs: Costs | None, currency: str) -> str:
    """The break-even in one sentence without its full stop."""
    if worth.value_per_million is not None and worth.volume is not None:
        return _by_value(worth, worth.value_per_million, worth.volume, currency)
    if worth.right_per_million is None:
        return "its right decisions were not counted"
    if worth.decision_value is None:
        return "it has no more decisions right, so that none could pay for it"
    # A card whose costs have no rate of exchange: "units", say.
    unit = f"; the card counts in {costs.currency}" if costs is not None else ""
    # The metric may call it worse all the same: how well it ranks is not how often it is right.
    more = f"it has about {say.about(worth.right_per_million)} more of a million decisions right"
    if worth.decision_value == 0:
        return f"{more} and costs no more{unit}"
    needed = say.money(worth.decision_value, currency).replace("<", "under ")
    return (
        f"{more}: it pays where one of these is worth {needed}, at a million predictions and one "
        f"training a month{unit}"
    )


def _by_value(worth: BreakEven, value: float, volume: float, currency: str) -> str:
    """The same where it is known what decisions are worth."""
    whose = "the card's costs" if worth.value_of == "card" else "the value given"
    if value < 0:
        said = f"by {whose} its decisions lose {say.money(-value, currency)} a million"
    else:
        said = f"by {whose} its decisions save {say.money(value, currency)} a million"
    if worth.value_low is not None and worth.value_high is not None:
        ends = [say.money(end, currency) for end in (worth.value_low, worth.value_high)]
        said += f" (between {ends[0]} and {ends[1]})"
        if worth.value_low < worth.extra_per_million < worth.value_high:
            return f"{said}: whether it pays is not known"
    if value < 0:
        return said
    if math.isinf(volume):
        return f"{said}, less than they cost more: it never pays"
    if volume < 1:
        return f"{said}: it pays from the first prediction on"
    return f"{said}: it pays from {say.about(volume)} predictions a month"
