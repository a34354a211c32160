"""A series drawn as SVG: its points, its levels, and where they change. No script, no font."""

from __future__ import annotations

from xml.etree import ElementTree

from benchbig.track import words
from benchbig.track.changes import Tracked

WIDTH, HEIGHT = 720, 150
LEFT, RIGHT, TOP, BOTTOM = 70, 12, 26, 22
INK, FAINT, LEVEL, WORSE, BETTER = "#1f2328", "#8c959f", "#0969da", "#cf222e", "#1a7f37"


def drawing(tracked: Tracked) -> ElementTree.Element:
    """One series as an svg element of WIDTH by HEIGHT."""
    series = tracked.series
    values = [point.value for point in series.points]
    low, high = min(values), max(values)
    room = (high - low) or abs(high) or 1.0
    low, high = low - 0.08 * room, high + 0.08 * room

    def x(place: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (place + 0.5) / len(values)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "width": str(WIDTH),
            "height": str(HEIGHT),
            "role": "img",
            "font-family": "sans-serif",
            "font-size": "12",
        },
    )
    _element(root, "title").text = words.title(series)
    _text(root, 0, 14, words.title(series), INK, bold=True)
    for value in (max(values), min(values)):
        _text(root, LEFT - 6, y(value) + 4, words.value(series, value), FAINT, anchor="end")
    for place, side in ((0, "start"), (len(values) - 1, "end")):
        point = series.points[place]
        label = f"{point.committed_at[:10]} {point.commit[:7]}"
        _text(
            root, LEFT if side == "start" else WIDTH - RIGHT, HEIGHT - 6, label, FAINT, anchor=side
        )
    line = " ".join(f"{x(i):.1f},{y(value):.1f}" for i, value in enumerate(values))
    _element(root, "polyline", points=line, fill="none", stroke=FAINT)
    for start, end in zip(tracked.starts, (*tracked.starts[1:], len(values)), strict=True):
        mean = y(sum(values[start:end]) / (end - start))
        _line(root, x(start - 0.5), mean, x(end - 0.5), mean, LEVEL, "2")
    for change in tracked.changes:
        colour = (WORSE if change.worse else BETTER) if change.stands else FAINT
        at = x(change.at - 0.5)
        mark = _line(root, at, TOP, at, HEIGHT - BOTTOM, colour, "1.5")
        _element(mark, "title").text = words.change(series, change)
    for i, point in enumerate(series.points):
        dot = _element(root, "circle", cx=f"{x(i):.1f}", cy=f"{y(point.value):.1f}", r="2.5",
                       fill=INK)  # fmt: skip
        _element(
            dot, "title"
        ).text = f"{point.commit[:10]} {point.committed_at}: {words.value(series, point.value)}"
    return root


def sheet(found: list[Tracked]) -> str:
    """Several series one above the other, as one SVG file."""
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {max(1, len(found)) * (HEIGHT + 14)}",
            "width": str(WIDTH),
        },
    )
    for place, one in enumerate(found):
        part = drawing(one)
        part.set("y", str(place * (HEIGHT + 14)))
        root.append(part)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _element(parent: ElementTree.Element, name: str, **given: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, name, given)


def _text(
    root: ElementTree.Element, x: float, y: float, text: str, colour: str, *,
    anchor: str = "start", bold: bool = False,
) -> None:  # fmt: skip
    given = {"x": f"{x:.1f}", "y": f"{y:.1f}", "fill": colour, "text-anchor": anchor}
    if bold:
        given["font-weight"] = "bold"
    ElementTree.SubElement(root, "text", given).text = text


def _line(
    root: ElementTree.Element, x1: float, y1: float, x2: float, y2: float, colour: str, wide: str
) -> ElementTree.Element:
    given = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    return ElementTree.SubElement(root, "line", {**given, "stroke": colour, "stroke-width": wide})
