"""Run jobs one after another in this process: no isolation and no deadline, for debugging."""

from __future__ import annotations

import contextlib

from benchbig.executors.ended import Ended
from benchbig.worker.request import Request


class Serial:
    """An executor without processes; a debugger and a print reach the plugin."""

    def __init__(self) -> None:
        self._started: list[Request] = []

    def start(self, request: Request, timeout: float | None) -> None:
        """The job runs when it is waited for: by then the record of the one before is kept."""
        self._started.append(request)

    def wait(self, seconds: float) -> list[Ended]:
        from benchbig.worker.work import work

        started, self._started = self._started, []
        for request in started:
            own = request.path / "cwd"
            own.mkdir(parents=True, exist_ok=True)
            with contextlib.chdir(own):  # a plugin's own chdir would lead the driver astray
                work(request)
        return [Ended(request.job.key, 0) for request in started]

    def close(self) -> None:
        """Nothing runs between two calls."""
