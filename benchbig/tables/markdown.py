"""Tables as Markdown: every row, or the best of each family for a README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from benchbig.tables.row import Row
from benchbig.tables.sheet import Sheet, sheets

SUMMARY = ("#", "model", "family", "value", "fit", "latency")
ESCAPED = str.maketrans({char: "\\" + char for char in "\\`*|<>"})


def markdown(sheets: Iterable[Sheet]) -> str:
    """One section a sheet: heading, facts, table, notes."""
    return "\n".join(_section(sheet, [column.key for column in sheet.columns]) for sheet in sheets)


def markdown_summary(rows: Iterable[Row], titles: Mapping[str, str] | None = None) -> str:
    """A block a task: the best of each family, its value with interval, fit time and latency.

    A family in which nothing gave a value shows what was tried, so that its absence is no
    silence. titles: task name to title.
    """
    rows = list(rows)
    found = {_family(row) for row in rows if row.best_of_family}
    shown = [row for row in rows if row.best_of_family or _family(row) not in found]
    return "\n".join(_section(sheet, SUMMARY) for sheet in sheets(shown, titles))


def _family(row: Row) -> tuple[str, int, str, str]:
    return row.task, row.n_train_asked, row.device, row.family


def _section(sheet: Sheet, keys: Sequence[str]) -> str:
    columns = [column for column in sheet.columns if column.key in keys]
    lines = [f"### {_escape(sheet.title)}", "", _escape(sheet.about), ""]
    lines.append(line(column.name for column in columns))
    lines.append(line("---:" if column.right else "---" for column in columns))
    lines += [line(cells) for cells in zip(*(column.cells for column in columns), strict=True)]
    lines += ["", *(f"- {_escape(note)}" for note in sheet.notes)] if sheet.notes else []
    return "\n".join(lines) + "\n"


def line(cells: Iterable[str]) -> str:
    """One line of a table, its cells as plain text."""
    # The rules of alignment hold nothing that would be escaped.
    return f"| {' | '.join(map(_escape, cells))} |"


def _escape(text: str) -> str:
    """The text as text: no cell's end, no emphasis, no tag, no link."""
    return text.translate(ESCAPED).replace("](", "]\\(")
