"""Run jobs in workers forked by a zygote: isolated, and started in milliseconds."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from typing import Any

from benchbig.executors.ended import Ended
from benchbig.executors.preload import Import
from benchbig.executors.settings import PYTHON
from benchbig.worker.request import Request


class Fork:
    """An executor whose workers share one process's imports.

    imports: what the zygote imports before the first job. variables: its environment.
    """

    def __init__(self, imports: Iterable[Import], variables: Mapping[str, str]) -> None:
        self._imports = json.dumps([("benchbig.worker.work", ()), *imports])
        self._variables = dict(variables)
        self._zygote: subprocess.Popen[bytes] | None = None
        self._unread = b""
        self._allowed: dict[str, float | None] = {}  # seconds, of every job that has not ended
        self._deadlines: dict[str, float] = {}
        self._pids: dict[str, int] = {}
        self._late: set[str] = set()

    def start(self, request: Request, timeout: float | None) -> None:
        zygote = self._zygote or self._begin()
        key = request.job.key
        self._allowed[key] = timeout
        order = {"key": key, "request": request.to_json()}
        assert zygote.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # wait() sees the end and reports it
            zygote.stdin.write(json.dumps(order).encode() + b"\n")
            zygote.stdin.flush()

    def wait(self, seconds: float) -> list[Ended]:
        if self._zygote is None:
            return []
        self._end_late_ones()
        if self._deadlines:
            due = min(self._deadlines.values())
            seconds = min(seconds, max(0.0, due - time.monotonic()))
        ended = []
        for event in self._events(seconds):
            if "started" in event:
                self._started(event["started"], event["pid"])
            elif "ended" in event:
                ended.append(self._ended(event))
        if self._zygote is None:
            ended += self._all_lost()
        return ended

    def close(self) -> None:
        for pid in self._pids.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        if self._zygote is not None:
            assert self._zygote.stdin is not None
            self._zygote.stdin.close()
            self._zygote.wait()
            self._zygote = None

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [*PYTHON, "benchbig.executors.zygote", self._imports]
        self._zygote = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._variables,
            start_new_session=True,
        )
        return self._zygote

    def _events(self, seconds: float) -> list[dict[str, Any]]:
        """What the zygote has said within so many seconds; its end sets self._zygote to None."""
        assert self._zygote is not None
        assert self._zygote.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._zygote.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                return []
        piece = os.read(self._zygote.stdout.fileno(), 65536)
        if not piece:
            self._zygote.wait()
            self._zygote = None
            self._unread = b""
            return []
        *lines, self._unread = (self._unread + piece).split(b"\n")
        return [json.loads(line) for line in lines]

    def _started(self, key: str, pid: int) -> None:
        """The clock starts now: the zygote's imports are no job's to answer for."""
        self._pids[key] = pid
        allowed = self._allowed[key]
        if allowed is not None:
            self._deadlines[key] = time.monotonic() + allowed

    def _end_late_ones(self) -> None:
        now = time.monotonic()
        for key in [key for key, deadline in self._deadlines.items() if now >= deadline]:
            self._late.add(key)
            del self._deadlines[key]
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._pids[key], signal.SIGKILL)

    def _ended(self, event: dict[str, Any]) -> Ended:
        key = event["ended"]
        self._forget(key)
        late = key in self._late
        return Ended(key, event["status"], event["cpu_s"], event["peak_rss_bytes"], late)

    def _forget(self, key: str) -> None:
        for kept in (self._allowed, self._deadlines, self._pids):
            kept.pop(key, None)

    def _all_lost(self) -> list[Ended]:
        """The zygote died: its workers are ended, too, and the next job starts another."""
        lost = []
        for key in list(self._allowed):
            if key in self._pids:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._pids[key], signal.SIGKILL)
            self._forget(key)
            lost.append(Ended(key, signal.SIGKILL))
        return lost
