"""Which job starts next: the first in order of those that there is a place for."""

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
