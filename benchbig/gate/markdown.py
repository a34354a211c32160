"""The gate's report as Markdown, for a pull request's comment or a job's summary."""

from __future__ import annotations

import re

from benchbig.gate import words
from benchbig.gate.finding import Finding, Outcome
from benchbig.tables.markdown import line
from benchbig.tables.words import printable

MOST = 60  # lines: what a reviewer scrolls through
NOTES = 12
COLUMNS = ("result", "task", "model", "before", "after", "change", "sees", "seeds")
RIGHT = ("before", "after", "sees", "seeds")
JOINER = "\N{WORD JOINER}"
# What a code host would turn into a mention, a reference or a link.
LIVE = re.compile(r"(?<=@)|(?<=#)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)


def markdown(outcome: Outcome) -> str:
    """At most 60 lines, the worst first; what is left out is counted."""
    head = [f"### benchbig: {words.headline(outcome)}", "", _sides(outcome), ""]
    notes = [f"- {_plain(note)}" for note in _notes(outcome)]
    if len(notes) > NOTES:
        notes = [*notes[: NOTES - 1], f"- and {len(notes) - NOTES + 1} more notes"]
    rows = [_row(finding) for finding in outcome.findings]
    room = MOST - len(head) - 2 - len(notes) - 2
    if len(rows) > room:
        left = len(rows) - room + 1
        rows = rows[: room - 1]
        notes.append(f"- and {left} more: {_rest(outcome.findings[-left:])}")
    table = [line(COLUMNS), line("---:" if name in RIGHT else "---" for name in COLUMNS), *rows]
    return "\n".join([*head, *(table if rows else []), "", *notes]) + "\n"


def _sides(outcome: Outcome) -> str:
    return _plain(f"from {outcome.base} to {outcome.head}")


def _row(finding: Finding) -> str:
    task, model = words.place(finding)
    shown = finding.status
    if finding.status not in ("no change seen", "improved", "new"):
        shown = f"**{shown}**"
    cells = (
        quiet(task),
        quiet(model),
        words.value(finding, finding.base),
        words.value(finding, finding.head),
        words.change(finding),
        words.visible(finding),
        words.seeds(finding),
    )
    # The result is our own word, its stars are meant.
    return f"| {shown} {line(cells)}"


def _notes(outcome: Outcome) -> list[str]:
    return [*words.whys(outcome.findings), *words.cost_notes(outcome), *words.notes(outcome)]


def _rest(findings: tuple[Finding, ...]) -> str:
    counted: dict[str, int] = {}
    for finding in findings:
        counted[finding.status] = counted.get(finding.status, 0) + 1
    return ", ".join(f"{n} {status}" for status, n in counted.items())


def _plain(text: str) -> str:
    """The text as text, on one line."""
    # A line of a table escapes its cells; this is one cell without its bars.
    return line([quiet(printable(text))]).removeprefix("| ").removesuffix(" |")


def quiet(text: str) -> str:
    """The text with nothing in it that a code host would act on: @name, #12, a bare link."""
    return LIVE.sub(JOINER, text)
