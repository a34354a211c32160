"""What do a suite's numbers say, task by task, in sentences that are made of them?

Who wins and by how much stands in the table of verdicts; here is what that costs, what each way to
use a pretrained model gives, what learns from scratch, and how it depends on the training rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from published import Published

from benchbig.metrics.names import METRICS, show
from benchbig.tables.row import Row
from benchbig.tables.rows import best
from benchbig.verdict import say
from benchbig.verdict.contenders import CLASSICAL, LARGE, standing
from benchbig.verdict.result import TaskVerdict

NEURAL, TRIVIAL = "neural", "trivial"
WAYS = {
    "zero_shot": "asked without examples",
    "in_context": "with examples in its input",
    "frozen": "frozen",
    "lora": "by LoRA",
    "full": "fine-tuned",
}


def discussion(found: Published) -> str:
    """A paragraph a task, in Markdown; empty where no task has a contender of either family."""
    paragraphs = [
        f"**{one.title}.** {' '.join(_sentences(one, found.of(one)))}"
        for one in found.verdicts.tasks
        if one.classical or one.large
    ]
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""


def _sentences(one: TaskVerdict, table: Sequence[Row]) -> Iterator[str]:
    yield from _gain(one)
    yield from _cost(one)
    yield from _ways(one, table)
    yield from _scratch(one, table)
    yield from _unchosen(one, table)
    if one.crossover is not None:
        yield f"Crossover along the training rows: {one.crossover.text}."


def _gain(one: TaskVerdict) -> Iterator[str]:
    """Verdict and gain; or the whole reason, where a family has nobody or goes on to more rows."""
    if one.classical is None or one.large is None or one.gain is None or one.beyond is not None:
        yield f"{one.verdict.capitalize()}: {one.why}."
        return
    interval = say.between(one.metric, one.gain.low, one.gain.high)
    value = say.gap(one.metric, one.gain.value)
    yield (
        f"{one.verdict.capitalize()}: {one.large.model} has {value} {interval} over "
        f"{one.classical.model}."
    )


def _cost(one: TaskVerdict) -> Iterator[str]:
    """How many times as much the large model takes."""
    if one.ratios is None:
        return
    parts = [
        f"{say.times(ratio)} {what}"
        for ratio, what in (
            (one.ratios.fit, "the time to fit"),
            (one.ratios.latency, "the time of one prediction"),
            (one.ratios.memory, "the memory"),
        )
        if ratio is not None
    ]
    if parts:
        apart = "" if one.ratios.same_machine else ", measured on different machines"
        yield f"It takes {_listed(parts)}{apart}."


def _ways(one: TaskVerdict, table: Sequence[Row]) -> Iterator[str]:
    """The best of each way to use a pretrained model, where there are several."""
    large = standing(table, LARGE)
    chosen = {
        way: best([row for row in large if row.adaptation == way])
        for way in WAYS
        if any(row.adaptation == way for row in large)
    }
    if len(chosen) > 1:
        parts = [f"{WAYS[way]} {_valued(row)}" for way, row in chosen.items()]
        yield f"Pretrained models, the best of each kind: {_listed(parts)}."


def _scratch(one: TaskVerdict, table: Sequence[Row]) -> Iterator[str]:
    """The best that learns from scratch, beside the best classical one; and the floor."""
    neural, floor = standing(table, NEURAL), standing(table, TRIVIAL)
    if neural:
        row = best(neural)
        against = ""
        if one.classical is not None and row.value is not None:
            sign = 1.0 if one.higher_is_better else -1.0
            gap = sign * (row.value - one.classical.value)
            against = f", {_beside(one.metric, gap)} {one.classical.model}"
        yield f"From scratch the best is {_valued(row)}{against}."
    if floor:
        row = best(floor)
        yield f"Without learning: {_valued(row)}."


def _unchosen(one: TaskVerdict, table: Sequence[Row]) -> Iterator[str]:
    """Where the validation part chose another than the test part would have, so that it shows."""
    for family, chosen in ((CLASSICAL, one.classical), (LARGE, one.large)):
        able = standing(table, family)
        if chosen is None or not able:
            continue
        sign = 1.0 if one.higher_is_better else -1.0
        top = max(able, key=lambda row: (sign * (row.value or 0.0), row.model))
        digits = METRICS[one.metric].digits
        if top.value is not None and round(sign * (top.value - chosen.value), digits) > 0:
            yield (
                f"On the test part {_valued(top)} stands above {chosen.model}, which the "
                f"validation part preferred."
            )


def _beside(metric: str, gap: float) -> str:
    """'1.2 points above', 'level with', '0.012 below'."""
    if round(gap, METRICS[metric].digits) == 0:
        return "level with"
    return f"{say.gap(metric, abs(gap), signed=False)} {'above' if gap > 0 else 'below'}"


def _valued(row: Row) -> str:
    return f"{row.model} ({show(row.metric, row.value)})"


def _listed(parts: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
