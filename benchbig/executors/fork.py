"""Run jobs in workers forked by a zygote: isolated, and started in milliseconds."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from benchbig.executors import early, processes, scheduling
from benchbig.executors.ended import Ended
from benchbig.executors.preload import Import
from benchbig.executors.watch import Watch
from benchbig.worker.request import Request

Order = tuple[Request, float | None]  # a job and the seconds it is allowed
LOOK_APART = 0.05  # seconds between two looks at several zygotes, or for one worker's end


class Fork:
    """An executor whose workers share one process's imports.

    imports: what the zygote imports before the first job. variables: its environment. ahead:
    whether one worker more than there are jobs may make itself ready, on a core of its own.
    zygote: one that was started early, with this environment.
    """

    def __init__(
        self,
        imports: Iterable[Import],
        variables: Mapping[str, str],
        ahead: bool = False,
        zygote: early.Zygote | None = None,
    ) -> None:
        self._imports = list(imports)
        self._variables = dict(variables)
        self._ahead = ahead
        self._early = zygote
        self._zygote: early.Zygote | None = None
        self._began = False  # a job
        self._unread = b""
        self._orders: dict[str, Order] = {}  # of every job that has not ended
        self._watch = Watch()
        self._rests: dict[str, Ended | None] = {}  # of jobs that are over before their process
        self._ready: list[Ended] = []
        self._apart: dict[str, Fork] = {}

    def start(self, request: Request, timeout: float | None) -> None:
        zygote = self._zygote or self.begin()
        key, self._began = request.job.key, True
        self._orders[key] = (request, timeout)
        self._say(zygote, request.to_json())

    def wait(self, seconds: float) -> list[Ended]:
        if self._apart:
            seconds = min(seconds, LOOK_APART)
        ended, self._ready = self._ready, []
        if self._zygote is not None:
            ended += self._own(0 if ended else seconds)
        for key, other in list(self._apart.items()):
            found = other.wait(0 if self._zygote is not None else seconds)
            if found:
                other.close()
                del self._apart[key]
            ended += found
        return ended

    def close(self) -> None:
        for other in self._apart.values():
            other.close()
        for pid in self._watch.pids():
            processes.end_group(pid)
        if self._zygote is not None:
            assert self._zygote.stdin is not None
            self._zygote.stdin.close()
            if not self._began:  # it has no worker to end, and may be importing still
                self._zygote.kill()
            self._zygote.wait()
            self._zygote = None

    def begin(self) -> early.Zygote:
        """Have a zygote, which imports while the driver goes on with other things."""
        scheduling.answer_soon()
        self._zygote, self._early = self._early or early.start(self._variables), None
        self._say(self._zygote, json.dumps({"imports": self._imports, "ahead": self._ahead}))
        return self._zygote

    def _say(self, zygote: early.Zygote, line: str) -> None:
        assert zygote.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # wait() sees the end and reports it
            zygote.stdin.write(line.encode() + b"\n")
            zygote.stdin.flush()

    def _own(self, seconds: float) -> list[Ended]:
        """What has come of this one's workers."""
        self._watch.look()
        ended = []
        for event in self._events(self._watch.pause(seconds)):
            if "started" in event:
                # The clock starts now: the zygote's imports are no job's to answer for.
                request, timeout = self._orders[event["started"]]
                self._watch.begin(request, timeout, event["pid"])
            elif "done" in event:
                ended.append(self._done(event["done"]))
            elif event.get("ended") in self._rests:
                self._rests[event["ended"]] = self._ended(event)
            elif "ended" in event:
                ended.append(self._ended(event))
        return ended if self._zygote is not None else [*ended, *self._lost()]

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

    def _done(self, key: str) -> Ended:
        """A job that is over. Its process is not, and stays watched until it is."""
        del self._orders[key]
        self._rests[key] = None
        return Ended(key, 0, rest=partial(self._rest, key))

    def _rest(self, key: str) -> Ended:
        """The end of this job's process. Who ends meanwhile is told of at the next wait."""
        while self._rests[key] is None and self._zygote is not None:
            self._ready += self._own(LOOK_APART)
        return self._rests.pop(key) or Ended(key, 0)

    def _ended(self, event: dict[str, Any]) -> Ended:
        key, status = event["ended"], event["status"]
        self._orders.pop(key, None)
        over = self._watch.end(key, status)
        return Ended(key, status, event["cpu_s"], event["peak_rss_bytes"], over)

    def _lost(self) -> list[Ended]:
        """The zygote died, and its workers with it; the next job starts another.

        A job that was alone has brought it about. Of several nobody knows which did: each runs
        again, by a zygote of its own, and the one that ends that too has shown itself.
        """
        for pid in self._watch.pids():
            processes.end_group(pid)
        orders, self._orders, self._watch = self._orders, {}, Watch()
        if len(orders) == 1:
            return [Ended(key, signal.SIGKILL) for key in orders]
        for key, (request, timeout) in orders.items():
            self._apart[key] = Fork(self._imports, self._variables)
            self._apart[key].start(request, timeout)
        return []
