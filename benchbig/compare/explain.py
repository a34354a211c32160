"""One task's verdict in plain sentences, for someone who does not read tables."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from benchbig.compare import sheets as tell
from benchbig.errors import unknown
from benchbig.tables import words
from benchbig.verdict import say
from benchbig.verdict.decide import power
from benchbig.verdict.result import ADOPT, ALIKE, KEEP, Contender, TaskVerdict, Verdicts

ADVICE = {
    ADOPT: "Adopt the large model",
    KEEP: "Keep the classical model",
    ALIKE: "There is no meaningful difference",
}


def explain(found: Verdicts, task: str, width: int = 80) -> str:
    """The sentences, a paragraph a question. Raises BenchError for a task that is not there."""
    by_name = {one.task: one for one in found.tasks}
    if task not in by_name:
        raise unknown("task", task, by_name, f"--explain ({found.store})")
    one = by_name[task]
    heading = f"{words.printable(one.title)} ({words.printable(one.task)})"
    paragraphs = [heading, *(" ".join(part) for part in _parts(one, found) if part)]
    return "\n\n".join(textwrap.fill(text, width) for text in paragraphs) + "\n"


def _parts(one: TaskVerdict, found: Verdicts) -> Iterator[list[str]]:
    advice = ADVICE.get(one.verdict, "There is not enough data to say")
    yield [f"{advice}: {words.printable(one.why)}."]
    yield _quality(one)
    yield _certainty(one)
    yield _costs(one, found)
    if one.crossover is not None:
        gains = (
            f"{say.gap_short(one.metric, point.gain)} at {words.count(point.n_train)}"
            for point in one.crossover.points
        )
        yield [
            f"With other numbers of training examples: {one.crossover.text}.",
            f"The gains are {', '.join(gains)}.",
        ]
    if one.notes:
        yield [f"Keep in mind: {words.printable('; '.join(one.notes))}."]


def _quality(one: TaskVerdict) -> list[str]:
    better = "higher" if one.higher_is_better else "lower"
    said = [f"The task is judged by {tell.metric(one)}, where {better} is better."]
    for name, contender in (("classical", one.classical), ("large pretrained", one.large)):
        if contender is not None:
            said.append(
                f"The best {name} model on the validation part, of {contender.chosen_from}, is "
                f"{words.printable(contender.model)}; on the test part it reaches "
                f"{tell.valued(one, contender)}."
            )
    return said


def _certainty(one: TaskVerdict) -> list[str]:
    gain = one.gain
    if gain is None:
        return []
    said = [
        f"Compared example by example ({gain.method}), the large model's gain is "
        f"{say.gap(one.metric, gain.value)}; the interval "
        f"{say.between(one.metric, gain.low, gain.high)} is made so that "
        f"{100 * gain.level:.0f} of 100 such intervals hold the true gain.",
        f"If the two were equal, a gain this far from 0 would come up with probability "
        f"{say.p_value(gain.p)}; corrected for the number of tasks, {say.p_value(gain.p_holm)}.",
        f"A difference matters from {say.gap(one.metric, one.min_effect, signed=False)} on.",
        f"{power(one.metric, gain).capitalize()}, more than one time in five.",
    ]
    if gain.seeds == 1:
        said.append("With one seed nothing can be said of how far another training would move it.")
    return said


def _costs(one: TaskVerdict, found: Verdicts) -> list[str]:
    if one.classical is None or one.large is None or one.ratios is None:
        return []
    currency = found.prices.currency
    said = [
        f"{words.printable(contender.model)} takes {_bill(contender, currency)}."
        for contender in (one.classical, one.large)
    ]
    if not one.ratios.same_machine:
        said.append("They were measured on different machines, so that times may not compare.")
    if one.ratios.energy_by == "estimate":
        counted = [c.energy_j is not None for c in (one.classical, one.large)]
        read = "No counter of joules was read"
        if any(counted):
            read = "Counters were not read of both on the same kind of device"
        said.append(f"{read}; the ratio is of the fits' seconds times assumed watts.")
    if one.break_even is not None:
        said.append(f"As to money, {words.printable(one.break_even.why)}.")
    said.append(
        f"Prices: {words.printable(found.prices.name)}, {found.prices.date}. "
        f"{words.printable(found.prices.note)}"
    )
    return said


def _bill(contender: Contender, currency: str) -> str:
    parts = [
        f"{words.seconds(contender.fit_s)} to fit",
        f"{words.milliseconds(contender.latency_p50_ms)} a prediction",
        f"{words.size(contender.peak_rss_bytes)} of memory",
    ]
    if contender.energy_j is not None:
        parts.append(f"{contender.energy_j:,.0f} J")
    elif contender.energy_estimate_j is not None:
        parts.append(f"an estimated {say.joules(contender.energy_estimate_j)} a training")
    parts.append(f"{say.money(contender.cost_fit, currency)} a training")
    parts.append(f"{say.money(contender.cost_per_million, currency)} a million predictions")
    return ", ".join(parts)
