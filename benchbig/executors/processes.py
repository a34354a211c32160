"""Which processes came of this one, and how to end them all, those with a session of their own too.

Killing a process group misses a child that began a session of its own. On Linux a process can
adopt the orphans among its descendants (a "subreaper", prctl(2)); they are then found under it,
however they were started.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import Set
from pathlib import Path

from benchbig.executors import kernel

PROC = Path("/proc")
SET_PDEATHSIG, SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss
GIVE_UP_S = 2.0  # seconds for what was killed to be gone; the kernel may hold it in a driver


def adopt_orphans() -> None:
    """Be the parent of every descendant whose own parent is gone; on Linux alone."""
    _prctl(SET_CHILD_SUBREAPER, 1)


def end_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it is gone."""
    _prctl(SET_PDEATHSIG, signal.SIGKILL)


def children(pid: int) -> set[int]:
    """The processes whose parent is this one."""
    found: set[int] = set()
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found.update(map(int, file.read().split()))
    except FileNotFoundError:
        return found if not _alive(pid) else _children_by_stat(pid)
    except (PermissionError, ProcessLookupError):
        return found
    return found


def tree(pid: int) -> list[int]:
    """A process and all that came of it and still hangs under it, parents first."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children(one)
    return found


def account(usage: resource.struct_rusage) -> tuple[float, int]:
    """CPU seconds and peak resident bytes, as the kernel counted them."""
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT


def end_group(pid: int) -> None:
    """Kill a process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_orphans(spared: Set[int] = frozenset()) -> None:
    """Kill what hangs under this very process, but for these children and all that is theirs."""
    until = time.monotonic() + GIVE_UP_S
    while (orphans := children(os.getpid()) - spared) and time.monotonic() < until:
        for orphan in orphans:
            for one in tree(orphan):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(one, signal.SIGKILL)
        for orphan in orphans:  # what it leaves behind hangs here then, for the next round
            with contextlib.suppress(ChildProcessError):
                os.waitpid(orphan, os.WNOHANG)
        time.sleep(0.001)


def _alive(pid: int) -> bool:
    return (PROC / str(pid)).exists()


def _children_by_stat(pid: int) -> set[int]:
    """The same where the kernel was built without the list: out of every process's own file."""
    found = set()
    for name in os.listdir(PROC):
        if name.isdigit():
            with contextlib.suppress(OSError):
                fields = (PROC / name / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == pid:
                    found.add(int(name))
    return found


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        kernel.library().prctl(option, value, 0, 0, 0)
