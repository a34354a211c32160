"""One driver at a time on a store; the second is told who holds it."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from benchbig.errors import BenchError

LOCK = ".lock"
BOOT = Path("/proc/sys/kernel/random/boot_id")


@contextmanager
def held(store: Path) -> Iterator[Callable[[], bool]]:
    """Hold the store; gives a function that says whether what stands there is still what is held.

    The kernel lets go of it however the holder ends. Where the last one held it before this machine
    started, or on another, what it wrote last is looked at first.
    """
    path = store / LOCK
    new = not path.exists()
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(file)[0] or "another run"
            raise BenchError(
                f"{store} is in use by {holder}; wait for it, or name another folder "
                "with --results DIR"
            ) from None
        last, now = _read(file), boot()
        if not new and (not now or now not in last):
            from benchbig.store.mend import mend

            mend(store)
        file.truncate(0)
        since = datetime.now(UTC).isoformat(" ", timespec="seconds")
        file.write(f"process {os.getpid()} on {socket.gethostname()} since {since}\n{now}\n")
        file.flush()
        yield partial(_is_at, file.fileno(), path)


def _read(file: TextIO) -> list[str]:
    """Who holds or held the store, and as of which start of the machine; nothing where unknown."""
    file.seek(0)
    return file.read().split("\n")[:2]


def boot() -> str:
    """Another text each time the machine starts; none where the system does not say."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _is_at(file: int, path: Path) -> bool:
    """Whether this open file is the one that has this path."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
