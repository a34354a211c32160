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

from benchbig.errors import BenchError

LOCK = ".lock"


@contextmanager
def held(store: Path) -> Iterator[Callable[[], bool]]:
    """Hold the store; gives a function that says whether what stands there is still what is held.

    The kernel lets go of it however the holder ends.
    """
    path = store / LOCK
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another run"
            raise BenchError(
                f"{store} is in use by {holder}; wait for it, or name another folder "
                "with --results DIR"
            ) from None
        file.truncate(0)
        since = datetime.now(UTC).isoformat(" ", timespec="seconds")
        file.write(f"process {os.getpid()} on {socket.gethostname()} since {since}")
        file.flush()
        yield partial(_is_at, file.fileno(), path)


def _is_at(file: int, path: Path) -> bool:
    """Whether this open file is the one that has this path."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
