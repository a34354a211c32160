"""Verdicts as tables of texts: the same for Markdown, LaTeX, HTML and, in part, the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchbig.metrics.names import ABSENT, METRICS
from benchbig.tables import words
from benchbig.tables.notes import REDUCED
from benchbig.tables.sheet import Column, Sheet
from benchbig.verdict import say
from benchbig.verdict.result import ADOPT, UNSURE, Contender, Ratios, TaskVerdict, Verdicts
from benchbig.verdict.summary import Regret, Standing

TITLE = "Is the large model worth it?"
BRIEF = ("task", "classical", "large", "gain", "p", "seen", "verdict")
TONES = {ADOPT: "first", UNSURE: "missing"}

# What a column of the main table holds, its heading, how a task fills it, whether to the right.
CELLS: tuple[tuple[str, str, Callable[[TaskVerdict, str], str], bool], ...] = (
    ("task", "task", lambda one, _: words.printable(one.title), False),
    ("metric", "metric", lambda one, _: metric(one), False),
    ("classical", "best classical", lambda one, _: scored(one, one.classical), False),
    ("large", "best large", lambda one, _: scored(one, one.large), False),
    ("gain", "gain", lambda one, _: gain(one), True),
    ("p", "p (Holm)", lambda one, _: say.p_value(one.gain.p_holm if one.gain else None), True),
    ("seen", "smallest seen", lambda one, _: detectable(one), True),
    ("fit", "fit", lambda one, _: ratio(one, "fit"), True),
    ("latency", "one prediction", lambda one, _: ratio(one, "latency"), True),
    ("memory", "memory", lambda one, _: ratio(one, "memory"), True),
    ("energy", "energy", lambda one, _: energy(one), True),
    ("money", "a million predictions", lambda one, currency: million(one, currency), True),
    ("training", "a training", lambda one, currency: training(one, currency), True),
    ("pays", "pays", lambda one, _: one.break_even.why if one.break_even else ABSENT, False),
    ("crossover", "crossover", lambda one, _: one.crossover.text if one.crossover else ABSENT,
     False),
    ("verdict", "verdict", lambda one, _: one.verdict, False),
)  # fmt: skip


def sheets(found: Verdicts) -> list[Sheet]:
    """The main table, then standings by family and by model, then regrets."""
    return [_main(found), *overall(found)]


def brief(found: Verdicts) -> Sheet:
    """The main table without costs, and why below it: for a page that has these elsewhere."""
    whole = _main(found)
    columns = tuple(column for column in whole.columns if column.key in BRIEF)
    return replace(whole, columns=columns, notes=whole.notes[: len(found.tasks)])


def overall(found: Verdicts) -> list[Sheet]:
    """The tables over all tasks; none where there is nothing to tell."""
    whole = found.overall
    made = []
    if whole.families:
        about = "the best of each family on the validation part of each task; strongest first"
        made.append(_standings("Families over all tasks", about, whole.families))
    if whole.models:
        made.append(
            _standings("Models over all tasks", "strongest first", whole.models, _tests(found))
        )
    if whole.regrets:
        made.append(_regrets(whole.regrets, found))
    return made


def summary(found: Verdicts) -> str:
    """'5 tasks: 1 adopt large, 3 keep classical, 1 not enough data'."""
    counts = [f"{count} {name}" for name, count in found.overall.counts.items() if count]
    return f"{words.plural(len(found.tasks), 'task')}: {', '.join(counts)}"


def metric(one: TaskVerdict) -> str:
    return METRICS[one.metric].title if one.metric in METRICS else words.printable(one.metric)


def named(contender: Contender | None) -> str:
    """The model's name, marked where it learnt from fewer rows than there are."""
    if contender is None:
        return ABSENT
    return words.printable(contender.model) + f" {REDUCED}" * contender.reduced


def valued(one: TaskVerdict, contender: Contender | None) -> str:
    """Its value with the interval."""
    if contender is None:
        return ABSENT
    return words.scored(one.metric, contender.value, contender.low, contender.high)


def scored(one: TaskVerdict, contender: Contender | None) -> str:
    return ABSENT if contender is None else f"{named(contender)} {valued(one, contender)}"


def gain(one: TaskVerdict) -> str:
    if one.gain is None:
        return ABSENT
    interval = say.between(one.metric, one.gain.low, one.gain.high)
    return f"{say.gap_short(one.metric, one.gain.value)} {interval}"


def detectable(one: TaskVerdict) -> str:
    return ABSENT if one.gain is None else say.gap(one.metric, one.gain.detectable, signed=False)


def ratio(one: TaskVerdict, what: str) -> str:
    ratios: Ratios | None = one.ratios
    return ABSENT if ratios is None else say.times(getattr(ratios, what))


def energy(one: TaskVerdict) -> str:
    """'5.1x', or '5.1x (estimated)' where no counter measured both."""
    by = one.ratios.energy_by if one.ratios else None
    return ratio(one, "energy") + " (estimated)" * (by == "estimate")


def million(one: TaskVerdict, currency: str) -> str:
    return _both(one, "cost_per_million", currency)


def training(one: TaskVerdict, currency: str) -> str:
    return _both(one, "cost_fit", currency)


def _both(one: TaskVerdict, field: str, currency: str) -> str:
    """Classical / large, the currency once."""
    amounts = [
        None if contender is None else getattr(contender, field)
        for contender in (one.classical, one.large)
    ]
    texts = [say.money(amount, currency) for amount in amounts]
    return f"{texts[0].removesuffix(f' {currency}')} / {texts[1]}"


