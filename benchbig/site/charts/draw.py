"""A chart as inline SVG, drawn by drawsvg: every element of it; how it looks is the style's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from io import SEEK_END, StringIO
from typing import Any

from drawsvg import Circle, Drawing, Group, Lines, Path, Rectangle, Text
from drawsvg.drawing import SVG_END, SVG_START
from drawsvg.types import LocalContext
from markupsafe import Markup

from benchbig.site.charts.figure import Figure, Mark
from benchbig.tables.words import printable

Element = Any  # of drawsvg, which has no types
NO_DEFINITIONS = "<defs>\n</defs>\n"
WIDE = 500  # pixels above which a chart would be unreadable in a telephone's width


def picture(figure: Figure, kind: str = "chart") -> Markup:
    """The whole chart; kind: its CSS class. Its title is read out in place of the picture."""
    frame = figure.frame
    kind += " wide" if frame.width > WIDE else ""
    # drawsvg escapes texts, not attributes.
    made = Drawing(frame.width, frame.height, class_=kind, role="img",
                   aria_label=escape(_plain(figure.title)))  # fmt: skip
    marks = (SHAPES[mark.shape](mark) for mark in figure.marks)
    return _inline(made, (*_axes(figure), *marks, *_labels(figure)))


def bar(share: float) -> Markup:
    """A share of one as a bar, as wide as the style has it."""
    made = Drawing(100, 10, class_="bar", preserveAspectRatio="none", aria_hidden="true")
    return _inline(made, [Rectangle(0, 0, round(100 * share, 2), 10)])


def _inline(made: Drawing, elements: Iterable[Element]) -> Markup:
    """The drawing with these elements, as it stands in a page, where namespaces go without saying.

    Each element writes itself once: a drawing of its own accord goes through all of them three
    times, for definitions that are used again, and charts have none.
    """
    head = made.as_svg(header="").replace(SVG_START, "<svg", 1).replace(NO_DEFINITIONS, "", 1)
    text = StringIO(head.removesuffix(SVG_END))
    text.seek(0, SEEK_END)
    for one in elements:
        one.write_svg_element({}, _never, text, LocalContext(made.context, one, made), False)
        text.write("\n")
    text.write(SVG_END)
    return Markup(text.getvalue())


def _never(element: Element) -> bool:
    """Whether an element was drawn before."""
    return False


def _axes(figure: Figure) -> Iterator[Element]:
    """The grid, the ticks' labels and the axes."""
    (left, right), (bottom, top) = figure.frame.across, figure.frame.up
    grid = Path(class_="grid")
    for tick in figure.x_ticks:
        grid.M(_at(tick.at), _at(top)).V(_at(bottom))
    for tick in figure.y_ticks:
        grid.M(_at(left), _at(tick.at)).H(_at(right))
    if figure.x_ticks or figure.y_ticks:
        yield grid
    for tick in figure.x_ticks:
        yield _words(tick.label, "tick", tick.at, bottom + 18, "middle")
    for tick in figure.y_ticks:
        yield _words(tick.label, "tick", left - 8, tick.at + 4, "end")
    if figure.x_ticks:
        yield _lines(((left, bottom), (right, bottom)), "axis")
    if figure.y_ticks:
        yield _lines(((left, top), (left, bottom)), "axis")


def _labels(figure: Figure) -> Iterator[Element]:
    """What the axes measure."""
    (left, right), (bottom, top) = figure.frame.across, figure.frame.up
    if figure.x_label:
        below = figure.frame.height - 8
        yield _words(figure.x_label, "axis-label", (left + right) / 2, below, "middle")
    if figure.y_label:
        turned = f"translate(14 {_at((top + bottom) / 2)}) rotate(-90)"
        yield Text(_plain(figure.y_label), None, 0, 0, class_="axis-label", text_anchor="middle",
                   transform=turned)  # fmt: skip


def _dot(mark: Mark) -> Element:
    x, y = mark.points[0]
    r = 3 if "seed" in mark.look else 5
    s, look = r + 1, f"dot {mark.symbol} {mark.look}"
    if mark.symbol == "diamond":
        made = _lines(((x, y - s), (x + s, y), (x, y + s), (x - s, y)), look, close=True)
    elif mark.symbol == "triangle":
        made = _lines(((x, y - s), (x + s, y + r), (x - s, y + r)), look, close=True)
    elif mark.symbol == "cross":
        made = Path(class_=look).M(_at(x - r), _at(y - r)).l(2 * r, 2 * r)
        made.m(0, -2 * r).l(-2 * r, 2 * r)
    elif mark.symbol == "square":
        made = Rectangle(_at(x - r), _at(y - r), 2 * r, 2 * r, class_=look)
    else:
        made = Circle(_at(x), _at(y), r, class_=look)
    return _told(made, mark.title)


def _bar(mark: Mark) -> Element:
    return _told(_lines(mark.points, mark.look), mark.title)


def _line(mark: Mark) -> Element:
    return _lines(mark.points, mark.look)


def _band(mark: Mark) -> Element:
    return _lines(mark.points, f"band {mark.look}", close=True)


def _text(mark: Mark) -> Element:
    return _words(mark.text, mark.look, *mark.points[0], mark.anchor)


def _cell(mark: Mark) -> Element:
    (x0, y0), (x1, y1) = mark.points
    left, top, wide, high = min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)
    made = Group(class_=mark.look)
    box = Rectangle(_at(left), _at(top), _at(wide), _at(high), fill_opacity=f"{mark.weight:g}")
    made.append(_told(box, mark.title))
    if mark.text:
        made.append(_words(mark.text, "label", left + wide / 2, top + high / 2 + 4, "middle"))
    return made


def _lines(points: tuple[tuple[float, float], ...], look: str, close: bool = False) -> Element:
    flat = (_at(end) for point in points for end in point)
    return Lines(*flat, close=close, class_=look)


def _words(text: str, look: str, x: float, y: float, anchor: str) -> Element:
    held = None if anchor == "start" else anchor
    return Text(_plain(text), None, _at(x), _at(y), class_=look, text_anchor=held)


def _told(made: Element, title: str) -> Element:
    """With what a pointer that rests on it is told."""
    if title:
        made.append_title(_plain(title))
    return made


def _at(value: float) -> float:
    """To a tenth of a pixel, whole numbers without a point."""
    short = round(value, 1)
    return int(short) if short == int(short) else short


def _plain(text: str) -> str:
    """Foreign texts with what could turn a line around, end it or hide in it written out."""
    return text if text.isprintable() else printable(text)


SHAPES = {"dot": _dot, "bar": _bar, "line": _line, "band": _band, "text": _text, "cell": _cell}
