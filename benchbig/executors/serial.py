"""Run jobs one after another in this process: no isolation and no deadline, for debugging."""

from __future__ import annotations

import contextlib

from benchbig.executors.ended import Ended
from benchbig.worker.request import Request


class Serial:
    """An executor without processes; a debugger and a print reach the plugin."""

    def __init__(self) -> None:
        self._done: list[Ended] = []

    def start(self, request: Request, timeout: float | None) -> None:
        from benchbig.worker.work import work

        own = request.path / "cwd"
        own.mkdir(parents=True, exist_ok=True)
        with contextlib.chdir(own):  # a plugin's own chdir would lead the driver astray
            work(request)
        self._done.append(Ended(request.job.key, 0))

    def wait(self, seconds: float) -> list[Ended]:
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """Nothing runs between two calls."""
