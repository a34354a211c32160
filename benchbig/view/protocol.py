"""What a run tells of itself while it runs, and in which order."""

from __future__ import annotations

from typing import Protocol

from benchbig.job import Job, Plan
from benchbig.record import Record


class View(Protocol):
    """begin; then note, started, ended and remaining as they happen; close, whatever happened.

    Every job that was started ends in one record; a job can end without having been started
    (where it was known beforehand that it cannot run).
    """

    def begin(self, plan: Plan, done: int, estimate_s: float | None) -> None:
        """The run starts. plan.jobs: what is to run; done: records that were there already;
        estimate_s: seconds for all of it, None where nobody knows."""

    def note(self, text: str) -> None:
        """Something the user should know, said once and kept visible."""

    def started(self, job: Job) -> None:
        """A worker has begun with this job."""

    def ended(self, record: Record) -> None:
        """A job's record, whatever its status, with the warnings it carries."""

    def remaining(self, seconds: float | None) -> None:
        """Seconds until the last job ends, by the latest estimate; None: not known."""

    def close(self) -> None:
        """The end, also after an error: give the terminal back. A second call does nothing."""
