"""A measure over the commits: its points, its levels, and where they change."""

from __future__ import annotations

from collections.abc import Callable

from benchbig.site.charts.figure import Figure, Frame, Mark, Scale, Tick, padded
from benchbig.track.changes import Tracked

FRAME = Frame(760, 190, left=76, right=20, top=14, bottom=40)


def series_figure(tracked: Tracked, title: str, write: Callable[[float], str]) -> Figure:
    """write: a value for people. Only a change that stands is marked strong."""
    points = tracked.series.points
    values = [point.value for point in points]
    y = Scale(*padded(values, 0.08), *FRAME.up)
    x = Scale(-0.5, len(values) - 0.5, *FRAME.across)
    marks = [Mark("line", "curve f-other", tuple((x.at(i), y.at(v)) for i, v in enumerate(values)))]
    for start, end in zip(tracked.starts, (*tracked.starts[1:], len(values)), strict=True):
        mean = y.at(sum(values[start:end]) / (end - start))
        marks.append(Mark("line", "level", ((x.at(start - 0.5), mean), (x.at(end - 0.5), mean))))
    for change in tracked.changes:
        kind = ("worse" if change.worse else "better") if change.stands else "over"
        at = x.at(change.at - 0.5)
        marks.append(Mark("line", f"change {kind}", ((at, FRAME.up[1]), (at, FRAME.up[0]))))
    for i, point in enumerate(points):
        told = f"{point.commit[:10]} {point.committed_at[:10]}: {write(point.value)}"
        marks.append(Mark("dot", "seed f-other", ((x.at(i), y.at(point.value)),), title=told))
    ends = {0, len(points) - 1}
    return Figure(
        title=title, frame=FRAME,
        x_ticks=tuple(Tick(x.at(i), points[i].commit[:7]) for i in sorted(ends)),
        y_ticks=tuple(Tick(y.at(v), write(v)) for v in sorted({min(values), max(values)})),
        marks=tuple(marks),
    )  # fmt: skip
