"""Every model's value on one task: the mean, its interval and each seed's own point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchbig.metrics.names import Metric
from benchbig.site.charts.axes import better, keys, look, symbol, values_axis
from benchbig.site.charts.figure import Figure, Mark, Scale
from benchbig.site.language import Language
from benchbig.tables.row import Row

WIDTH, LINE, LEFT, RIGHT, TOP, BOTTOM = 760, 30, 210, 20, 12, 46
MOST = 40


def seeds_figure(
    language: Language, metric: Metric, rows: Sequence[Row], values: Mapping[str, Sequence[float]]
) -> Figure | None:
    """One line a row that has a value, best first, at most MOST; None where there is none.

    values: model to the value of each of its seeds. The axis holds all but the trivial models:
    one of those that lies beyond stands at its edge, with its value written beside it.
    """
    shown = [row for row in rows if row.value is not None][:MOST]
    if not shown:
        return None
    height = TOP + LINE * len(shown) + BOTTOM
    within = [row for row in shown if row.family != "trivial"] or shown
    every = [v for row in within for v in (row.value, row.low, row.high) if v is not None]
    every += [v for row in within for v in values.get(row.model, ())]
    scale, ticks = values_axis(metric, every, LEFT, WIDTH - RIGHT)
    marks: list[Mark] = []
    for index, row in enumerate(shown):
        y = TOP + LINE * (index + 0.5)
        marks += _line(language, row, y, scale, values.get(row.model, ()))
    return Figure(
        title=language.t("chart.seeds", metric=language.metric(metric.name)),
        width=WIDTH,
        height=height,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=height - BOTTOM,
        x_label=better(metric, language),
        x_ticks=ticks,
        marks=tuple(marks),
        keys=keys(language, shown),
    )


def _line(
    language: Language, row: Row, y: float, scale: Scale, seeds: Sequence[float]
) -> Iterator[Mark]:
    """The name, the interval, the seeds' small dots and the mean."""
    assert row.value is not None
    told = f"{row.model}: {language.value(row.metric, row.value)}"
    ends = language.ends(row.metric, row.low, row.high)
    name = "name best" if row.best_of_family else "name"
    yield Mark("text", name, ((LEFT - 12, y + 4),), text=row.model, anchor="end")
    here, symbol_of = scale.at(row.value), symbol(row.family)
    if not scale.low <= row.value <= scale.high:
        left = row.value < scale.low
        text = f"◂ {language.value(row.metric, row.value)}"
        if not left:
            text = f"{language.value(row.metric, row.value)} ▸"
        beside = ((here + (6 if left else -6), y + 4),)
        yield Mark("text", f"beyond {look(row.family)}", beside, text=text,
                   anchor="start" if left else "end")  # fmt: skip
        return
    if row.low is not None and row.high is not None:
        whole = ((scale.at(row.low), y), (scale.at(row.high), y))
        yield Mark("bar", f"interval {look(row.family)}", whole, title=f"{told} {ends}")
    for value in seeds:
        own = language.t("chart.seed", value=language.value(row.metric, value))
        yield Mark("dot", f"seed {look(row.family)}", ((scale.at(value), y),), title=own)
    yield Mark(
        "dot",
        f"mean {look(row.family)}",
        ((here, y),),
        title=f"{told} {ends}",
        symbol=symbol_of,
    )
