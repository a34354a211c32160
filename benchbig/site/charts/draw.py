"""A mark as a piece of SVG: its shape alone; its look is the style's.

In Python, since a board has a hundred thousand of them: a template takes thirty times as long.
"""

from __future__ import annotations

from html import escape

from benchbig.site.charts.figure import Mark
from benchbig.tables.words import printable


def svg(mark: Mark) -> str:
    """The element of one mark."""
    return SHAPES[mark.shape](mark)


def _dot(mark: Mark) -> str:
    x, y = mark.points[0]
    r = 3 if "seed" in mark.look else 5
    s = r + 1
    shape = {
        "diamond": f'path d="M{x:g} {y - s:g}l{s} {s}-{s} {s}-{s}-{s}z"',
        "triangle": f'path d="M{x:g} {y - s:g}l{s} {2 * r}h-{2 * s}z"',
        "cross": f'path d="M{x - r:g} {y - r:g}l{2 * r} {2 * r}m0-{2 * r}l-{2 * r} {2 * r}"',
        "square": f'rect x="{x - r:g}" y="{y - r:g}" width="{2 * r}" height="{2 * r}"',
    }.get(mark.symbol, f'circle cx="{x:g}" cy="{y:g}" r="{r}"')
    return _told(shape, f"dot {mark.symbol} {mark.look}", mark.title)


def _bar(mark: Mark) -> str:
    (x0, y0), (x1, y1) = mark.points
    return _told(f'path d="M{x0:g} {y0:g}L{x1:g} {y1:g}"', mark.look, mark.title)


def _line(mark: Mark) -> str:
    return f'<polyline class="{mark.look}" points="{_path(mark)}"/>'


def _band(mark: Mark) -> str:
    return f'<polygon class="band {mark.look}" points="{_path(mark)}"/>'


def _text(mark: Mark) -> str:
    x, y = mark.points[0]
    place = f'x="{x:g}" y="{y:g}" text-anchor="{mark.anchor}"'
    return f'<text class="{mark.look}" {place}>{_safe(mark.text)}</text>'


def _cell(mark: Mark) -> str:
    (x0, y0), (x1, y1) = mark.points
    left, top, wide, high = min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)
    box = f'rect x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}"'
    shown = _told(f'{box} fill-opacity="{mark.weight:g}"', "", mark.title)
    if mark.text:
        tone = "deep" if mark.weight > 0.55 else "pale"
        middle = f'x="{left + wide / 2:g}" y="{top + high / 2 + 4:g}" text-anchor="middle"'
        shown += f'<text class="{tone}" {middle}>{_safe(mark.text)}</text>'
    return f'<g class="{mark.look}">{shown}</g>'


def _told(opening: str, look: str, title: str) -> str:
    """The element with its classes and, where there is one, its title."""
    tag = opening.partition(" ")[0]
    named = f' class="{look}"' if look else ""
    return f"<{opening}{named}>{f'<title>{_safe(title)}</title>' if title else ''}</{tag}>"


def _path(mark: Mark) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in mark.points)


def _safe(text: str) -> str:
    return escape(text if text.isprintable() else printable(text))


SHAPES = {"dot": _dot, "bar": _bar, "line": _line, "band": _band, "text": _text, "cell": _cell}
