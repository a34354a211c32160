"""The answer for one task: contenders, gain, costs, crossover; the verdict comes after Holm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchbig.metrics.names import METRICS
from benchbig.tables.row import Row
from benchbig.tables.rows import best
from benchbig.verdict import effects
from benchbig.verdict.contenders import (
    CLASSICAL,
    LARGE,
    SCRATCH,
    by_size,
    chosen,
    contender,
    main_size,
    standing,
)
from benchbig.verdict.curve import crossover
from benchbig.verdict.decide import Decision, Lead, decide, overtaken
from benchbig.verdict.evidence import Evidence, pair, place
from benchbig.verdict.money import PriceTable
from benchbig.verdict.notes import notes
from benchbig.verdict.result import (
    ADOPT,
    KEEP,
    BreakEven,
    Contender,
    Crossover,
    Gain,
    Ratios,
    TaskVerdict,
)
from benchbig.verdict.worth import break_even

if TYPE_CHECKING:
    from benchbig.stats.paired import Difference


@dataclass(frozen=True)
class Matter:
    """A task's evidence before the verdict.

    first: a row of the task, for its facts. rows: of the size that counts, within the limits.
    scratch: the best network trained from scratch, where it does better than both contenders.
    beyond: the best of the family that went on, alone, to the most training rows; lead: what it
    has over the other family's contender. budgets: whether their searches had the same.
    """

    first: Row
    rows: tuple[Row, ...]
    classical: Row | None
    large: Row | None
    contenders: tuple[Contender | None, Contender | None]
    difference: Difference | None
    break_even: BreakEven | None
    crossover: Crossover | None
    scratch: Contender | None = None
    beyond: Contender | None = None
    lead: Difference | None = None
    budgets: bool = True

    @property
    def p(self) -> float | None:
        return None if self.difference is None else self.difference.p


def look(
    evidence: Evidence,
    first: Row,
    rows: Sequence[Row],
    prices: PriceTable,
    decision_value: float | None,
) -> Matter:
    """What one task's rows within the limits say; first: any row of the task."""
    from benchbig.stats.paired import compare

    if not rows:
        return Matter(first, (), None, None, (None, None), None, None, None)
    sizes = by_size(rows)
    size = main_size(sizes)
    here = sizes[size]
    classical, large = chosen(here, CLASSICAL), chosen(here, LARGE)
    stand = [
        None if row is None else contender(evidence, row, len(standing(here, family)), prices)
        for row, family in ((classical, CLASSICAL), (large, LARGE))
    ]
    difference = pays = None
    if classical is not None and large is not None and stand[0] and stand[1]:
        difference = compare(*pair(evidence, classical, large))
        costs = evidence.costs.get(classical.task)
        saving = None
        if costs is not None and classical.kind == "binary":
            saving = compare(*pair(evidence, classical, large, "cost_per_1000"))
        right = None
        if "accuracy" in classical.metrics and "accuracy" in large.metrics:
            right = compare(*pair(evidence, classical, large, "accuracy"))
        both = (stand[0], stand[1])
        pays = break_even(both, right, costs, saving, decision_value, prices)
    curve = crossover(evidence, sizes, first.higher_is_better)
    contenders = (stand[0], stand[1])
    neural, scratch = chosen(here, SCRATCH), None
    if classical and large and neural and _ahead(neural, (classical, large)):
        scratch = contender(evidence, neural, len(standing(here, SCRATCH)), prices)
    beyond, lead, further = None, None, _further(sizes, size)
    if further is not None:
        row, others = further
        beyond = contender(evidence, row, len(others), prices)
        rival = large if row.family == CLASSICAL else classical
        lead = None if rival is None else compare(*pair(evidence, rival, row))
    return Matter(
        first=first,
        rows=tuple(here),
        classical=classical,
        large=large,
        contenders=contenders,
        difference=difference,
        break_even=pays,
        crossover=curve,
        scratch=scratch,
        beyond=beyond,
        lead=lead,
        budgets=len(_budgets(evidence, (classical, large))) < 2,
    )


def _ahead(neural: Row, others: Sequence[Row]) -> bool:
    """Whether it does better than each of the others on the validation part."""
    return all(
        best([neural, other]) is neural and neural.valid_value != other.valid_value
        for other in others
    )


def _further(sizes: Mapping[int, Sequence[Row]], size: int) -> tuple[Row, Sequence[Row]] | None:
    """The contender with the most training rows, where that is more than both were given, and
    whom it was chosen from. What learns nothing was given none."""
    for most in reversed(list(sizes)):
        if most == size:
            return None
        for family in (CLASSICAL, LARGE):
            able = [row for row in standing(sizes[most], family) if not row.level]
            if able:
                return best(able), able
    return None


