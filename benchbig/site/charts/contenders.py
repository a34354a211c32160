"""The frame that charts of predictions share: two contenders, two axes, a square of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchbig.site.charts.axes import look, symbol
from benchbig.site.charts.figure import Figure, Frame, Key, Mark, Scale, Tick
from benchbig.site.language import Language

FRAME = Frame(380, 340, left=56, right=18, top=14, bottom=54)
ACROSS, UP = FRAME.across, FRAME.up
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
Axis = tuple[Scale, tuple[Tick, ...]]
Point = tuple[float, float]


@dataclass(frozen=True)
class Contender:
    """A model whose predictions are drawn, by its family's colour and shape."""

    model: str
    family: str


def share_axis(language: Language, ends: Point) -> Axis:
    """From 0% to 100%."""
    scale = Scale(0, 1, *ends)
    return scale, tuple(Tick(scale.at(v), language.share(v)) for v in FIFTHS)


def curve(who: Contender, points: Sequence[Point]) -> Mark:
    """A contender's line."""
    return Mark("line", f"curve strong {look(who.family)}", tuple(points))


def dots(who: Contender, points: Sequence[Point], told: Sequence[str]) -> Iterator[Mark]:
    """A contender's points; told: what each says to a pointer that rests on it."""
    for point, title in zip(points, told, strict=True):
        yield Mark("dot", f"mean {look(who.family)}", (point,), title=title,
                   symbol=symbol(who.family))  # fmt: skip


def diagonal(low: float, high: float, x: Scale, y: Scale) -> Mark:
    """Where both axes agree."""
    return Mark("line", "ideal", ((x.at(low), y.at(low)), (x.at(high), y.at(high))))


def framed(
    language: Language, kind: str, axes: tuple[Axis, Axis], marks: Sequence[Mark],
    contenders: Sequence[Contender],
) -> Figure:  # fmt: skip
    """The chart; kind: what its texts are called, chart.KIND, KIND_x and KIND_y."""
    (_, across), (_, up) = axes
    return Figure(
        title=language.t(f"chart.{kind}"), frame=FRAME,
        x_label=language.t(f"chart.{kind}_x"), y_label=language.t(f"chart.{kind}_y"),
        x_ticks=across, y_ticks=up, marks=tuple(marks),
        keys=tuple(Key(look(c.family), symbol(c.family), c.model) for c in contenders),
    )  # fmt: skip
