"""Is this file the one that was pinned?"""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchbig.errors import BenchError


def sha256_of(path: Path) -> str:
    """The file's sha256 as 64 small hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def expect(path: Path, sha256: str | None, what: str) -> None:
    """Raise BenchError unless the file has this sha256; None expects nothing."""
    if sha256 is None:
        return
    seen = sha256_of(path)
    if seen != sha256:
        raise BenchError(
            f"{what} has the sha256 {seen}, but the card pins {sha256}; nothing was kept: "
            f"check what your package index serves, or correct the card"
        )
