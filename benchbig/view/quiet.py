"""The run in silence: nothing but the jobs that gave no result, on standard error."""

from __future__ import annotations

import sys
from typing import TextIO

from benchbig.job import Job, Plan
from benchbig.record import Record
from benchbig.tables import words
from benchbig.view import lines


class Quiet:
    """A line for each record that is not ok; stream: standard error unless given."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr

    def begin(self, plan: Plan, done: int, estimate_s: float | None) -> None:
        """Silent."""

    def note(self, text: str) -> None:
        """Silent."""

    def started(self, job: Job) -> None:
        """Silent."""

    def ended(self, record: Record) -> None:
        if record["status"] != "ok":
            line = f"{record['status']}  {lines.of_record(record, lines.Widths())}"
            text = words.encodable(line, getattr(self._stream, "encoding", None))
            self._stream.write(f"{text}\n")  # at once, where print may write twice
            self._stream.flush()

    def remaining(self, seconds: float | None) -> None:
        """Silent."""

    def close(self) -> None:
        """Nothing is open."""