def _budgets(evidence: Evidence, rows: Sequence[Row | None]) -> set[tuple[object, object]]:
    """The bounds of the searches behind these rows: trials and seconds."""
    tunings = [
        record["tuning"] or {}
        for row in rows
        if row is not None
        for record in evidence.records.get(place(row), ())
    ]
    return {(one.get("budget_trials"), one.get("budget_seconds")) for one in tunings}


def answer(
    matter: Matter,
    title: str,
    given: Mapping[str, float],
    p_holm: float | None,
    limited: bool = False,
) -> TaskVerdict:
    """The verdict on a task.

    given: minimum effects; p_holm: its p-value among all the tasks; limited: whether limits have
    left out models of a family that has none left.
    """
    classical, large = matter.contenders
    first = matter.first
    effect = effects.min_effect(first.metric, given, classical.value if classical else None)
    gain = None
    if matter.difference is not None and p_holm is not None:
        gain = _gain(matter.difference, METRICS[first.metric].higher_is_better, p_holm)
    equal = decide(first.metric, classical, large, gain, effect, matter.break_even, limited)
    decision = _overtaken(equal, matter, effect)
    turned = decision is not equal and decision.verdict in (ADOPT, KEEP)
    return TaskVerdict(
        task=first.task,
        title=title,
        sector=first.sector,
        modality=first.modality,
        data_origin=first.data_origin,
        metric=first.metric,
        higher_is_better=first.higher_is_better,
        min_effect=effect,
        n_test=next((row.n_test for row in matter.rows if row.n_test is not None), None),
        verdict=decision.verdict,
        why=decision.why,
        choice=decision.choice,
        classical=classical,
        large=large,
        gain=gain,
        ratios=_ratios(matter),
        break_even=matter.break_even,
        crossover=matter.crossover,
        scratch=matter.scratch,
        beyond=matter.beyond,
        overtaken=turned,
        notes=notes(matter, gain, said=decision is not equal),
    )


def _gain(found: Difference, higher_is_better: bool, p_holm: float) -> Gain:
    """The difference turned so that above nought the large model is better."""
    from benchbig.stats.student import detectable

    sign = 1.0 if higher_is_better else -1.0
    ends = sorted((sign * found.low, sign * found.high))
    return Gain(
        value=sign * found.difference,
        low=ends[0],
        high=ends[1],
        p=found.p,
        p_holm=p_holm,
        se=found.se,
        df=found.df,
        detectable=detectable(found.se, found.df),
        by_seed=tuple(sign * one for one in found.by_seed),
        seeds=found.seeds,
        n_test=found.n,
        level=found.level,
        method=found.method,
    )


def _ratios(matter: Matter) -> Ratios | None:
    """Large over classical."""
    classical, large = matter.contenders
    if classical is None or large is None or matter.classical is None or matter.large is None:
        return None
    names = {
        "fit": "fit_s",
        "latency": "latency_p50_ms",
        "memory": "peak_rss_bytes",
        "cost_fit": "cost_fit",
        "cost_per_million": "cost_per_million",
    }
    found = {
        name: _over(getattr(large, field), getattr(classical, field))
        for name, field in names.items()
    }
    energy, by = _energy(classical, large)
    same = len({*matter.classical.envs, *matter.large.envs}) < 2
    return Ratios(**found, energy=energy, same_machine=same, energy_by=by)


def _energy(classical: Contender, large: Contender) -> tuple[float | None, str | None]:
    """The ratio, and how it is known: counters tell of both, or it is estimated of both."""
    for by, field in (("counter", "energy_j"), ("estimate", "energy_estimate_j")):
        if by == "counter" and classical.device != large.device:
            continue  # one counter is of a processor, the other of a GPU without its processor
        found = _over(getattr(large, field), getattr(classical, field))
        if found is not None:
            return found, by
    return None, None


def _over(above: float | None, below: float | None) -> float | None:
    return None if above is None or not below else above / below


def _overtaken(equal: Decision, matter: Matter, effect: float) -> Decision:
    """The decision at equal rows, or the other where one family goes on to more and then leads."""
    classical, large = matter.contenders
    rival = large if matter.beyond and matter.beyond.family == CLASSICAL else classical
    if matter.beyond is None or matter.lead is None or rival is None:
        return equal
    sign = 1.0 if matter.first.higher_is_better else -1.0
    low, high = sorted((sign * matter.lead.low, sign * matter.lead.high))
    lead = Lead(matter.beyond, rival, sign * matter.lead.difference, low, high)
    return overtaken(equal, matter.first.metric, lead, effect)
