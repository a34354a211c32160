"""The process that has imported everything and computed nothing, and forks a worker a job.

It must only import: a process that has once run two OpenMP threads cannot fork a worker that
uses two of its own without hanging, and one that has touched CUDA cannot fork a user of it.

It reads one line of JSON from standard input that says what else to import, then one a job, the
request as text, and writes one JSON line an event: {"ready"}, {"started", "pid"}, {"done"} of
some, {"ended", "status", "cpu_s", "peak_rss_bytes"}. When its input ends, the driver is gone, and
it ends what still runs.

Where there is a core to spare, it forks one worker ahead of its job, which rehearses and waits:
most of what a fork costs, the copying of pages, is over when the job comes. On that core such a
worker also gives its memory back ("done": its job is over) while the next job begins; only then
is the next one forked, which would take the job's own core otherwise.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import importlib
import json
import os
import select
import selectors
import signal
import tempfile
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from benchbig.executors import child, processes, sandbox, scheduling, settings
from benchbig.worker.request import Request, from_json

SHELVES = ("tasks", "baselines")
# Besides the worker, what pandas gets late where Arrow is there: regular expressions that take
# longer to compile than all else that a small job does to begin.
FIRST = (
    "benchbig.worker.work",
    "benchbig.worker.rehearse",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
)


class Worker(NamedTuple):
    """A forked process. line: the pipe that its request goes into; done: the one out of which
    comes a byte when its job is over, where it was forked ahead."""

    pid: int
    line: int
    done: int | None


@dataclass
class Workers:
    """Those of this process. events: to the driver. ahead: whether to fork one ahead of its job.

    running: by the pidfd of each, the worker. done: a pipe of each that may still say so.
    leaving: the jobs that are over and whose worker is not.
    """

    events: Any
    ahead: bool
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    running: dict[int, Worker] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    spare: Worker | None = None

    @property
    def pids(self) -> Set[int]:
        spare = [self.spare] if self.spare else []
        return {worker.pid for worker in (*self.running.values(), *spare)}


def main() -> None:
    """Import, say so, then fork and reap until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to answer
    processes.adopt_orphans()
    scheduling.answer_soon()
    events = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    gc.disable()  # what is imported stays: looking through it each time is a tenth of the time
    for module in FIRST:
        _import(module)
    sandbox.version()
    tempfile.gettempdir()  # found by making a file in it, once
    line, unread = _first_line()
    asked = json.loads(line)
    for module, names in asked["imports"]:
        _import(module, names)
    gc.freeze()  # keeps what was imported shared between the workers
    gc.enable()
    events.write('{"ready": true}\n')
    workers = Workers(events, asked["ahead"])
    try:
        with contextlib.suppress(BrokenPipeError):  # the driver is gone
            _serve(workers, unread)
    finally:
        spared: set[int] = set()
        if workers.spare is not None:
            os.kill(workers.spare.pid, signal.SIGKILL)  # it may be rehearsing still
            spared = {workers.spare.pid}  # and has nothing that would be left
        for worker in workers.running.values():
            processes.end_group(worker.pid)
        processes.end_orphans(spared)
    os._exit(0)  # rather than take apart, piece by piece, all that was imported


def _first_line() -> tuple[bytes, bytes]:
    """The first line of the input, and what was read past it; where there is none, all ends."""
    read = b""
    while b"\n" not in read:
        piece = os.read(0, 65536)
        if not piece:
            os._exit(0)
        read += piece
    line, _, rest = read.partition(b"\n")
    return line, rest


def _import(module: str, names: Iterable[str] = ()) -> None:
    """Import a module and the names it may load late, modules of its own among them; what fails
    here, the worker will report."""
    with settings.without_gpus(), contextlib.suppress(Exception):
        loaded = importlib.import_module(module)
        for name in names:
            if not hasattr(loaded, name):
                _import(f"{module}.{name}")


def _serve(workers: Workers, unread: bytes) -> None:
    """Have a worker do each order and tell of its end, until the input ends.

    unread: what was read of the input already.
    """
    selector = workers.selector
    selector.register(0, selectors.EVENT_READ, None)
    *lines, unread = unread.split(b"\n")
    for line in lines:
        _start(workers, line)
    while True:
        lacking = workers.ahead and workers.spare is None and not workers.leaving
        found = selector.select(0 if lacking else None)
        if lacking and not found:  # an order that is there waits for no rehearsal
            workers.spare = _fork(workers, _rehearse)
        for ready, _ in found:
            if ready.data is not None:
                ready.data()
                continue
            piece = os.read(0, 65536)
            if not piece:
                return
            *lines, unread = (unread + piece).split(b"\n")
            for line in lines:
                _start(workers, line)


