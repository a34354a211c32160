"""Two intervals on one line: the best classical and the best large model, small, in a table."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.metrics.names import Metric
from benchbig.site.charts.axes import look, symbol
from benchbig.site.charts.figure import Figure, Mark, Scale, padded
from benchbig.site.language import Language
from benchbig.tables.row import Row

WIDTH, HEIGHT, EDGE = 200, 36, 8


def pair_figure(language: Language, metric: Metric, rows: Sequence[Row]) -> Figure | None:
    """The rows' means and intervals, one above the other; None where no row has a value."""
    shown = [row for row in rows if row.value is not None]
    if not shown:
        return None
    ends = [v for row in shown for v in (row.value, row.low, row.high) if v is not None]
    scale = Scale(*padded(ends, 0.02), EDGE, WIDTH - EDGE)
    marks: list[Mark] = []
    for index, row in enumerate(shown):
        y = HEIGHT * (index + 0.5) / len(shown)
        told = f"{row.model} {language.value(metric.name, row.value)}"
        if row.low is not None and row.high is not None:
            whole = ((scale.at(row.low), y), (scale.at(row.high), y))
            marks.append(Mark("bar", f"interval {look(row.family)}", whole))
        here = ((scale.at(row.value or 0.0), y),)
        marks.append(
            Mark("dot", f"mean {look(row.family)}", here, title=told, symbol=symbol(row.family))
        )
    told = "; ".join(
        f"{row.model} {language.value(metric.name, row.value)} "
        f"{language.ends(metric.name, row.low, row.high)}".strip()
        for row in shown
    )
    return Figure(told, WIDTH, HEIGHT, EDGE, WIDTH - EDGE, 0, HEIGHT, marks=tuple(marks))
