"""How a row looks in any chart: its mean as its family's symbol, its interval as a bar."""

from __future__ import annotations

from collections.abc import Iterator

from benchbig.site.charts.axes import look, symbol
from benchbig.site.charts.figure import Mark
from benchbig.site.language import Language
from benchbig.tables.row import Row

Point = tuple[float, float]


def told(language: Language, row: Row) -> str:
    """'logreg: 0.783 [0.701, 0.853]', what a pointer that rests on the row is told."""
    ends = language.ends(row.metric, row.low, row.high)
    return f"{row.model}: {language.value(row.metric, row.value)} {ends}".strip()


def mean(row: Row, at: Point, title: str, strong: bool = False) -> Mark:
    """The row's own point."""
    style = f"mean {look(row.family)}{' strong' if strong else ''}"
    return Mark("dot", style, (at,), title=title, symbol=symbol(row.family))


def interval(row: Row, start: Point, end: Point, title: str = "") -> Mark:
    """The bar from the lower end of its interval to the upper one."""
    return Mark("bar", f"interval {look(row.family)}", (start, end), title=title)


def ends(row: Row) -> Iterator[float]:
    """What an axis must hold of a row: its value and interval, as far as they are known."""
    yield from (value for value in (row.value, row.low, row.high) if value is not None)
