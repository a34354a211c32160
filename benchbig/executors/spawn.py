"""Run each job in a fresh interpreter: slower to start, right where fork is not safe."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping

from benchbig.executors.ended import Ended
from benchbig.executors.settings import PYTHON
from benchbig.executors.zygote import RSS_UNIT
from benchbig.worker.request import Request

LOOK_EVERY = 0.02  # seconds


class Spawn:
    """An executor that starts `python -m benchbig.executors.child` a job."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        self._running: dict[int, tuple[str, float | None]] = {}
        self._processes: dict[int, subprocess.Popen[bytes]] = {}  # keeps their input open
        self._late: set[str] = set()

    def start(self, request: Request, timeout: float | None) -> None:
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
        deadline = None if timeout is None else time.monotonic() + timeout
        self._running[process.pid] = (request.job.key, deadline)
        self._processes[process.pid] = process
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # a child that is gone already has no record
            process.stdin.write(request.to_json().encode() + b"\n")
        process.returncode = 0  # reaped here by wait4, which alone gives its accounting

    def wait(self, seconds: float) -> list[Ended]:
        until = time.monotonic() + seconds
        while True:
            ended = self._look()
            if ended or time.monotonic() >= until or not self._running:
                return ended
            time.sleep(LOOK_EVERY)

    def close(self) -> None:
        for pid in list(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self._hang_up(pid)
        self._running.clear()

    def _hang_up(self, pid: int) -> None:
        pipe = self._processes.pop(pid).stdin
        if pipe is not None:
            pipe.close()

    def _look(self) -> list[Ended]:
        ended = []
        for pid, (key, deadline) in list(self._running.items()):
            if deadline is not None and time.monotonic() >= deadline:
                self._late.add(key)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if not done:
                continue
            del self._running[pid]
            self._hang_up(pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            cpu_s = usage.ru_utime + usage.ru_stime
            ended.append(Ended(key, status, cpu_s, usage.ru_maxrss * RSS_UNIT, key in self._late))
        return ended
