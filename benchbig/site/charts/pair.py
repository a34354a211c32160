"""Two intervals on one line: the best classical and the best large model, small, in a table."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.metrics.names import Metric
from benchbig.site.charts import rows as drawn
from benchbig.site.charts.figure import Figure, Frame, Mark, Scale, padded
from benchbig.site.language import Language
from benchbig.tables.row import Row

FRAME = Frame(200, 36, left=8, right=8)


def pair_figure(language: Language, metric: Metric, rows: Sequence[Row]) -> Figure | None:
    """The rows' means and intervals, one above the other; None where no row has a value."""
    shown = [row for row in rows if row.value is not None]
    if not shown:
        return None
    scale = Scale(*padded([v for row in shown for v in drawn.ends(row)], 0.02), *FRAME.across)
    marks: list[Mark] = []
    for index, row in enumerate(shown):
        y = FRAME.height * (index + 0.5) / len(shown)
        if row.low is not None and row.high is not None:
            marks.append(drawn.interval(row, (scale.at(row.low), y), (scale.at(row.high), y)))
        title = f"{row.model} {language.value(metric.name, row.value)}"
        marks.append(drawn.mean(row, (scale.at(row.value or 0.0), y), title))
    told = "; ".join(
        f"{row.model} {language.value(metric.name, row.value)} "
        f"{language.ends(metric.name, row.low, row.high)}".strip()
        for row in shown
    )
    return Figure(told, FRAME, marks=tuple(marks))
