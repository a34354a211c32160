"""The axes that several charts share: a metric's values, a cost on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from benchbig.metrics.names import Metric
from benchbig.site.charts.figure import (
    Key,
    Scale,
    Tick,
    linear_ticks,
    log_ticks,
    padded,
    stretched,
)
from benchbig.site.language import Language
from benchbig.tables.row import Row

LETTER = 6.0  # pixels that a letter of a tick's label takes, about
BESIDE = 14  # pixels to the right of every chart's frame, at least
# Families by shape as well as by colour: a chart is read in print and by the colour-blind too.
SYMBOLS = {"classical": "circle", "pretrained": "diamond", "neural": "triangle", "trivial": "cross"}


def values_axis(
    metric: Metric, values: Sequence[float], start: float, end: float
) -> tuple[Scale, tuple[Tick, ...]]:
    """A linear axis over a metric's values, with round ticks."""
    scale = Scale(*padded(values), start, end)
    ticks = linear_ticks(scale.low, scale.high)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 0.1
    return scale, tuple(Tick(scale.at(tick), _label(metric, tick, step)) for tick in ticks)


def numbers_axis(
    values: Sequence[float], start: float, end: float, share: float = 0.06
) -> tuple[Scale, tuple[Tick, ...]]:
    """A linear axis over numbers of any kind; share: the room at both ends."""
    scale = Scale(*padded(values, share), start, end)
    ticks = linear_ticks(scale.low, scale.high)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 0.1
    return scale, tuple(Tick(scale.at(tick), _plain(tick, step)) for tick in ticks)


def _label(metric: Metric, value: float, step: float) -> str:
    factor, sign = (100, "%") if metric.percent else (1, "")
    return _plain(value * factor, step * factor) + sign


def _plain(value: float, step: float) -> str:
    """With as many digits as tell the steps apart."""
    if step >= 1e15 or step < 1e-6:
        return f"{value:.4g}"
    digits = next((d for d in range(6) if abs(round(step, d) - step) < 1e-9), 6)
    return f"{value:,.{digits}f}"


def log_axis(
    values: Sequence[float], start: float, end: float, label: Callable[[float], str]
) -> tuple[Scale, tuple[Tick, ...]]:
    """A logarithmic axis over values above zero."""
    scale = Scale(*stretched(values), start, end, log=True)
    ticks = (Tick(scale.at(tick), label(tick)) for tick in log_ticks(scale.low, scale.high))
    return scale, tuple(apart(ticks, end + BESIDE))


def apart(ticks: Iterable[Tick], end: float = float("inf")) -> Iterator[Tick]:
    """The ticks of a horizontal axis, less those whose labels would touch the one before or reach
    beyond the end, where they would be cut off.
    """
    free = float("-inf")
    for tick in ticks:
        half = LETTER * len(tick.label) / 2
        if tick.at - half >= free and tick.at + half <= end:
            free = tick.at + half + LETTER
            yield tick


def symbol(family: str) -> str:
    return SYMBOLS.get(family, "square")


def look(family: str) -> str:
    """The CSS class of a family; a name that is none of the known ones has none of its own."""
    return f"f-{family}" if family in SYMBOLS else "f-other"


def keys(language: Language, rows: Sequence[Row]) -> tuple[Key, ...]:
    """The legend of the families that occur, in their usual order."""
    there = {row.family for row in rows}
    return tuple(
        Key(look(family), symbol(family), language.word("family", family))
        for family in (*SYMBOLS, *sorted(there - set(SYMBOLS)))
        if family in there
    )


def better(metric: Metric, language: Language) -> str:
    """'average precision, higher is better'."""
    key = "chart.higher" if metric.higher_is_better else "chart.lower"
    return language.t(key, metric=language.metric(metric.name))
