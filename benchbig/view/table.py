"""The closing tables on the terminal or in a pipe: the same words, fitted to the width."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from benchbig.tables import words
from benchbig.tables.row import Row
from benchbig.tables.sheet import Column, Sheet, sheets

GAP = "  "
# Left out in this order where the screen is narrow; what is left out is named below the table.
SPARED = (
    "throughput",
    "seeds",
    "worst",
    "family",
    "rank",
    "GPU memory",
    "memory",
    "latency",
    "fit",
)
NAMES = ("model", "task")  # cut in this order where that is not enough
SHORTEST_NAME = 8
STYLES = {"first": "bold green", "best": "bold", "missing": "red"}


@dataclass(frozen=True)
class Line:
    """A line of text and how it is to be read."""

    text: str
    tone: str = ""


def write_tables(
    rows: Iterable[Row],
    titles: Mapping[str, str] | None = None,
    stream: TextIO | None = None,
) -> None:
    """A table for each task, training size and device, fitted to the terminal, whole in a pipe.

    titles: task name to title; stream: standard output unless given.
    """
    stream = stream or sys.stdout
    if stream.isatty():
        _draw(rows, titles, stream)
    else:
        encoding = getattr(stream, "encoding", None)
        stream.write(words.encodable(as_text(rows, titles), encoding))


def as_text(
    rows: Iterable[Row], titles: Mapping[str, str] | None = None, width: int | None = None
) -> str:
    """The tables as plain text. width: columns of the screen; None: as wide as they need."""
    tables = [layout(sheet, width) for sheet in sheets(rows, titles)]
    return "\n".join("".join(f"{line.text}\n" for line in table) for table in tables)


def layout(sheet: Sheet, width: int | None = None, spare: Sequence[str] = SPARED) -> list[Line]:
    """One table's lines: heading, facts, columns under a rule, notes.

    spare: columns to leave out where the screen is narrow, the first first.
    """
    columns, spared = _fit(sheet.columns, width, spare)
    wides = [_wide(column) for column in columns]
    found = [Line(sheet.title, "best")]
    found += [Line(text) for text in _wrap(sheet.about, width)]
    found.append(Line(""))
    found.append(Line(_line([(column.name, column.right) for column in columns], wides), "best"))
    found.append(Line(GAP.join("-" * wide for wide in wides)))
    for number, tone in enumerate(sheet.tones):
        cells = [(column.cells[number], column.right) for column in columns]
        found.append(Line(_line(cells, wides), tone))
    notes = list(sheet.notes)
    if spared:
        notes.append(f"not shown at this width: {', '.join(spared)}")
    for note in notes:
        found += [Line(text) for text in _wrap(note, width)]
    return found


def _draw(rows: Iterable[Row], titles: Mapping[str, str] | None, stream: TextIO) -> None:
    """The same lines with a little colour."""
    from rich.console import Console

    width = Console(file=stream).width
    for number, sheet in enumerate(sheets(rows, titles)):
        draw([*([Line("")] if number else []), *layout(sheet, width)], stream)


def draw(lines: Iterable[Line], stream: TextIO) -> None:
    """These lines on a terminal, each in its tone, none longer than the screen."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for line in lines:
        text = words.encodable(line.text, console.encoding)
        style = STYLES.get(line.tone, "")
        console.print(Text(text, style=style, no_wrap=True, overflow="ellipsis"))


def _wrap(text: str, width: int | None) -> list[str]:
    """The text in lines of the screen; in a pipe it is one line, for those who search in it."""
    return [text] if width is None else textwrap.wrap(text, width, subsequent_indent=GAP)


def _fit(
    columns: Iterable[Column], width: int | None, spare: Sequence[str]
) -> tuple[list[Column], list[str]]:
    """The columns that fit, the names of the others."""
    kept, spared = list(columns), []
    for key in spare:
        if width is None or _total(kept) <= width:
            break
        spared += [column.name for column in kept if column.key == key]
        kept = [column for column in kept if column.key != key]
    for key in NAMES:
        over = 0 if width is None else _total(kept) - width
        kept = [_shorter(c, over) if c.key == key and over > 0 else c for c in kept]
    return kept, spared


def _shorter(column: Column, over: int) -> Column:
    """The column with its names cut, their marks kept."""
    most = max(SHORTEST_NAME, _wide(column) - over)
    return replace(column, cells=tuple(_cut(cell, most) for cell in column.cells))


def _cut(cell: str, most: int) -> str:
    if len(cell) <= most:
        return cell
    name, _, marks = cell.partition(" ")
    end = "\N{HORIZONTAL ELLIPSIS}" + (f" {marks}" if marks else "")
    return name[: max(1, most - len(end))] + end


def _wide(column: Column) -> int:
    return max(map(len, (column.name, *column.cells)))


def _total(columns: list[Column]) -> int:
    return sum(map(_wide, columns)) + len(GAP) * (len(columns) - 1)


def _line(cells: list[tuple[str, bool]], wides: list[int]) -> str:
    padded = [
        text.rjust(wide) if right else text.ljust(wide)
        for (text, right), wide in zip(cells, wides, strict=True)
    ]
    return GAP.join(padded).rstrip()
