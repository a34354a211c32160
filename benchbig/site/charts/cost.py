"""Quality against cost on one task: which models does no other beat in both?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchbig.metrics.names import Metric
from benchbig.site.charts import rows as drawn
from benchbig.site.charts.axes import better, keys, log_axis, values_axis
from benchbig.site.charts.figure import Figure, Frame, Mark, Scale
from benchbig.site.language import Language
from benchbig.tables.row import Row

FRAME = Frame(420, 340, left=62, right=14, top=14, bottom=54)
LETTER = 6.4  # pixels a letter of a label takes, about
LABELS = 12
MOST = 60

Point = tuple[float, float, Row]


def cost_figure(
    language: Language,
    metric: Metric,
    rows: Sequence[Row],
    cost: Callable[[Row], float | None],
    label: str,
    write: Callable[[float], str],
) -> Figure | None:
    """The rows that have a value and a cost above zero, trivial models left out: they would
    press the others together; at most MOST of them and the front. None with fewer than two.

    label: the cost axis's name; write: a cost for people. The front joins the rows that no
    other equals or beats in both respects.
    """
    known = [
        (spent, row)
        for row in rows
        if row.value is not None and row.family != "trivial" and (spent := cost(row))
    ]
    if len(known) < 2:
        return None
    best = front(known, metric.higher_is_better)
    last = {row.model for _, row in known[MOST:]} - {row.model for _, row in best}
    found = [(spent, row) for spent, row in known if row.model not in last]
    ends = [v for _, row in found for v in drawn.ends(row)]
    x, x_ticks = log_axis([spent for spent, _ in found], *FRAME.across, write)
    y, y_ticks = values_axis(metric, ends, *FRAME.up)
    points = [(x.at(spent), y.at(row.value or 0.0), row) for spent, row in found]
    marks = [
        Mark("line", "front", tuple((x.at(spent), y.at(row.value or 0.0)) for spent, row in best)),
        *(mark for point in points for mark in _point(language, point, y)),
        *_labels(points, {row.model for _, row in best}),
    ]
    return Figure(
        title=language.t("chart.cost", metric=language.metric(metric.name), cost=label),
        frame=FRAME,
        x_label=label,
        y_label=better(metric, language),
        x_ticks=x_ticks,
        y_ticks=y_ticks,
        marks=tuple(marks),
        keys=keys(language, [row for _, row in found]),
        left_out=len(last),
    )


def front(found: Sequence[tuple[float, Row]], higher: bool) -> list[tuple[float, Row]]:
    """The pairs (cost, row) that no other equals or beats in both, cheapest first."""
    sign = 1 if higher else -1
    ordered = sorted(found, key=lambda pair: (pair[0], -sign * (pair[1].value or 0), pair[1].model))
    best: list[tuple[float, Row]] = []
    for spent, row in ordered:
        if not best or sign * (row.value or 0) > sign * (best[-1][1].value or 0):
            best.append((spent, row))
    return best


def _point(language: Language, point: Point, y: Scale) -> Iterator[Mark]:
    px, py, row = point
    told = drawn.told(language, row)
    if row.low is not None and row.high is not None:
        yield drawn.interval(row, (px, y.at(row.low)), (px, y.at(row.high)), told)
    yield drawn.mean(row, (px, py), told)


def _labels(points: Sequence[Point], on_front: set[str]) -> Iterator[Mark]:
    """Names beside their points, the front's first; one that finds no free place goes without."""
    least, most = FRAME.across
    taken = [(px - 7, py - 7, px + 7, py + 7) for px, py, _ in points]
    ordered = sorted(points, key=lambda p: (p[2].model not in on_front, p[2].rank or 0, p[2].model))
    for px, py, row in ordered[:LABELS]:
        wide = LETTER * len(row.model)
        for dx, dy, anchor in (
            (10, 4, "start"),
            (-10, 4, "end"),
            (0, -12, "middle"),
            (0, 20, "middle"),
        ):
            left = px + dx - {"start": 0, "end": wide, "middle": wide / 2}[anchor]
            box = (left, py + dy - 10, left + wide, py + dy + 3)
            inside = box[0] >= least and box[2] <= most and box[1] >= FRAME.top
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                look_of = "label on-front" if row.model in on_front else "label"
                place = ((round(px + dx, 1), round(py + dy, 1)),)
                yield Mark("text", look_of, place, text=row.model, anchor=anchor)
                break


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
