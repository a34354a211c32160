"""Two stores, model by model and task by task: what got worse, and how sure is that?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchbig import store
from benchbig.errors import unknown
from benchbig.gate import costs as costing
from benchbig.gate import noise
from benchbig.gate.finding import COMPARED, LOST, STATUSES, Finding, Outcome
from benchbig.gate.machines import differ
from benchbig.gate.places import Pair, ok, pairs, status
from benchbig.metrics.names import METRICS
from benchbig.record import Record
from benchbig.stats.holm import holm
from benchbig.verdict.effects import min_effect

if TYPE_CHECKING:
    from benchbig.cards import Costs
    from benchbig.stats.shift import Shift

# Promised is at most one false alarm in a hundred comparisons of two stores. Tested is at half of
# that, for models whose seeds vary more than is typical; docs/gate.md has what came out.
LEVEL = 0.005
TESTED = LEVEL / 2  # of each side, worse and better: the intervals then hold at 1 - LEVEL
COST_LEVEL = 0.01  # of all costs together
# How often a loss of the size called visible is seen. Promised are 95 in 100, which hold on average
# over models; reckoned is with more, so that they hold too where seeds vary more than is typical.
CAUGHT = 0.99
FAMILIES = {"quality": ("regressed",), "missing": LOST}
FAIL_ON = ("quality", "missing", "cost", "any", "never")

CostsOf = Callable[[str], "Costs | None"]


@dataclass(frozen=True)
class Side:
    """A store: where it is, and how it is called in reports."""

    folder: Path
    name: str


@dataclass(frozen=True)
class Selection:
    """What is looked at.

    tasks, models: only these, empty for all. suite: whether both are its. limit: only trials with
    this limit, 0 for what is no trial; None: what is no trial, or trials where BASE has only these.
    """

    tasks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    suite: Callable[[str, str], bool] | None = None
    limit: int | None = None

    def holds(self, record: Record) -> bool:
        task, model = record["task"], record["model"]
        if self.suite is not None and not self.suite(task, model):
            return False
        if self.limit is not None and record["limit"] != self.limit:
            return False
        return (not self.tasks or task in self.tasks) and (not self.models or model in self.models)

    def of(self, base: Iterable[Record]) -> Selection:
        """The selection with its limit settled by what BASE holds."""
        if self.limit is None and not all(record["limit"] for record in base):
            return replace(self, limit=0)
        return self


EVERYTHING = Selection()


def compare(
    base: Side,
    head: Side,
    minimum: Mapping[str, float],
    selection: Selection = EVERYTHING,
    costs: CostsOf = lambda task: None,
) -> Outcome:
    """Everything that stands in either store, the worst first.

    minimum: the minimum effects that were asked for, by metric, "" for all. costs: those on a
    task's card, for the metric that needs them. Raises BenchError for a name in the selection
    that neither store has: a slip of the pen must not read as a pass.
    """
    before, after = (store.records(side.folder) for side in (base, head))
    selection = selection.of(before)
    for what, names in (("task", selection.tasks), ("model", selection.models)):
        there = {record[what] for record in (*before, *after)}
        for name in names:
            if name not in there:
                raise unknown(what, name, there, f"{base.name}, {head.name}")
    both = pairs(*(list(filter(selection.holds, records)) for records in (before, after)))
    found = [_examined(pair, base, head, costs) for pair in both]
    findings = judged(found, minimum)
    machines = partial(differ, base.folder, head.folder)
    paid = costing.judged(
        [costing.measured(*_for_costs(pair), machines) for pair in both], COST_LEVEL
    )
    whole = [replace(one, costs=cost) for one, cost in zip(findings, paid, strict=True)]
    there = {finding.task for finding in whole if finding.status != "missing"}
    vanished = {finding.task for finding in whole} - there
    return Outcome(
        base.name, head.name, tuple(sorted(whole, key=_badness)), LEVEL, tuple(sorted(vanished))
    )


def fails(outcome: Outcome, on: Iterable[str]) -> bool:
    """Whether the gate stays shut; on: of FAIL_ON."""
    asked = set(on)
    if "any" in asked:
        asked |= {"quality", "missing", "cost"}
    if "never" in asked:
        return False
    bad = {status for family in asked & FAMILIES.keys() for status in FAMILIES[family]}
    if any(finding.status in bad for finding in outcome.findings):
        return True
    return "cost" in asked and any(
        cost.status == "regressed" for finding in outcome.findings for cost in finding.costs
    )


def comparable(outcome: Outcome) -> bool:
    """Whether anything at all was compared."""
    return any(finding.status in COMPARED for finding in outcome.findings)


def _for_costs(pair: Pair) -> tuple[Sequence[Record], Sequence[Record]]:
    if status(pair) is not None:
        return (), ()
    return pair.repeats


def _examined(pair: Pair, base: Side, head: Side, costs: CostsOf) -> tuple[Finding, Shift | None]:
    """The finding so far, and the shift that is still to be judged."""
    task, model, n_train, device, limit = pair.place
    about = pair.any
    facts = METRICS.get(about["metric"])
    better = facts is None or facts.higher_is_better
    finding = Finding(task, model, n_train, device, "", about["metric"], better, limit=limit)
    known = status(pair)
    if known is not None:
        finding = replace(finding, status=known[0], why=known[1], **_last_known(pair))
        return finding, None
    known_costs = costs(task) if about["metric"] == "cost_per_1000" else None
    return _shifted(finding, pair, base, head, known_costs)


def _shifted(
    finding: Finding, pair: Pair, base: Side, head: Side, costs: Costs | None
) -> tuple[Finding, Shift | None]:
    from benchbig.gate.quality import Unreadable, read
    from benchbig.stats.shift import Prior, same, shift

    try:
        before = {r["seed"]: read(base.folder, r, costs) for r in ok(pair.base)}
        after = {r["seed"]: read(head.folder, r, costs) for r in ok(pair.head)}
    except Unreadable as error:
        return replace(finding, status="not comparable", why=str(error)), None
    shared = before.keys() & after.keys()
    scale = _mean([record["value"] for record in ok(pair.base)]) or 0.0
    fewer = bool(finding.n_train or finding.limit) and not shared
    seeds = min(len(before), len(after))
    moved = shift(before, after, Prior(*noise.prior(finding.metric, scale, fewer, seeds)))
    if moved is None:
        return replace(finding, status="not comparable", why="its metric is undefined"), None
    unmoved = bool(shared) and all(same(before[seed], after[seed]) for seed in shared)
    why = _seeds_in_words(before, after, unmoved or moved.one_fit)
    return replace(finding, unmoved=unmoved, why=why), moved


def _seeds_in_words(before: Collection[int], after: Collection[int], one_fit: bool) -> str:
    """What the reader should know of the seeds; nothing where all is as it should be.

    one_fit: whether both runs' fits are the same ones, so that no noise between seeds counts.
    """
    shared = sorted({*before} & {*after})
    notes = []
    if not shared:
        notes.append("no seed in common, so the runs' means are compared")
    elif len(shared) < max(len(before), len(after)):
        notes.append(f"compared by the seeds in common: {', '.join(map(str, shared))}")
    if not one_fit and min(len(before), len(after), len(shared) or len(before)) == 1:
        notes.append("one seed: the noise between seeds is taken from published records")
    return "; ".join(notes)


def _last_known(pair: Pair) -> dict[str, Any]:
    """The means of what is there, for a place that is not compared."""
    found: dict[str, Any] = {}
    for name, records in (("base", ok(pair.base)), ("head", ok(pair.head))):
        found[name] = _mean([record["value"] for record in records])
    return {**found, "seeds": (len(ok(pair.base)), len(ok(pair.head)))}


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def judged(
    found: Sequence[tuple[Finding, Shift | None]], minimum: Mapping[str, float]
) -> list[Finding]:
    """The findings with a status each; Holm over all that were tested, each side for itself."""
    tested = [moved for _, moved in found if moved is not None]
    worse, better = (
        holm([_p(finding, moved, side) for finding, moved in found]) for side in ("less", "greater")
    )
    judged = []
    for (finding, moved), down, up in zip(found, worse, better, strict=True):
        if moved is None or down is None or up is None:
            judged.append(finding)
            continue
        least = min_effect(finding.metric, minimum, moved.base)
        made = _with_numbers(finding, moved, least, TESTED / len(tested), down)
        gain = moved.gain(finding.higher_is_better)
        called = "no change seen"
        if down <= TESTED and gain <= -least:
            called = "regressed"
        elif up <= TESTED and gain >= least:
            called = "improved"
        judged.append(replace(made, status=called))
    return judged


def _p(finding: Finding, moved: Shift | None, side: str) -> float | None:
    """One-sided: of "it is not worse" (less), or of "it is not better" (greater)."""
    if moved is None:
        return None
    return moved.worse(finding.higher_is_better == (side == "less"))


def _with_numbers(
    finding: Finding, moved: Shift, least: float, level: float, worse: float
) -> Finding:
    wide = 0.0 if finding.unmoved else moved.reach(level)
    visible = None
    if not finding.unmoved:
        visible = moved.visible(level, least, CAUGHT, finding.higher_is_better)
    return replace(
        finding,
        base=moved.base,
        head=moved.head,
        difference=moved.difference,
        low=moved.difference - wide,
        high=moved.difference + wide,
        visible=visible,
        asked=least,
        minimum=max(least, (visible or 0.0) / 2),
        seeds=(moved.base_seeds, moved.head_seeds),
        paired=moved.paired,
        worse=worse,
    )


def _badness(finding: Finding) -> tuple[int, float, str, str, int, str]:
    """Sorts the worst first: by status, then by the loss as a multiple of the minimum effect."""
    loss = 0.0
    if finding.gain is not None and finding.asked:
        loss = finding.gain / finding.asked
    elif finding.status == "missing" and finding.base is not None:
        loss = -finding.base
    place = STATUSES.index(finding.status)
    return place, loss, finding.task, finding.model, finding.n_train, finding.device
