"""Wait, for a bounded time, until something is true."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

SECONDS = 60.0


def until(true: Callable[[], object], seconds: float = SECONDS) -> bool:
    """Whether it came true in that time."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if true():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether a process runs no more, or soon (a zombie does not run)."""
    return until(lambda: not _runs(pid), seconds)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if sys.platform != "linux":
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