def _main(found: Verdicts) -> Sheet:
    currency = found.prices.currency
    columns = tuple(
        Column(key, name, tuple(fill(one, currency) for one in found.tasks), right)
        for key, name, fill, right in CELLS
    )
    tones = tuple(TONES.get(one.verdict, "") for one in found.tasks)
    reasons = [f"{words.printable(one.title)}: {reason(one)}" for one in found.tasks]
    return Sheet(TITLE, summary(found), columns, (*reasons, *notes(found)), tones)


def reason(one: TaskVerdict) -> str:
    """Why, and what else should be known."""
    return words.printable("; ".join((one.why, *one.notes)))


def notes(found: Verdicts) -> tuple[str, ...]:
    """What the main table rests on."""
    said = [
        "gain: large less classical, turned so that above 0 the large model is better; in brackets "
        f"the {found.level:.0%} interval, paired by test example and seed",
        "each contender is the best of its family on the validation part",
    ]
    if any(who.reduced for one in found.tasks for who in (one.classical, one.large) if who):
        said.append(f"{REDUCED} learnt from fewer rows than there are, as its card says")
    said.append(
        f"money: {words.printable(found.prices.name)}, {found.prices.date}; "
        f"{words.printable(found.prices.note)}"
    )
    if any(one.ratios and one.ratios.energy_by == "estimate" for one in found.tasks):
        said.append(
            "energy, estimated: the fit's seconds times assumed watts, since no counter of joules "
            "was read on both sides"
        )
    if found.limits:
        asked = ", ".join(f"{option} {value}" for option, value in found.limits.items())
        said.append(f"within limits: {asked}; left out: {_left_out(found)}")
    return tuple(said)


def _left_out(found: Verdicts) -> str:
    """Each model once, with its first reason and on how many tasks."""
    models: dict[str, dict[str, str]] = {}  # a task can have it at several training sizes
    for one in found.left_out:
        models.setdefault(one.model, {}).setdefault(one.task, one.why)
    said = [
        f"{words.printable(model)} ({words.printable(next(iter(why.values())))}"
        + (f"; on {len(why)} tasks)" if len(why) > 1 else ")")
        for model, why in models.items()
    ]
    return ", ".join(said) or "none"


def _standings(
    title: str, about: str, ranked: Sequence[Standing], notes: Sequence[str] = ()
) -> Sheet:
    def column(key: str, name: str, fill: Callable[[Standing], str], right: bool = True) -> Column:
        return Column(key, name, tuple(map(fill, ranked)), right)

    columns: tuple[Column, ...] = (
        column("model", "contender", lambda one: words.printable(one.name), False),
        column("family", "family", lambda one: words.printable(one.family), False),
        column("tasks", "tasks", lambda one: str(one.tasks)),
        column("rank", "mean rank", lambda one: _span(one.rank, one.rank_low, one.rank_high, 1)),
        column("wins", "duels won",
               lambda one: _share(one.wins, one.wins_low, one.wins_high)),
        column("strength", "strength (Elo)",
               lambda one: _span(one.strength, one.strength_low, one.strength_high, 0)),
        column("loss", "rescaled loss",
               lambda one: _share(one.loss, one.loss_low, one.loss_high)),
    )  # fmt: skip
    if all(one.name == one.family for one in ranked):
        columns = tuple(one for one in columns if one.key != "family")
    return Sheet(title, about, columns, tuple(notes), ("",) * len(ranked))


def _span(value: float, low: float, high: float, digits: int) -> str:
    if math.isnan(value):  # of who met nobody
        return ABSENT
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def _share(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return ABSENT
    return f"{100 * value:.0f}% [{100 * low:.0f}, {100 * high:.0f}]"


def _regrets(regrets: Sequence[Regret], found: Verdicts) -> Sheet:
    tasks = {one.task: one for one in found.tasks}

    def worst(one: Regret) -> str:
        if one.worst_task is None or one.worst_loss is None:
            return ABSENT
        task = tasks[one.worst_task]
        return f"{words.printable(task.title)}, {say.gap(task.metric, one.worst_loss, False)}"

    columns = (
        Column("sector", "sector", tuple(words.printable(one.sector) for one in regrets), False),
        Column("rule", "rule", tuple(one.rule for one in regrets), False),
        Column("tasks", "tasks", tuple(str(one.tasks) for one in regrets)),
        Column("loss", "regret",
               tuple(_share(one.value, one.low, one.high) for one in regrets)),
        Column("worst", "loses most on", tuple(map(worst, regrets)), False),
    )  # fmt: skip
    about = "what a rule loses against the better contender, of the span from worst to best"
    return Sheet("If one rule is followed everywhere", about, columns, (), ("",) * len(regrets))


def _tests(found: Verdicts) -> tuple[str, ...]:
    whole = found.overall
    said = [words.printable(note) for note in whole.notes]
    if whole.wilcoxon_p is not None:
        said.append(f"large against classical over the tasks: Wilcoxon p {whole.wilcoxon_p:.2g}")
    if whole.friedman_p is not None:
        said.append(
            f"{whole.friedman_models} models that took every task alike: "
            f"Friedman p {whole.friedman_p:.2g}"
        )
    return tuple(said)
