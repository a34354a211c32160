"""Verdicts on a terminal or in a pipe: a block a task, then who stands where; 100 columns."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import TextIO

from benchbig.compare import sheets as tell
from benchbig.metrics.names import ABSENT
from benchbig.tables import words
from benchbig.verdict import say
from benchbig.verdict.decide import power
from benchbig.verdict.result import ADOPT, ALIKE, KEEP, UNSURE, TaskVerdict, Verdicts
from benchbig.view.table import GAP, Line, layout

MOST = 100
WIDES = (19, 22, 22, 16, 13)  # task, classical, large, gain, verdict
HEADINGS = ("task", "classical", "large", "gain", "verdict")
STYLES = {
    ADOPT: "bold green", KEEP: "bold", ALIKE: "bold", UNSURE: "yellow",
    "best": "bold", "faint": "dim",
}  # fmt: skip


def write(found: Verdicts, stream: TextIO | None = None) -> None:
    """The tables, fitted to the terminal and to 100 columns at most; plain in a pipe."""
    stream = stream or sys.stdout
    if not stream.isatty():
        text = "".join(f"{line.text}\n" for line in lines(found, MOST))
        stream.write(words.encodable(text, getattr(stream, "encoding", None)))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for line in lines(found, min(console.width, MOST)):
        text = words.encodable(line.text, console.encoding)
        style = STYLES.get(line.tone, "")
        console.print(Text(text, style=style, no_wrap=True, overflow="ellipsis"))


def lines(found: Verdicts, width: int) -> list[Line]:
    """Everything, line by line, none longer than width (at least 40)."""
    made = [Line(tell.TITLE, "best"), *_wrapped(tell.summary(found), width), Line("")]
    wide = width >= sum(WIDES) + len(GAP) * (len(WIDES) - 1)
    if wide and found.tasks:
        made += [
            Line(_row([[name] for name in HEADINGS])[0], "best"),
            Line(GAP.join("-" * one for one in WIDES)),
        ]
    for one in found.tasks:
        made += _block(one, width) if wide else _stacked(one, width)
        made += [Line(text, "faint") for text in _facts(one, found.prices.currency, width)]
        made.append(Line(""))
    for note in tell.notes(found):
        made += _wrapped(note, width)
    for sheet in tell.overall(found):
        made += [Line(""), *layout(sheet, width)]
    return made


def _block(one: TaskVerdict, width: int) -> list[Line]:
    """A task as a row of several lines under the headings."""
    gain = [ABSENT]
    if one.gain is not None:
        gain = [
            say.gap_short(one.metric, one.gain.value),
            say.between(one.metric, one.gain.low, one.gain.high),
            f"p {say.p_value(one.gain.p_holm)} (Holm)",
        ]
    cells = [
        [*_cut(words.printable(one.title), WIDES[0]), *_cut(tell.metric(one), WIDES[0])],
        [*_cut(tell.named(one.classical), WIDES[1]), tell.valued(one, one.classical)],
        [*_cut(tell.named(one.large), WIDES[2]), tell.valued(one, one.large)],
        gain,
        _cut(one.verdict, WIDES[4]),
    ]
    return [Line(text, one.verdict if not at else "") for at, text in enumerate(_row(cells))]


def _row(cells: Sequence[Sequence[str]]) -> list[str]:
    """Cells of several lines side by side."""
    height = max(map(len, cells))
    full = [[*cell, *[""] * (height - len(cell))] for cell in cells]
    return [
        GAP.join(text.ljust(wide) for text, wide in zip(texts, WIDES, strict=True)).rstrip()
        for texts in zip(*full, strict=True)
    ]


def _stacked(one: TaskVerdict, width: int) -> list[Line]:
    """A task on a narrow screen: one thing a line."""
    made = [Line(f"{words.printable(one.title)}: {one.verdict}", one.verdict)]
    for name, contender in (("classical", one.classical), ("large", one.large)):
        made += _wrapped(f"{GAP}{name}: {tell.scored(one, contender)}", width)
    return [*made, *_wrapped(f"{GAP}gain in {tell.metric(one)}: {tell.gain(one)}", width)]


def _facts(one: TaskVerdict, currency: str, width: int) -> Iterable[str]:
    """Why, what it costs, when it pays, and the crossover: below the row."""
    said = [f"{words.printable(one.why)}."]
    if one.gain is not None and one.verdict != UNSURE:
        said[0] += f" {power(one.metric, one.gain).capitalize()}."
    ratios = one.ratios
    if ratios is not None:
        parts = [
            f"{name} {say.times(getattr(ratios, field))}"
            for name, field in (
                ("fit", "fit"),
                ("one prediction", "latency"),
                ("memory", "memory"),
            )
            if getattr(ratios, field) is not None
        ]
        if ratios.energy is not None:
            parts.append(f"energy {tell.energy(one)}")
        parts.append(f"a million predictions {tell.million(one, currency)}")
        parts.append(f"a training {tell.training(one, currency)}")
        said.append(f"Large over classical: {', '.join(parts)}.")
    if one.break_even is not None:
        said.append(f"{_capital(words.printable(one.break_even.why))}.")
    if one.crossover is not None:
        said.append(f"Crossover: {one.crossover.text}.")
    if one.notes:
        said.append(f"Note: {words.printable('; '.join(one.notes))}.")
    for text in said:
        yield from textwrap.wrap(text, width, initial_indent=GAP, subsequent_indent=GAP * 2)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str, wide: int) -> list[str]:
    return textwrap.wrap(text, wide) or [""]


def _wrapped(text: str, width: int) -> list[Line]:
    return [Line(line) for line in textwrap.wrap(text, width, subsequent_indent=GAP)]
