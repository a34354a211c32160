"""From two names of stores to the gate's reports and its exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from benchbig.errors import NOT_ALL_OK, NOTHING_MEASURED, OK, BenchError, unknown
from benchbig.gate import compare, data, junit, markdown, text
from benchbig.gate.compare import CostsOf
from benchbig.gate.finding import Outcome
from benchbig.gate.opening import opened
from benchbig.tables.words import encodable

FAIL_ON = ("quality", "missing")
FORMATS = ("text", "markdown", "junit", "json", "customBiggerIsBetter", "customSmallerIsBetter")
# What a report's name ends with, the longer ending first.
ENDINGS = {
    ".bigger.json": "customBiggerIsBetter",
    ".smaller.json": "customSmallerIsBetter",
    ".md": "markdown",
    ".xml": "junit",
    ".json": "json",
    ".txt": "text",
}


@dataclass(frozen=True)
class Asked:
    """What was typed.

    minimum: minimum effects by metric, "" for all. reports: files to write. costs: of a task's
    card.
    """

    base: str
    head: str
    minimum: Mapping[str, float]
    selection: compare.Selection = compare.EVERYTHING
    fail_on: tuple[str, ...] = FAIL_ON
    form: str = "text"
    reports: tuple[Path, ...] = ()
    costs: CostsOf = lambda task: None


def run(asked: Asked, stream: TextIO | None = None) -> int:
    """Compare, report, and say by the exit code whether the gate stays shut.

    Raises BenchError for what cannot be: an unknown format, a store without records.
    """
    _check(asked)
    with opened(asked.base) as base, opened(asked.head) as head:
        outcome = compare.compare(
            compare.Side(base, asked.base),
            compare.Side(head, asked.head),
            asked.minimum,
            asked.selection,
            asked.costs,
        )
    failed = compare.fails(outcome, asked.fail_on)
    for path in asked.reports:
        _write(path, written(outcome, _form(path), failed))
    _show(outcome, asked.form, failed, stream or sys.stdout)
    if failed:
        return NOT_ALL_OK
    return OK if compare.comparable(outcome) else NOTHING_MEASURED


def written(outcome: Outcome, form: str, failed: bool) -> str:
    """The report in one of FORMATS."""
    forms: Mapping[str, Callable[[], str]] = {
        "text": lambda: "".join(f"{line.text}\n" for line in text.report(outcome)),
        "markdown": lambda: markdown.markdown(outcome),
        "junit": lambda: junit.junit(outcome),
        "json": lambda: data.as_json(outcome, failed),
        "customBiggerIsBetter": lambda: data.bigger_is_better(outcome),
        "customSmallerIsBetter": lambda: data.smaller_is_better(outcome),
    }
    return forms[form]()


def _check(asked: Asked) -> None:
    """Everything that can be wrong before anything is read."""
    if asked.form not in FORMATS:
        raise unknown("format", asked.form, FORMATS)
    for one in asked.fail_on:
        if one not in compare.FAIL_ON:
            raise unknown("--fail-on", one, compare.FAIL_ON)
    for path in asked.reports:
        _form(path)


def _form(path: Path) -> str:
    for ending, form in ENDINGS.items():
        if path.name.endswith(ending):
            return form
    raise BenchError(f"--out {path}: the name must end in one of {', '.join(ENDINGS)}")


def _write(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise BenchError(f"--out {path}: cannot be written ({error.strerror})") from None


def _show(outcome: Outcome, form: str, failed: bool, stream: TextIO) -> None:
    if form == "text" and stream.isatty():
        from rich.console import Console

        from benchbig.view.table import draw

        draw(text.report(outcome, Console(file=stream).width), stream)
        return
    stream.write(encodable(written(outcome, form, failed), getattr(stream, "encoding", None)))
