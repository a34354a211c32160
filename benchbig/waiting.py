"""Which job starts next, of those that there is a place for, and how long do the rest take?"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from benchbig.job import Job
from benchbig.places import Needs, Place, Places


class Waiting:
    """Jobs that have not started, in their order; those that need the same stand in one line.

    So a full machine costs a look at the head of each line, however many jobs wait.
    """

    def __init__(self, jobs: Iterable[Job], needs: Callable[[Job], Needs]) -> None:
        self._lines: dict[Needs, deque[tuple[int, Job]]] = {}
        for number, job in enumerate(jobs):
            self._lines.setdefault(needs(job), deque()).append((number, job))

    def __bool__(self) -> bool:
        return bool(self._lines)

    def next(self, places: Places) -> tuple[Job, Place] | None:
        """The next job with the place it has taken, None where none has room now."""
        for needs, line in sorted(self._lines.items(), key=lambda item: item[1][0][0]):
            _, job = line[0]
            place = places.take(job.key, needs)
            if place is not None:
                line.popleft()
                if not line:
                    del self._lines[needs]
                return job, place
        return None


class Left:
    """How long the jobs that have not ended will take; a sum, since there may be 100,000."""

    def __init__(self, estimates: Iterable[float | None]) -> None:
        self._unknown, self._known, self._total = 0, 0, 0.0
        for estimate in estimates:
            self._count(estimate, 1)

    def take(self, estimate: float | None) -> None:
        """One with this estimate has ended."""
        self._count(estimate, -1)
        if not self._known:
            self._total = 0.0  # what rounding left behind is no time

    def seconds(self, beside: int) -> float | None:
        """Seconds to the end, so many at a time; None where one is unknown."""
        return None if self._unknown else max(0.0, self._total) / beside

    def _count(self, estimate: float | None, one: int) -> None:
        if estimate is None:
            self._unknown += one
        else:
            self._known += one
            self._total += one * estimate
