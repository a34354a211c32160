"""From a history and what was typed to the report."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from benchbig.errors import BenchError, unknown
from benchbig.tables.words import encodable
from benchbig.track import history, report
from benchbig.track.changes import Tracked, tracked
from benchbig.track.series import series
from benchbig.track.words import BARS, PLAIN_BARS
from benchbig.view.table import draw


@dataclass(frozen=True)
class Asked:
    """What was typed. tasks, models: only these; empty for all. everything: recovered ones too."""

    history: Path
    tasks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    costs: bool = True
    everything: bool = False
    form: str = "text"
    out: Path | None = None


def run(asked: Asked) -> bool:
    """Write the report; whether any series was long enough to say something."""
    if asked.form not in report.FORMATS:
        raise unknown("format", asked.form, report.FORMATS)
    found = series(history.read(asked.history), asked.costs)
    for what, names in (("task", asked.tasks), ("model", asked.models)):
        there = {str(getattr(one, what)) for one in found}
        for name in names:
            if name not in there:
                raise unknown(what, name, there, str(asked.history))
    chosen = [
        one
        for one in found
        if (not asked.tasks or one.task in asked.tasks)
        and (not asked.models or one.model in asked.models)
    ]
    told = tracked(chosen)
    _write(told, asked)
    return any(not one.too_short for one in told)


def _write(told: list[Tracked], asked: Asked) -> None:
    if asked.form == "text" and asked.out is None and sys.stdout.isatty():
        from rich.console import Console

        draw(report.text(told, asked.everything, Console().width), sys.stdout)
        return
    content = {
        "text": lambda: "".join(f"{line.text}\n" for line in report.text(told, asked.everything)),
        "json": lambda: report.as_json(told),
        "html": lambda: report.as_html(told, asked.everything),
        "svg": lambda: report.as_svg(told, asked.everything),
    }[asked.form]()
    if asked.out is None:
        encoding = getattr(sys.stdout, "encoding", None)
        # Bars that a stream cannot take are drawn by plain characters.
        plain = str.maketrans(BARS, PLAIN_BARS)
        try:
            content.encode(encoding or "utf-8")
        except UnicodeEncodeError:
            content = content.translate(plain)
        sys.stdout.write(encodable(content, encoding))
        return
    try:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(content, encoding="utf-8")
    except OSError as error:
        raise BenchError(f"--out {asked.out}: cannot be written ({error.strerror})") from None
