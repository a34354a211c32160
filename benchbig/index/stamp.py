"""Is a file of records still the one that was read?"""

from __future__ import annotations

import os
import time
import zlib
from pathlib import Path
from typing import BinaryIO

TAIL_BYTES = 256
SETTLED_NS = 2_000_000_000

# Size, times of the last change of content and of anything (nanoseconds), sum of the last bytes.
Stamp = tuple[int, int, int, int]


def stamp(file: BinaryIO) -> Stamp:
    """The stamp of an open file."""
    status = os.fstat(file.fileno())
    tail = os.pread(file.fileno(), TAIL_BYTES, max(0, status.st_size - TAIL_BYTES))
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, zlib.crc32(tail)


def stamps(folder: Path) -> dict[str, Stamp]:
    """The files of records in a folder by name, in order; none where it is not there."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            found[path.name] = stamp(file)
    return found


def settled(seen: Stamp) -> bool:
    """Whether a later change must show in the stamp.

    A file that was written a moment ago can change once more within one tick of its clock, as
    git knows it of its own index ("racy git").
    """
    return time.time_ns() - max(seen[1], seen[2]) > SETTLED_NS
