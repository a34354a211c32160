"""Run each job in a fresh interpreter: slower to start, right where fork is not safe."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Mapping

from benchbig.executors import processes
from benchbig.executors.ended import Ended
from benchbig.executors.settings import PYTHON
from benchbig.executors.watch import Watch
from benchbig.worker.request import Request

LOOK_EVERY = 0.02  # seconds


class Spawn:
    """An executor that starts `python -m benchbig.executors.child` a job."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        self._running: dict[int, str] = {}  # pid -> key
        self._processes: dict[int, subprocess.Popen[bytes]] = {}  # keeps their input open
        self._watch = Watch()
        self._before: set[int] | None = None

    def start(self, request: Request, timeout: float | None) -> None:
        if self._before is None:
            self._before = processes.children(os.getpid())
            processes.adopt_orphans()
        command = [*PYTHON, "benchbig.executors.child"]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # closes with this process, and so ends the worker too
            bufsize=0,  # a request that a child did not take must not be tried again at the close
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._variables,
            start_new_session=True,
        )
        self._running[process.pid] = request.job.key
        self._processes[process.pid] = process
        self._watch.begin(request, timeout, process.pid)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # a child that is gone already has no record
            process.stdin.write(request.to_json().encode() + b"\n")
        process.returncode = 0  # reaped here by wait4, which alone gives its accounting

    def wait(self, seconds: float) -> list[Ended]:
        until = time.monotonic() + seconds
        while True:
            self._watch.look()
            ended = [one for pid in list(self._running) for one in self._look(pid)]
            if ended or time.monotonic() >= until or not self._running:
                return ended
            time.sleep(LOOK_EVERY)

    def close(self) -> None:
        for pid in list(self._running):
            processes.end_group(pid)
            os.waitpid(pid, 0)
            self._hang_up(pid)
        self._running.clear()
        if self._before is not None:
            processes.end_orphans(self._before)

    def _hang_up(self, pid: int) -> None:
        pipe = self._processes.pop(pid).stdin
        if pipe is not None:
            pipe.close()

    def _look(self, pid: int) -> list[Ended]:
        """The end of this worker, if it has come."""
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if not done:
            return []
        key = self._running.pop(pid)
        self._hang_up(pid)
        processes.end_group(pid)
        processes.end_orphans((self._before or set()) | self._running.keys())
        return [Ended(key, status, *processes.account(usage), self._watch.end(key, status))]
