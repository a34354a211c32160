"""The run as one line an event: for pipes, log files and CI."""

from __future__ import annotations

import sys
from typing import TextIO

from benchbig.job import Job, Plan
from benchbig.record import Record
from benchbig.tables import words
from benchbig.view import lines
from benchbig.view.tally import Tally, opening


class Plain:
    """Lines without escapes, each flushed at once; stream: standard output unless given."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._tally = Tally()
        self._wide = lines.Widths()
        self._left: float | None = None
        self._open = False

    def begin(self, plan: Plan, done: int, estimate_s: float | None) -> None:
        self._tally, self._wide = Tally(len(plan.jobs)), lines.widths(plan)
        self._left, self._open = estimate_s, True
        self._say(opening(plan, done, estimate_s))

    def note(self, text: str) -> None:
        self._say(f"note: {words.printable(text)}")

    def started(self, job: Job) -> None:
        self._say(f"{' ' * len(self._number())} {'start':<11} {lines.of_job(job, self._wide)}")

    def ended(self, record: Record) -> None:
        fresh = self._tally.count(record)
        line = lines.of_record(record, self._wide)
        left = "" if self._left is None else f"  ({words.seconds(self._left)} left)"
        self._say(f"{self._number()} {record['status']:<11} {line}{left}")
        for text in fresh:
            self._say(f"warning: {text}")

    def remaining(self, seconds: float | None) -> None:
        self._left = seconds

    def close(self) -> None:
        if self._open:
            self._open = False
            self._say(self._tally.summary())

    def _number(self) -> str:
        """'[ 12/123]'."""
        total = str(self._tally.total)
        return f"[{self._tally.ended:>{len(total)}}/{total}]"

    def _say(self, line: str) -> None:
        text = words.encodable(line, getattr(self._stream, "encoding", None))
        self._stream.write(f"{text}\n")  # at once, where print may write twice
        self._stream.flush()
