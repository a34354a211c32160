"""How many cores and how much memory does a container or a service manager allow?

Control groups of either version: a process is in one group, and the limits of all the groups
that this one lies in hold too (the kernel's Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchbig.machine.files import ROOT, text, whole

MOUNT = Path("sys", "fs", "cgroup")
UNLIMITED = 1 << 60  # version 1 says "none" by a number near 2**63


def cores(root: Path = ROOT) -> float | None:
    """Cores' worth of time that is allowed, None without a limit."""
    found = []
    for folder in _groups(root, "cpu"):
        quota = text(folder / "cpu.max").split()  # version 2: "max 100000" or "150000 100000"
        if not quota:
            both = (folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us")
            quota = [text(path) for path in both]
        if len(quota) == 2 and quota[0].isdigit() and quota[1].isdigit():
            found.append(int(quota[0]) / int(quota[1]))
    return min(found, default=None)


def memory_bytes(root: Path = ROOT) -> int | None:
    """Bytes of memory that are allowed, None without a limit."""
    limits = [
        whole(folder / name)
        for folder in _groups(root, "memory")
        for name in ("memory.max", "memory.limit_in_bytes")
    ]
    return min((limit for limit in limits if limit is not None and limit < UNLIMITED), default=None)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's groups for a controller, from its own up to the first."""
    mount = root / MOUNT
    for line in text(root / "proc" / "self" / "cgroup").splitlines():
        number, _, rest = line.partition(":")
        names, _, group = rest.partition(":")
        if number == "0" and not names:
            top = mount
        elif controller in names.split(","):
            top = next((t for t in (mount / names, mount / controller) if t.is_dir()), mount)
        else:
            continue
        # In a container the group's path may be the host's: then only the top is to be seen.
        parts = [part for part in group.split("/") if part]
        for depth in range(len(parts), -1, -1):
            yield top.joinpath(*parts[:depth])
