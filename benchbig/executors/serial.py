"""Run jobs one after another in this process: no isolation and no deadline, for debugging."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable
from functools import cache

from benchbig.executors.ended import Ended
from benchbig.record import Record
from benchbig.worker.request import Request


@cache
def _work_here() -> Callable[[Request], Record]:
    """What does a job; imported late, so that a run which has none to do needs none of it."""
    from benchbig.worker.work import work_here

    gc.freeze()  # none of what was imported is garbage: each search for some would go through it
    return work_here


class Serial:
    """An executor without processes; a debugger and a print reach the plugin."""

    def __init__(self) -> None:
        self._started: list[Request] = []

    def start(self, request: Request, timeout: float | None) -> None:
        """The job runs when it is waited for: by then the record of the one before is kept."""
        self._started.append(request)

    def wait(self, seconds: float) -> list[Ended]:
        work_here = _work_here()
        started, self._started = self._started, []
        ended = []
        for request in started:
            with contextlib.chdir(request.path):  # a plugin's own would lead the driver astray
                ended.append(Ended(request.job.key, 0, record=work_here(request)))
        return ended

    def close(self) -> None:
        """Nothing runs between two calls."""
