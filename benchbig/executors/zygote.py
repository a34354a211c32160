"""The process that has imported everything and computed nothing, and forks a worker a job.

It must only import: a process that has once run two OpenMP threads cannot fork a worker that
uses two of its own without hanging, and one that has touched CUDA cannot fork a user of it.

It reads one line a job from standard input, the request as text, and writes one JSON line an
event: {"ready"}, {"started", "pid"}, {"ended", "status", "cpu_s", "peak_rss_bytes"}. When its
input ends, the driver is gone, and it ends what still runs.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from benchbig.executors import child, processes, sandbox
from benchbig.worker import work
from benchbig.worker.request import Request, from_json

SHELVES = ("tasks", "baselines")


def main() -> None:
    """Import, say so, then fork and reap until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to answer
    processes.adopt_orphans()
    events = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for module, names in json.loads(sys.argv[1]):
        _import(module, names)
    sandbox.version()
    tempfile.gettempdir()  # found by making a file in it, once
    gc.collect()
    gc.freeze()  # keeps what was imported shared between the workers
    events.write('{"ready": true}\n')
    running: dict[int, int] = {}  # pid -> pidfd
    try:
        with contextlib.suppress(BrokenPipeError):  # the driver is gone
            _serve(events, running)
    finally:
        for pid in running:
            processes.end_group(pid)
        processes.end_orphans()


def _import(module: str, names: list[str]) -> None:
    """Import a module and the names it may load late; what fails here, the worker will report."""
    with contextlib.suppress(Exception):
        loaded = importlib.import_module(module)
        for name in names:
            getattr(loaded, name, None)


def _serve(events: Any, running: dict[int, int]) -> None:
    """Fork a worker for each order and tell of its end, until the input ends."""
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ, None)
    unread = b""
    while True:
        for ready, _ in selector.select():
            if ready.data is not None:
                pid, key = ready.data
                selector.unregister(ready.fd)
                os.close(running.pop(pid))
                ended = _reap(pid, key)
                processes.end_orphans(running.keys())  # what that worker has left behind
                events.write(json.dumps(ended) + "\n")
                continue
            piece = os.read(0, 65536)
            if not piece:
                return
            *lines, unread = (unread + piece).split(b"\n")
            for line in lines:
                request = from_json(line.decode())
                _prepare(request)
                pid = _fork(request, [events, selector], running.values())
                running[pid] = os.pidfd_open(pid)
                selector.register(running[pid], selectors.EVENT_READ, (pid, request.job.key))
                events.write(json.dumps({"started": request.job.key, "pid": pid}) + "\n")


def _prepare(request: Request) -> None:
    """Spare every worker what is the same for all; what goes wrong here, the worker will report."""
    with contextlib.suppress(Exception):
        work.prepare(request)
        for root in request.roots:
            _compile(root)


@cache
def _compile(root: str) -> None:
    """Write the byte code of a plugin folder, as its workers may not; nothing of it runs."""
    for shelf in SHELVES:
        compileall.compile_dir(Path(root) / shelf, maxlevels=0, quiet=2)


def _fork(request: Request, mine: Iterable[Any], watched: Iterable[int]) -> int:
    """Start a worker in a process group of its own; returns its pid.

    mine, watched: what is open here and not the worker's business.
    """
    pid = os.fork()
    if not pid:
        for one in mine:  # else a worker that outlives the zygote hides its end
            one.close()
        for pidfd in watched:
            os.close(pidfd)
        os.setsid()
        processes.end_with_parent()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        child.run_and_leave(request)
    return pid


def _reap(pid: int, key: str) -> dict[str, Any]:
    """End what the worker left running, then take its status and the kernel's accounting."""
    processes.end_group(pid)  # before the wait: until then the number cannot belong to anyone else
    _, status, usage = os.wait4(pid, 0)
    cpu_s, peak_rss_bytes = processes.account(usage)
    return {"ended": key, "status": status, "cpu_s": cpu_s, "peak_rss_bytes": peak_rss_bytes}


if __name__ == "__main__":
    main()
