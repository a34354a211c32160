"""How findings read: the same words in the terminal, in Markdown and in JUnit's messages."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.gate.finding import COMPARED, Cost, Finding, Outcome
from benchbig.metrics.names import ABSENT, METRICS, show
from benchbig.tables import words

SHOWN = 6  # tasks that a note names
FALSE_ALARMS = 100  # of so many comparisons at most one has any: simulated, docs/gate.md

COSTS = {
    "fit_s": "fit",
    "latency_ms": "latency",
    "energy_j": "energy",
    "peak_rss_bytes": "memory",
    "peak_vram_bytes": "GPU memory",
}


def whys(found: Sequence[Finding]) -> list[str]:
    """What is to be said of single findings; what many share is said once."""
    by_why: dict[str, list[Finding]] = {}
    for one in found:
        if one.why:
            by_why.setdefault(words.printable(one.why), []).append(one)
    said = []
    for why, of in by_why.items():
        who = ", ".join(place(of[0])) if len(of) == 1 else f"{len(of)} of them"
        said.append(f"{who}: {why}")
    return said


def place(finding: Finding) -> tuple[str, str]:
    """Task and model; a training size, a trial's limit and an accelerator where there is one."""
    task, model = words.printable(finding.task), words.printable(finding.model)
    if finding.n_train:
        task += f" ({words.count(finding.n_train)} rows)"
    if finding.limit:
        task += f" (limit {words.count(finding.limit)})"
    if finding.device != "cpu":
        model += f" ({words.printable(finding.device)})"
    return task, model


def value(finding: Finding, number: float | None) -> str:
    """A value as tables show it."""
    if number is None:
        return ABSENT
    return show(finding.metric, number) if finding.metric in METRICS else f"{number:.4g}"


def change(finding: Finding) -> str:
    """'-0.031 [-0.052, -0.010]'; percentages in points."""
    if finding.difference is None or finding.low is None or finding.high is None:
        return ""
    if finding.unmoved:
        return "same predictions"
    ends = [signed(finding.metric, end) for end in (finding.low, finding.high)]
    return f"{signed(finding.metric, finding.difference)} [{ends[0]}, {ends[1]}]"


def signed(metric: str, number: float) -> str:
    """'+0.012', '-1.2'; one digit more than the value has, so that small changes show."""
    facts = METRICS.get(metric)
    if facts is None:
        return f"{number:+.3g}"
    scale, digits = (100, facts.digits - 1) if facts.percent else (1, facts.digits)
    return f"{scale * number:+.{digits}f}"


def visible(finding: Finding) -> str:
    """The smallest loss that would be caught 95 times in 100."""
    if finding.visible is None:
        return ABSENT
    return signed(finding.metric, finding.visible).removeprefix("+")


def seeds(finding: Finding) -> str:
    """'3', or '3, 5' where the stores differ."""
    base, head = finding.seeds
    return str(base) if base == head else f"{base}, {head}"


def headline(outcome: Outcome) -> str:
    """'1 regressed, 2 missing, 32 no change seen'."""
    return ", ".join(f"{n} {status}" for status, n in outcome.counts.items()) or "nothing there"


def cost(one: Cost) -> str:
    """'fit 4.2 s -> 9.1 s (2.2 times, [1.6, 2.9])'."""
    name = COSTS.get(one.name, one.name)
    text = f"{name} {amount(one.name, one.base)} -> {amount(one.name, one.head)}"
    if one.ratio is None:
        return text
    ends = "" if one.low is None or one.high is None else f", [{one.low:.2f}, {one.high:.2f}]"
    return f"{text} ({one.ratio:.2f} times{ends})"


def amount(name: str, number: float | None) -> str:
    """A time or a size with its unit."""
    if name == "latency_ms":
        return words.milliseconds(number)
    if name.endswith("_bytes"):
        return words.size(number)
    if name == "energy_j":
        return ABSENT if number is None else f"{number:,.0f} J"
    return words.seconds(number)


def notes(outcome: Outcome) -> list[str]:
    """What a reader must know to read the table."""
    said = []
    if outcome.vanished:
        said.append(f"vanished from HEAD: {', '.join(map(words.printable, outcome.vanished))}")
    compared = [one for one in outcome.findings if one.status in COMPARED]
    if compared:
        said.append(
            f"{100 * (1 - outcome.level):g}% intervals hold for all together; where nothing "
            f"changed, at most 1 comparison in {FALSE_ALARMS} calls anything a regression; "
            "percentages change in points"
        )
        if any(one.visible is not None for one in compared):
            said.append("sees: a loss of this size is called a regression 95 times in 100")
        said += [*_raised(compared), *_trials(compared)]
    moved = [c.status for one in outcome.findings for c in one.costs]
    if moved:
        tested = sum(status in COMPARED for status in moved)
        said.append(
            f"costs: {tested} compared, {moved.count('regressed')} regressed, "
            f"{moved.count('improved')} improved; {len(moved) - tested} not comparable"
        )
    return said


def _raised(compared: Sequence[Finding]) -> list[str]:
    """Where the minimum effect is more than was asked, since so little cannot be seen."""
    found: dict[str, list[Finding]] = {}
    for one in compared:
        if one.minimum is not None and one.asked is not None and one.minimum > one.asked:
            found.setdefault(one.task, []).append(one)
    told = []
    for task, of in found.items():
        sizes = [one.minimum or 0.0 for one in of]
        ends = (signed(of[0].metric, end).removeprefix("+") for end in (min(sizes), max(sizes)))
        told.append(f"{words.printable(task)} {' to '.join(dict.fromkeys(ends))}")
    if len(told) > SHOWN:
        told = [*told[: SHOWN - 1], f"{len(told) - SHOWN + 1} more"]
    if not told:
        return []
    return [
        "a loss of twice the minimum effect asked for would not be called 95 times in 100, so it "
        f"is raised, to half of what is seen: {'; '.join(told)}"
    ]


def _trials(compared: Sequence[Finding]) -> list[str]:
    """That trials are cut short, so that nobody takes their values for results."""
    if not any(one.limit for one in compared):
        return []
    return ["limit: trials on so many examples a part, compared only with their like"]


def cost_notes(outcome: Outcome) -> list[str]:
    """A sentence for each cost that moved, and one for why others could not be compared."""
    from benchbig.gate.costs import drift

    said = []
    for status in ("regressed", "improved"):
        for one in outcome.findings:
            task, model = place(one)
            said += [
                f"{status}: {task}, {model}: {cost(c)}" for c in one.costs if c.status == status
            ]
    every = [c for one in outcome.findings for c in one.costs]
    whys = dict.fromkeys(words.printable(c.why) for c in every if c.status == "not comparable")
    said += [f"costs not compared: {why}" for why in whys]
    together = drift(every)
    if together is not None and not 1 / 1.1 < together < 1.1 and any(c.low for c in every):
        said.append(
            f"all times together moved by {together:.2f} times: the machine may have been busier"
        )
    return said
