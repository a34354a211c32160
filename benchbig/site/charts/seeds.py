"""Every model's value on one task: the mean, its interval and each seed's own point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchbig.metrics.names import Metric
from benchbig.site.charts import rows as drawn
from benchbig.site.charts.axes import better, keys, look, values_axis
from benchbig.site.charts.figure import Figure, Frame, Mark, Scale
from benchbig.site.language import Language
from benchbig.tables.row import Row

ACROSS, LINE, RIGHT, TOP, BOTTOM = 500, 30, 20, 12, 46
LETTER, LEAST, WIDEST = 7.2, 60, 210  # pixels of a name's letter; of all names, at least, at most
GAP = 12
MOST = 40


def seeds_figure(
    language: Language, metric: Metric, rows: Sequence[Row], values: Mapping[str, Sequence[float]]
) -> Figure | None:
    """One line a row that has a value, best first, at most MOST; None where there is none.

    values: model to the value of each of its seeds. The axis holds all but the trivial models:
    one of those that lies beyond stands at its edge, with its value written beside it.
    """
    known = [row for row in rows if row.value is not None]
    shown = known[:MOST]
    if not shown:
        return None
    named = LETTER * max(len(row.model) for row in shown) + 2 * GAP
    left = round(min(max(named, LEAST), WIDEST))
    height = TOP + LINE * len(shown) + BOTTOM
    frame = Frame(left + ACROSS + RIGHT, height, left, RIGHT, TOP, BOTTOM)
    within = [row for row in shown if row.family != "trivial"] or shown
    every = [v for row in within for v in drawn.ends(row)]
    every += [v for row in within for v in values.get(row.model, ())]
    scale, ticks = values_axis(metric, every, *frame.across)
    marks: list[Mark] = []
    for index, row in enumerate(shown):
        y = TOP + LINE * (index + 0.5)
        marks += _line(language, row, y, scale, values.get(row.model, ()))
    return Figure(
        title=language.t("chart.seeds", metric=language.metric(metric.name)),
        frame=frame,
        x_label=better(metric, language),
        x_ticks=ticks,
        marks=tuple(marks),
        keys=keys(language, shown),
        left_out=len(known) - len(shown),
    )


def _line(
    language: Language, row: Row, y: float, scale: Scale, seeds: Sequence[float]
) -> Iterator[Mark]:
    """The name, the interval, the seeds' small dots and the mean."""
    assert row.value is not None
    name = "name best" if row.best_of_family else "name"
    yield Mark("text", name, ((scale.start - GAP, y + 4),), text=row.model, anchor="end")
    here = scale.at(row.value)
    if not scale.low <= row.value <= scale.high:
        yield _beyond(language, row, (here, y), row.value < scale.low)
        return
    told = drawn.told(language, row)
    if row.low is not None and row.high is not None:
        yield drawn.interval(row, (scale.at(row.low), y), (scale.at(row.high), y), told)
    for value in seeds:
        own = language.t("chart.seed", value=language.value(row.metric, value))
        yield Mark("dot", f"seed {look(row.family)}", ((scale.at(value), y),), title=own)
    yield drawn.mean(row, (here, y), told)


def _beyond(language: Language, row: Row, edge: tuple[float, float], below: bool) -> Mark:
    """A value that the axis does not hold, written at its edge."""
    value, (x, y) = language.value(row.metric, row.value), edge
    text = f"◂ {value}" if below else f"{value} ▸"
    return Mark("text", f"beyond {look(row.family)}", ((x + (6 if below else -6), y + 4),),
                text=text, anchor="start" if below else "end")  # fmt: skip
