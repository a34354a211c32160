"""What a worker process does from its first line to its last."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import NoReturn

from benchbig.executors import limits, processes
from benchbig.worker.request import LOG_FILE, Request, from_json

LITTLE = 1_000_000_000  # bytes of memory
LOST = 70  # the exit code of a worker that left no record: EX_SOFTWARE


def run(request: Request) -> None:
    """Do this job in a folder of its own, printing into its own log."""
    own = request.path / "cwd"
    own.mkdir(exist_ok=True)
    os.chdir(own)
    _redirect(request.path / LOG_FILE)
    processes.adopt_orphans()  # so that they are found when this worker is to end
    limits.apply(request)
    _limit_threads(request.threads)
    from benchbig.worker.work import work

    work(request)
    sys.stdout.flush()
    sys.stderr.flush()


def _redirect(log: Path) -> None:
    """Standard input from nowhere, both outputs to the log."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(nothing, 0)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(nothing)
    os.close(file)


def _limit_threads(threads: int) -> None:
    """torch counts its threads by itself; the others read the environment."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)


def _end_with_the_driver() -> None:
    """End this worker and all its own when the driver is gone: the input closes then."""
    line = os.dup(0)

    def watch() -> None:
        os.read(line, 1)
        processes.end_orphans()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def run_and_leave(request: Request, done: int | None = None) -> NoReturn:
    """Do the job and end this process at once: no thread that a plugin left holds it up.

    done: a pipe to write a byte to when the job is over, where the next one need not wait for more.
    """
    code = LOST
    cores = os.sched_getaffinity(0) if done is not None else set()
    try:
        run(request)
        code = 0
        if done is not None:
            _say_done(request, done, cores - set(request.cores))
    finally:
        if code:
            traceback.print_exc()  # into the log: what gets here left no record
        sys.stderr.flush()
        os._exit(code)


def _say_done(request: Request, done: int, others: set[int]) -> None:
    """Say that the job is over, and leave its cores to the next one while memory is given back.

    Not where that is much, or a GPU's, or other processes are left to be ended: what a job holds
    would be missing to the next one. others: cores that are not this job's.
    """
    _, held = processes.account(resource.getrusage(resource.RUSAGE_SELF))
    if request.device == "cpu" and held < LITTLE and not processes.children(os.getpid()):
        os.write(done, b".")
        if request.cores and others:
            os.sched_setaffinity(0, others)


def wait_and_leave(line: int, done: int | None = None) -> NoReturn:
    """Do the job whose request comes through this pipe; where none comes, there is none."""
    with open(line, "rb") as pipe:
        text = pipe.readline()
    if text:
        run_and_leave(from_json(text.decode()), done)
    os._exit(0)


if __name__ == "__main__":
    text = sys.stdin.readline()
    _end_with_the_driver()
    run_and_leave(from_json(text))
