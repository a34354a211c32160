"""What the predictions of two contenders look like: calibration, precision-recall, gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchbig.site.charts.axes import look, symbol
from benchbig.site.charts.figure import Figure, Key, Mark, Scale, Tick
from benchbig.site.language import Language
from benchbig.site.quality import Bin, Confusion

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 380, 340, 56, 14, 14, 54
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Contender:
    """A model whose predictions are drawn, by its family's colour and shape."""

    model: str
    family: str


def calibration_figure(
    language: Language, found: Sequence[tuple[Contender, Sequence[Bin]]]
) -> Figure:
    """What was stated against what happened; on the dashed line they agree."""
    x, y = _unit_scales()
    marks = [Mark("line", "ideal", ((x.at(0), y.at(0)), (x.at(1), y.at(1))))]
    for contender, bins in found:
        points = tuple((x.at(one.stated), y.at(one.happened)) for one in bins)
        marks.append(Mark("line", f"curve strong {look(contender.family)}", points))
        for one, point in zip(bins, points, strict=True):
            told = language.t("chart.bin", model=contender.model, n=one.n,
                              stated=language.share(one.stated),
                              happened=language.share(one.happened))  # fmt: skip
            marks.append(Mark("dot", f"mean {look(contender.family)}", (point,), title=told,
                              symbol=symbol(contender.family)))  # fmt: skip
    return _figure(language, "calibration", marks, [contender for contender, _ in found])


def share_figure(
    language: Language, kind: str, found: Sequence[tuple[Contender, Sequence[float]]]
) -> Figure:
    """A curve a contender over shares from 0 to 1: kind "precision_recall" or "gains"."""
    x, y = _unit_scales()
    marks = []
    if kind == "gains":
        marks.append(Mark("line", "ideal", ((x.at(0), y.at(0)), (x.at(1), y.at(1)))))
    for contender, values in found:
        last = len(values) - 1
        points = tuple((x.at(i / last), y.at(float(v))) for i, v in enumerate(values))
        marks.append(Mark("line", f"curve strong {look(contender.family)}", points))
    return _figure(language, kind, marks, [contender for contender, _ in found])


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
        width=int(left + size + 20), height=int(top + size + BOTTOM),
        left=left, right=left + size, top=top, bottom=top + size,
        x_label=language.t("chart.predicted"), x_ticks=ticks, marks=tuple(marks),
    )  # fmt: skip


def _named(classes: Sequence[str], index: int) -> str:
    name = classes[index] if index < len(classes) else ""
    return f"{index + 1} {name}".strip()


def _unit_scales() -> tuple[Scale, Scale]:
    return Scale(0, 1, LEFT, WIDTH - RIGHT), Scale(0, 1, HEIGHT - BOTTOM, TOP)


def _figure(
    language: Language, kind: str, marks: Sequence[Mark], contenders: Sequence[Contender]
) -> Figure:
    x, y = _unit_scales()
    return Figure(
        title=language.t(f"chart.{kind}"),
        width=WIDTH, height=HEIGHT,
        left=LEFT, right=WIDTH - RIGHT, top=TOP, bottom=HEIGHT - BOTTOM,
        x_label=language.t(f"chart.{kind}_x"), y_label=language.t(f"chart.{kind}_y"),
        x_ticks=tuple(Tick(x.at(v), language.share(v)) for v in FIFTHS),
        y_ticks=tuple(Tick(y.at(v), language.share(v)) for v in FIFTHS),
        marks=tuple(marks),
        keys=tuple(Key(look(c.family), symbol(c.family), c.model) for c in contenders),
    )  # fmt: skip
