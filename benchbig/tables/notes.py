"""What stands below a table: what its marks mean, what is missing and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.tables import words
from benchbig.tables.row import Row

BEST = "*"
REDUCED = "\N{DAGGER}"
WARNINGS_SHOWN = 3


def notes(rows: Sequence[Row]) -> tuple[str, ...]:
    """The notes of one table's rows, the marks first."""
    return (*_marks(rows), *_missing(rows), *_measured(rows), *_warned(rows))


def _marks(rows: Sequence[Row]) -> list[str]:
    found = []
    if any(row.low is not None for row in rows):
        seeds = " and seeds" if any(row.seeds > 1 for row in rows) else ""
        found.append(f"in brackets: 95% interval over test examples{seeds}")
    if any(row.best_of_family for row in rows):
        found.append(f"{BEST} best of its family, chosen on the validation part")
    for row in rows:
        if row.reduced:
            told = words.learnt(row.n_train_used, row.rows_asked)
            found.append(f"{REDUCED} {words.printable(row.model)} {told}")
    return found


def _missing(rows: Sequence[Row]) -> list[str]:
    """Rows without a value, rows that lack some seeds, and records that were left out."""
    found = []
    for row in rows:
        name, reason = words.printable(row.model), words.printable(row.reason or "no result")
        if row.value is None:
            found.append(f"{name}: {reason}")
        elif row.seeds < row.planned:
            lacking = words.plural(row.planned - row.seeds, "seed")
            found.append(f"{name}: {lacking} of {row.planned} without a result; {reason}")
        if row.superseded:
            older = words.plural(row.superseded, "older record")
            found.append(f"{name}: {older} left out (another version or other parameters)")
    return found


def _measured(rows: Sequence[Row]) -> list[str]:
    """What makes times hard to compare."""
    found = []
    beside = max((row.jobs_beside or 0 for row in rows), default=0)
    if beside:
        found.append(f"times were taken with up to {words.plural(beside, 'other job')} running")
    machines = {env for row in rows for env in row.envs}
    if len(machines) > 1:
        found.append(
            f"measured in {len(machines)} environments (see env/ in the store): times and memory "
            "may not compare"
        )
    return found


def _warned(rows: Sequence[Row]) -> list[str]:
    found = []
    for row in rows:
        name, more = words.printable(row.model), len(row.warnings) - WARNINGS_SHOWN
        found += [f"{name} warned: {_first(text)}" for text in row.warnings[:WARNINGS_SHOWN]]
        if more > 0:
            found.append(f"{name} warned {more} times more; see its records")
    return found


def _first(text: str) -> str:
    """The first line of a text, printable."""
    lines = text.strip().splitlines()
    return words.printable(lines[0]) if lines else ""
