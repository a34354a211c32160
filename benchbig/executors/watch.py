"""Does a running worker keep to its limits? Who breaks one is ended, and it is said which."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchbig.executors import processes
from benchbig.worker.request import LOG_BYTES, LOG_FILE, Request

LOOK_EVERY = 0.1  # seconds between two looks at memory and folders
SHARE = 20  # a look may cost a twentieth of the time at most
CUT = b"[benchbig: what was printed before this line was too much to keep]\n"


class Over(NamedTuple):
    """A limit that was broken: the status it gives, and what is said of it."""

    status: str
    said: str


@dataclass
class _Job:
    request: Request
    pid: int
    deadline: float | None
    timeout: float | None
    kernel_kills: int
    next_look: float


class Watch:
    """The limits of all workers that run."""

    def __init__(self) -> None:
        self._jobs: dict[str, _Job] = {}
        self._over: dict[str, Over] = {}

    def begin(self, request: Request, timeout: float | None, pid: int) -> None:
        """A worker has started: its clock runs from now."""
        now = time.monotonic()
        deadline = None if timeout is None else now + timeout
        self._jobs[request.job.key] = _Job(
            request, pid, deadline, timeout, kernel_kills(), now + LOOK_EVERY
        )

    def pause(self, seconds: float) -> float:
        """How long one may sleep, of so many seconds."""
        now = time.monotonic()
        due = [job.next_look for job in self._jobs.values()]
        due += [job.deadline for job in self._jobs.values() if job.deadline is not None]
        return max(0.0, min([seconds, *(at - now for at in due)]))

    def look(self) -> None:
        """End the workers that are over a limit."""
        for key, job in self._jobs.items():
            if key in self._over:
                continue
            over = self._late(job) or self._large(job)
            if over is not None:
                self._over[key] = over
                processes.end_group(job.pid)

    def end(self, key: str, status: int) -> Over | None:
        """A worker is gone, with this status of os.wait: which limit that was, if one."""
        job, over = self._jobs.pop(key, None), self._over.pop(key, None)
        killed = status & 0x7F == 9
        if over is None and job is not None and killed and kernel_kills() > job.kernel_kills:
            return Over("oom", "ended by the system, which had no memory left")
        return over

    def pids(self) -> list[int]:
        return [job.pid for job in self._jobs.values()]

    def _late(self, job: _Job) -> Over | None:
        if job.deadline is None or time.monotonic() < job.deadline:
            return None
        return Over("timeout", f"ran longer than the {job.timeout:g} seconds allowed")

    def _large(self, job: _Job) -> Over | None:
        began = time.monotonic()
        if began < job.next_look:
            return None
        request = job.request
        cut_log(request.path / LOG_FILE)
        over = None
        if request.memory is not None and (held := memory_of(job.pid, request.memory)):
            over = Over("oom", f"held {size(held)} of memory, {size(request.memory)} allowed")
        elif request.disk is not None and (held := bytes_below(request.path)) > request.disk:
            over = Over(
                "failed", f"its folder held {size(held)}, {size(request.disk)} allowed (--disk)"
            )
        now = time.monotonic()
        job.next_look = now + max(LOOK_EVERY, SHARE * (now - began))
        return over


def memory_of(pid: int, allowed: int) -> int:
    """Bytes that a worker and all that came of it hold, where that is more than allowed; else 0.

    First their resident sizes added up, which counts pages that they share more than once; only
    where that is too much, each page by its share (slow: the kernel walks all pages).
    """
    if sys.platform != "linux":
        held = _by_ps(pid)
        return held if held > allowed else 0
    every = processes.tree(pid)
    page = os.sysconf("SC_PAGE_SIZE")
    rough = sum(page * number for one in every for number in _numbers(f"/proc/{one}/statm", 1))
    if rough <= allowed:
        return 0
    exact = sum(_proportional(one) for one in every)
    return exact if exact > allowed else 0


def _numbers(path: str, field: int) -> list[int]:
    """One field of a line of numbers; none where the process is gone."""
    with contextlib.suppress(OSError, IndexError), open(path, encoding="ascii") as file:
        return [int(file.read().split()[field])]
    return []


def _proportional(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0


def _by_ps(pid: int) -> int:
    """Resident bytes of the worker's process group, where there is no /proc."""
    query = ["ps", "-A", "-o", "pgid=,rss="]
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    rows = [line.split() for line in done.stdout.splitlines()]
    return sum(1024 * int(rss) for group, rss in rows if int(group) == pid)


def kernel_kills() -> int:
    """How many processes this machine's kernel has ended so far for lack of memory."""
    with contextlib.suppress(OSError), open("/proc/vmstat", encoding="ascii") as file:
        for line in file:
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def cut_log(log: Path) -> None:
    """Begin a log anew that has grown too long; its writers append, wherever its end is."""
    with contextlib.suppress(OSError):
        # A link that a job may have put in its place leads to what is not a log.
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
        try:
            if os.fstat(file).st_size > LOG_BYTES:
                os.ftruncate(file, 0)
                os.write(file, CUT)
        finally:
            os.close(file)


def bytes_below(folder: Path) -> int:
    """What a folder takes on the disk."""
    total, waiting = 0, [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += 512 * entry.stat(follow_symlinks=False).st_blocks
    return total


def size(count: int) -> str:
    return f"{count / 1e9:.3g} GB" if count >= 1e8 else f"{count / 1e6:.3g} MB"
