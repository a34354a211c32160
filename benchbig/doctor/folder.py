"""Can a folder be written to, and how much room is there?"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folder:
    """A folder that is there, or would be made. bytes: what it holds, where that was asked."""

    path: str
    there: bool
    writable: bool
    free_bytes: int
    bytes: int | None


def look(path: Path, sizes: bool = False) -> Folder:
    """The folder as it is; of one that is not there yet, the nearest that is above it."""
    path = path.absolute()
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    return Folder(
        path=str(path),
        there=path.is_dir(),
        writable=nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK),
        free_bytes=shutil.disk_usage(nearest).free,
        bytes=_bytes(path) if sizes and path.is_dir() else None,
    )


def _bytes(path: Path) -> int:
    """What all files of a folder take, each hard link once."""
    seen: dict[tuple[int, int], int] = {}
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                status = os.lstat(os.path.join(folder, name))
            except OSError:
                continue  # gone meanwhile
            seen[status.st_dev, status.st_ino] = status.st_size
    return sum(seen.values())
