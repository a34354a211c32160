"""The gate's report on the terminal or in a pipe."""

from __future__ import annotations

from benchbig.gate import words
from benchbig.gate.finding import Outcome
from benchbig.tables.sheet import Column, Sheet
from benchbig.tables.words import printable
from benchbig.view.table import Line, layout

TONES = {"regressed": "missing", "missing": "missing", "newly failing": "missing",
         "improved": "first"}  # fmt: skip
SPARED = ("seeds", "sees", "before")
WHY_WIDE = 60


def report(outcome: Outcome, width: int | None = None) -> list[Line]:
    """The lines of the report. width: columns of the screen; None: as wide as they need."""
    return layout(_sheet(outcome), width, SPARED)


def _sheet(outcome: Outcome) -> Sheet:
    found = outcome.findings
    columns = (
        Column("task", "task", tuple(words.place(one)[0] for one in found), False),
        Column("model", "model", tuple(words.place(one)[1] for one in found), False),
        Column("result", "result", tuple(one.status for one in found), False),
        Column("before", "before", tuple(words.value(one, one.base) for one in found)),
        Column("after", "after", tuple(words.value(one, one.head) for one in found)),
        Column("change", "change", tuple(words.change(one) for one in found), False),
        Column("sees", "sees", tuple(words.visible(one) for one in found)),
        Column("seeds", "seeds", tuple(words.seeds(one) for one in found)),
    )
    return Sheet(
        title=f"from {printable(outcome.base)} to {printable(outcome.head)}",
        about=words.headline(outcome),
        columns=columns,
        notes=(*words.whys(found), *words.cost_notes(outcome), *words.notes(outcome)),
        tones=tuple(TONES.get(one.status, "") for one in found),
    )
