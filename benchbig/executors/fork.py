"""Run jobs in workers forked by a zygote: isolated, and started in milliseconds."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

from benchbig.executors.child import leave_request
from benchbig.executors.ended import Ended
from benchbig.executors.preload import Import
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
        self._deadlines: dict[str, float | None] = {}
        self._pids: dict[str, int] = {}
        self._late: set[str] = set()

    def start(self, request: Request, timeout: float | None) -> None:
        zygote = self._zygote or self._begin()
        key = request.job.key
        self._deadlines[key] = None if timeout is None else time.monotonic() + timeout
        order = {"key": key, "request": str(leave_request(request))}
        assert zygote.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # wait() sees the end and reports it
            zygote.stdin.write(json.dumps(order).encode() + b"\n")
            zygote.stdin.flush()

    def wait(self, seconds: float) -> list[Ended]:
        if self._zygote is None:
            return []
        self._end_late_ones()
        due = [d for d in self._deadlines.values() if d is not None]
        if due:
            seconds = min(seconds, max(0.0, min(due) - time.monotonic()))
        ended = []
        for event in self._events(seconds):
            if "started" in event:
                self._pids[event["started"]] = event["pid"]
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
        command = [sys.executable, "-m", "benchbig.executors.zygote", self._imports]
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

    def _end_late_ones(self) -> None:
        now = time.monotonic()
        for key, deadline in self._deadlines.items():
            if deadline is not None and now >= deadline and key in self._pids:
                self._late.add(key)
                self._deadlines[key] = None
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._pids[key], signal.SIGKILL)

    def _ended(self, event: dict[str, Any]) -> Ended:
        key = event["ended"]
        self._forget(key)
        late = key in self._late
        return Ended(key, event["status"], event["cpu_s"], event["peak_rss_bytes"], late)

    def _forget(self, key: str) -> None:
        self._deadlines.pop(key, None)
        self._pids.pop(key, None)

    def _all_lost(self) -> list[Ended]:
        """The zygote died: its workers are ended, too, and the next job starts another."""
        lost = []
        for key in list(self._deadlines):
            if key in self._pids:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._pids[key], signal.SIGKILL)
            self._forget(key)
            lost.append(Ended(key, signal.SIGKILL))
        return lost
