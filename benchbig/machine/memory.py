"""How much memory is there, how much is free, and is there any to swap to?"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from benchbig.machine import cgroup
from benchbig.machine.files import ROOT, text


class Memory(NamedTuple):
    """Bytes: of the machine; allowed by a control group, None without a limit; free for use now
    and of swap, None where the system does not say."""

    there: int
    limit: int | None
    free: int | None
    swap: int | None

    @property
    def usable(self) -> int:
        """As much as this process and its children may take."""
        return self.there if self.limit is None else min(self.there, self.limit)


def memory(root: Path = ROOT) -> Memory:
    """The memory as it is now."""
    said = text(root / "proc" / "meminfo")
    there = _kibibytes(said, "MemTotal")
    if there is None:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free, swap = _kibibytes(said, "MemAvailable"), _kibibytes(said, "SwapTotal")
    return Memory(there, cgroup.memory_bytes(root), free, swap)


def _kibibytes(said: str, label: str) -> int | None:
    found = re.search(rf"^{label}:\s*(\d+) kB$", said, re.MULTILINE)
    return int(found.group(1)) * 1024 if found else None
