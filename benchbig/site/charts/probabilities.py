"""What predicted classes of two contenders look like: calibration, precision-recall, gains."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.site.charts.axes import look
from benchbig.site.charts.contenders import (
    ACROSS,
    UP,
    Contender,
    curve,
    diagonal,
    dots,
    framed,
    share_axis,
)
from benchbig.site.charts.figure import Figure, Frame, Mark, Tick
from benchbig.site.language import Language
from benchbig.site.predicted.classes import Bin, Confusion


def calibration_figure(
    language: Language, found: Sequence[tuple[Contender, Sequence[Bin]]]
) -> Figure:
    """What was stated against what happened; on the dashed line they agree."""
    axes = share_axis(language, ACROSS), share_axis(language, UP)
    (x, _), (y, _) = axes
    marks = [diagonal(0, 1, x, y)]
    for who, bins in found:
        points = [(x.at(one.stated), y.at(one.happened)) for one in bins]
        told = [
            language.t("chart.bin", model=who.model, n=one.n, stated=language.share(one.stated),
                       happened=language.share(one.happened))
            for one in bins
        ]  # fmt: skip
        marks += [curve(who, points), *dots(who, points, told)]
    return framed(language, "calibration", axes, marks, [who for who, _ in found])


def share_figure(
    language: Language, kind: str, found: Sequence[tuple[Contender, Sequence[float]]]
) -> Figure:
    """A curve a contender over shares from 0 to 1: kind "precision_recall" or "gains"."""
    axes = share_axis(language, ACROSS), share_axis(language, UP)
    (x, _), (y, _) = axes
    marks = [diagonal(0, 1, x, y)] if kind == "gains" else []
    for who, values in found:
        last = len(values) - 1
        marks.append(curve(who, [(x.at(i / last), y.at(float(v))) for i, v in enumerate(values)]))
    return framed(language, kind, axes, marks, [who for who, _ in found])


def confusion_figure(
    language: Language, contender: Contender, found: Confusion, classes: Sequence[str]
) -> Figure | None:
    """A square a pair of classes, as dark as its share of the true class; None for too many."""
    if found.counts is None:
        return None
    k = len(found.counts)
    side = max(22.0, min(46.0, 380.0 / k))
    left, top = 150.0, 14.0
    totals = found.counts.sum(axis=1)
    marks = []
    for i in range(k):
        middle = top + side * (i + 0.5) + 4
        marks.append(
            Mark("text", "name", ((left - 8, middle),), text=_named(classes, i), anchor="end")
        )
        for j in range(k):
            share = float(found.counts[i, j] / totals[i]) if totals[i] else 0.0
            corners = (
                (left + side * j, top + side * i),
                (left + side * (j + 1), top + side * (i + 1)),
            )
            told = language.t("chart.taken", true=_named(classes, i), predicted=_named(classes, j),
                              n=int(found.counts[i, j]))  # fmt: skip
            marks.append(Mark("cell", f"heat {look(contender.family)}", corners, title=told,
                              text=language.share(share), weight=round(share, 3)))  # fmt: skip
    size = side * k
    ticks = tuple(Tick(left + side * (j + 0.5), str(j + 1)) for j in range(k))
    return Figure(
        title=language.t("chart.confusion", model=contender.model),
        frame=Frame(int(left + size + 20), int(top + size + 54), left, 20, top, 54),
        x_label=language.t("chart.predicted"), x_ticks=ticks, marks=tuple(marks),
    )  # fmt: skip


def _named(classes: Sequence[str], index: int) -> str:
    name = classes[index] if index < len(classes) else ""
    return f"{index + 1} {name}".strip()
