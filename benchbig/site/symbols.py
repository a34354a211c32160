"""The shape by which a family is known in print and to the colour-blind, as a small picture."""

from __future__ import annotations

from markupsafe import Markup

from benchbig.site.charts.axes import symbol

PATHS = {
    "circle": '<circle cx="6" cy="6" r="4.5"/>',
    "diamond": '<path d="M6 .5l5.5 5.5-5.5 5.5-5.5-5.5z"/>',
    "triangle": '<path d="M6 1l5.5 10h-11z"/>',
    "cross": '<path class="open" d="M1.5 1.5l9 9m0-9l-9 9"/>',
    "square": '<rect x="1.5" y="1.5" width="9" height="9"/>',
}


def symbol_path(name: str) -> Markup:
    """A family's symbol, or a symbol by its own name, as a path in a box of 12 by 12."""
    return Markup(PATHS[name] if name in PATHS else PATHS[symbol(name)])