def _start(workers: Workers, line: bytes) -> None:
    """Give an order to the spare worker, or to one that is forked now."""
    worker, workers.spare = workers.spare, None
    if worker is None or not _waits(worker):
        _prepare(from_json(line.decode()))
        worker = _fork(workers)
    with contextlib.suppress(BrokenPipeError), os.fdopen(worker.line, "wb") as pipe:
        pipe.write(line + b"\n")
    request = from_json(line.decode())  # while the worker has begun
    key, pidfd = request.job.key, os.pidfd_open(worker.pid)
    workers.running[pidfd] = worker
    workers.selector.register(pidfd, selectors.EVENT_READ, partial(_tell, workers, pidfd, key))
    if worker.done is not None:
        workers.done.add(worker.done)
        workers.selector.register(
            worker.done, selectors.EVENT_READ, partial(_tell_done, workers, worker.done, key)
        )
    workers.events.write(json.dumps({"started": key, "pid": worker.pid}) + "\n")
    _prepare(request)  # for the next ones


def _tell_done(workers: Workers, done: int, key: str) -> None:
    """Say that a job is over, if it is: the next one may begin while its worker ends."""
    if done in workers.done:  # else its worker's end was told of just now
        over = os.read(done, 1)
        _forget(workers, done)
        if over:
            workers.leaving.add(key)
            workers.events.write(json.dumps({"done": key}) + "\n")


def _forget(workers: Workers, done: int) -> None:
    workers.done.remove(done)
    workers.selector.unregister(done)
    os.close(done)


def _tell(workers: Workers, pidfd: int, key: str) -> None:
    """Put away what a worker that ended has left, and say how it did."""
    worker = workers.running.pop(pidfd)
    workers.selector.unregister(pidfd)
    os.close(pidfd)
    if worker.done in workers.done:
        _forget(workers, worker.done)
    workers.leaving.discard(key)
    ended = _reap(worker.pid, key)
    processes.end_orphans(workers.pids)
    workers.events.write(json.dumps(ended) + "\n")


def _prepare(request: Request) -> None:
    """Spare every worker what is the same for all; what goes wrong here, the worker will report."""
    from benchbig.worker import work

    with contextlib.suppress(Exception):
        work.prepare(request)
        for root in request.roots:
            _compile(root)


@cache
def _compile(root: str) -> None:
    """Write the byte code of a plugin folder, as its workers may not; nothing of it runs."""
    for shelf in SHELVES:
        compileall.compile_dir(Path(root) / shelf, maxlevels=0, quiet=2)


def _fork(workers: Workers, first: Callable[[Callable[[], bool]], None] | None = None) -> Worker:
    """Start a worker in a process group of its own, which does this first, then awaits an order.

    first: is given what says whether the order is there.
    """
    read, write = os.pipe()
    done, over = os.pipe() if workers.ahead else (None, None)
    pid = os.fork()
    if not pid:
        try:
            _let_go(workers, [write, done])
            if first is not None:
                with contextlib.suppress(Exception):
                    first(partial(_readable, read))
            child.wait_and_leave(read, over)
        finally:  # whatever happens, this copy must not go on as the zygote
            os._exit(child.LOST)
    os.close(read)
    if over is not None:
        os.close(over)
    return Worker(pid, write, done)


def _rehearse(wanted: Callable[[], bool]) -> None:
    from benchbig.worker.rehearse import rehearse

    rehearse(wanted)


def _readable(pipe: int) -> bool:
    return bool(select.select([pipe], [], [], 0)[0])


def _let_go(workers: Workers, pipes: Iterable[int | None]) -> None:
    """Close what is the zygote's, its ends of these pipes too, and be a process of its own."""
    # Else a worker that outlives the zygote hides its end.
    workers.events.close()
    workers.selector.close()
    for file in (*workers.running, *workers.done, *pipes):
        if file is not None:
            os.close(file)
    os.setsid()
    processes.end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _waits(worker: Worker) -> bool:
    """Whether it is still there; one that the system has ended meanwhile is put away."""
    if os.waitpid(worker.pid, os.WNOHANG) == (0, 0):
        return True
    os.close(worker.line)
    if worker.done is not None:
        os.close(worker.done)
    return False


def _reap(pid: int, key: str) -> dict[str, Any]:
    """End what the worker left running, then take its status and the kernel's accounting."""
    processes.end_group(pid)  # before the wait: until then the number cannot belong to anyone else
    _, status, usage = os.wait4(pid, 0)
    cpu_s, peak_rss_bytes = processes.account(usage)
    return {"ended": key, "status": status, "cpu_s": cpu_s, "peak_rss_bytes": peak_rss_bytes}


if __name__ == "__main__":
    main()
