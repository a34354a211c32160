"""The rule: from a gain, what matters and what it costs, to one of four verdicts."""

from __future__ import annotations

from dataclasses import dataclass

from benchbig.tables import words
from benchbig.verdict import say
from benchbig.verdict.contenders import CLASSICAL
from benchbig.verdict.result import ADOPT, ALIKE, KEEP, UNSURE, BreakEven, Contender, Gain

LEVEL = 0.05


@dataclass(frozen=True)
class Decision:
    """verdict: one of VERDICTS; why: a sentence without its full stop; choice: a model or None;
    by_cost: whether what it costs decided, and not how well it does."""

    verdict: str
    why: str
    choice: str | None
    by_cost: bool = False


@dataclass(frozen=True)
class Lead:
    """What a model that went on to more training rows has over the other family's contender.

    value, low, high: turned so that above nought the former is better; a 95% interval.
    """

    model: Contender
    over: Contender
    value: float
    low: float
    high: float


def decide(
    metric: str,
    classical: Contender | None,
    large: Contender | None,
    gain: Gain | None,
    min_effect: float,
    break_even: BreakEven | None,
    limited: bool = False,
) -> Decision:
    """The verdict of one task, by the first of these that holds.

    limited: whether limits have left out whole families; then who is left is the choice.

    1. a contender or the pairing is missing: not enough data;
    2. the gain is at least min_effect and sure (Holm's p at most 5%): adopt large, unless it
       never pays even at the top of what its decisions may save: keep classical;
    3. the loss is at least min_effect and as sure: keep classical;
    4. the whole interval lies within min_effect: no meaningful difference;
    5. its upper end lies below min_effect, so that no gain that matters is left: keep classical;
    6. otherwise: not enough data.
    """
    if limited and (classical is None or large is None):
        return _within(classical, large)
    if classical is None or large is None or gain is None:
        return Decision(UNSURE, _missing(classical, large), None)
    said = f"{_by(metric, gain.value)} {say.between(metric, gain.low, gain.high)}"
    sure = gain.p_holm <= LEVEL
    p = f"p {say.p_value(gain.p_holm)}"
    matters = say.gap(metric, min_effect, signed=False)
    if sure and gain.value >= min_effect and gain.value > 0:
        if break_even is not None and _never(break_even):
            why = f"{large.model} is {said} ({p}), but it costs more than its decisions save"
            return Decision(KEEP, why, classical.model, by_cost=True)
        return Decision(
            ADOPT, f"{large.model} is {said}, where {matters} matter ({p})", large.model
        )
    if sure and -gain.value >= min_effect and gain.value < 0:
        why = f"{large.model} is {said}, where {matters} matter ({p})"
        return Decision(KEEP, why, classical.model)
    if -min_effect < gain.low and gain.high < min_effect:
        cheaper = cheapest(classical, large)
        why = f"{large.model} is {said}, within the {matters} that matter"
        return Decision(ALIKE, f"{why}; {_take(classical, large)}", cheaper.model)
    if gain.high < min_effect:
        why = f"{large.model} is {said}, so not better by the {matters} that matter"
        return Decision(KEEP, why, classical.model)
    doubt = f"which may be less than the {matters} that matter" if sure else "which may be chance"
    why = f"{large.model} was {said} here, {doubt}; {power(metric, gain)}"
    return Decision(UNSURE, why, None)


def overtaken(decision: Decision, metric: str, lead: Lead, min_effect: float) -> Decision:
    """The decision where one family, alone, went on to more training rows than both were given.

    A model that cannot learn from all rows there are in the time it has loses to one that can and
    is then better by at least min_effect, its whole interval above nought. A large model is not
    adopted either where it is not surely better than a classical one that can.
    """
    against, other = (ADOPT, KEEP) if lead.model.family == CLASSICAL else (KEEP, ADOPT)
    if decision.verdict != against or decision.by_cost:
        return decision
    why = (
        f"at {words.count(lead.over.n_train)} training rows {decision.why}; but "
        f"{lead.model.model} goes on to {words.count(lead.model.n_train)} and is then "
        f"{_by(metric, lead.value)} {say.between(metric, lead.low, lead.high)}"
    )
    if lead.low > 0 and lead.value >= min_effect:
        return Decision(other, why, lead.model.model)
    if against == KEEP or lead.high < 0:
        return decision
    if -min_effect < lead.low and lead.high < min_effect:
        why = f"{why}, within what matters; {_take(lead.model, lead.over)}"
        return Decision(ALIKE, why, cheapest(lead.model, lead.over).model)
    return Decision(UNSURE, f"{why}, which may be chance or less than matters", None)


def power(metric: str, gain: Gain) -> str:
    """'with 400 test examples and 3 seeds, a true difference under 3.1 points is often missed'."""
    seen = say.gap(metric, gain.detectable, signed=False)
    return (
        f"with {words.plural(gain.n_test, 'test example')} and {words.plural(gain.seeds, 'seed')}, "
        f"a true difference under {seen} is often missed"
    )


def cheapest(classical: Contender, large: Contender) -> Contender:
    """The one whose predictions cost less; where that is not measured, the classical one."""
    first, second = classical.cost_per_million, large.cost_per_million
    return large if first is not None and second is not None and second < first else classical


def _take(classical: Contender, large: Contender) -> str:
    """'take logreg, the cheaper one', or why the classical one where that is not known."""
    first, second = classical.cost_per_million, large.cost_per_million
    if first is None or second is None:
        return f"take {classical.model}, as what their predictions cost is not known of both"
    if first == second:
        return f"take {classical.model}, which costs no more"
    return f"take {cheapest(classical, large).model}, the cheaper one"


def _by(metric: str, gain: float) -> str:
    """'better by 3.2 points', 'worse by 0.012', 'level'."""
    amount = say.gap(metric, abs(gain), signed=False)
    if not any(digit in "123456789" for digit in amount):
        return "level"
    return f"{'better' if gain > 0 else 'worse'} by {amount}"


def _never(break_even: BreakEven) -> bool:
    """Whether even the best of what its decisions may save is less than what they cost more."""
    most = break_even.value_high
    return most is not None and most < break_even.extra_per_million


def _within(classical: Contender | None, large: Contender | None) -> Decision:
    """Where limits left one family or none."""
    if classical is not None:
        why = "no pretrained model with a value is within the limits"
        return Decision(KEEP, why, classical.model)
    if large is not None:
        return Decision(ADOPT, "no classical model with a value is within the limits", large.model)
    return Decision(UNSURE, "no model of either family is within the limits", None)


def _missing(classical: Contender | None, large: Contender | None) -> str:
    if classical is None and large is None:
        return "no classical and no pretrained model has a value"
    if classical is None:
        return "no classical model has a value"
    if large is None:
        return "no pretrained model has a value"
    return f"{classical.model} and {large.model} have no seed on the same test examples"
