"""The run on a terminal: finished jobs scroll by above a bar and the jobs of the moment."""

from __future__ import annotations

import atexit
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from benchbig.job import Job, Plan
from benchbig.record import Record
from benchbig.tables import words
from benchbig.view import lines
from benchbig.view.picture import Line, Running, picture
from benchbig.view.tally import Tally, opening

if TYPE_CHECKING:
    from rich.text import Text

REFRESHES_PER_SECOND = 4


class Live:
    """Draws from begin to close; stream: a terminal, standard output unless given.

    A thread redraws the foot of the screen, so it reads the state through copies only.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        from rich.console import Console

        self._console = Console(file=stream or sys.stdout, highlight=False)
        self._live: Any = None
        self._tally = Tally()
        self._wide = lines.Widths()
        self._running: dict[str, Running] = {}
        self._warnings: list[str] = []
        self._left: tuple[float, float] | None = None  # seconds left, and when that was said

    def begin(self, plan: Plan, done: int, estimate_s: float | None) -> None:
        from rich.live import Live as Screen

        self._tally, self._wide = Tally(len(plan.jobs)), lines.widths(plan)
        self.remaining(estimate_s)
        self._print(opening(plan, done, estimate_s))
        self._live = Screen(
            console=self._console,
            get_renderable=self._foot,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )
        # Should the caller never come to close, the cursor comes back all the same.
        atexit.register(self.close)
        self._live.start()

    def note(self, text: str) -> None:
        self._print(words.printable(text), "yellow")

    def started(self, job: Job) -> None:
        self._running[job.key] = Running(job, time.monotonic())

    def ended(self, record: Record) -> None:
        self._running.pop(record["key"], None)
        self._warnings += self._tally.count(record)
        status = record["status"]
        if self._live is not None:
            # Else the job would stand below as running until the next redrawing.
            self._live.refresh()
        # A failure's line may wrap, so that its reason is read in full.
        width = self._console.width - len(status) - len(lines.GAP)
        line = lines.of_record(record, self._wide, width)
        self._print(f"{status}{lines.GAP}{line}", "" if status == "ok" else "red")

    def remaining(self, seconds: float | None) -> None:
        self._left = None if seconds is None else (seconds, time.monotonic())

    def close(self) -> None:
        live, self._live = self._live, None
        if live is None:
            return
        atexit.unregister(self.close)
        live.stop()
        for text in self._warnings:
            self._print(f"warning: {text}", "yellow")
        self._print(self._tally.summary())

    def _foot(self) -> Text:
        """The foot of the screen as it is now; called by the redrawing thread."""
        from rich.text import Text

        now = time.monotonic()
        left, known = None, self._left
        if known is not None:
            seconds, said = known
            left = max(0.0, seconds - (now - said))
        running = list(self._running.values())
        warnings = list(self._warnings)
        size = self._console.size
        screen = (size.width, size.height)
        drawn = picture(self._tally, running, warnings, left, now, self._wide, screen)
        return Text("\n", no_wrap=True, overflow="ellipsis").join(map(self._text, drawn))

    def _text(self, line: Line) -> Text:
        from rich.text import Text

        return Text.assemble(*((self._safe(text), style) for text, style in line.pieces))

    def _print(self, text: str, style: str = "") -> None:
        from rich.text import Text

        # Text, not str: what a record says is never read as markup.
        self._console.print(Text(self._safe(text), style=style))

    def _safe(self, text: str) -> str:
        return words.encodable(text, self._console.encoding)
