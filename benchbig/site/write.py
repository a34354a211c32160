"""Write a site's files: only what changed, nothing of anybody else's, nothing left over."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from pathlib import Path

from benchbig.errors import BenchError

# Writes a file of the site (path within it, content), and gives its size in bytes.
Put = Callable[[str, bytes | Iterable[bytes]], int]
MARKER = ".benchbig-site"
NOTE = "This folder is written by benchbig leaderboard build; what else lies here is removed.\n"


def prepare(out: Path) -> None:
    """Make the folder. Raises BenchError where it holds something that is no site of benchbig."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not (out / MARKER).exists():
            raise BenchError(
                f"--out {out}: that folder holds other files; name an empty or a new one"
            )
        (out / MARKER).write_text(NOTE, encoding="utf-8")
    except OSError as error:
        raise BenchError(f"--out {out}: cannot be written: {error.strerror or error}") from None


@dataclass
class Written:
    """The names of the files that were put, and how many of them changed."""

    names: set[str] = field(default_factory=set)
    changed: int = 0

    def add(self, other: Written) -> None:
        """Count in what another process wrote."""
        self.names |= other.names
        self.changed += other.changed


def putter(out: Path, written: Written) -> Put:
    """What writes a file of the site, piece by piece, and gives its size in bytes.

    A file that has this content already is left alone, so that what serves or synchronizes the
    folder sees only changes.
    """
    folders: set[Path] = set()

    def put(name: str, content: bytes | Iterable[bytes]) -> int:
        path = out / name
        if path.parent not in folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
        written.names.add(name)
        changed, size = _put(path, [content] if isinstance(content, bytes) else content)
        written.changed += changed
        return size

    return put


def sweep(out: Path, kept: Set[str]) -> None:
    """Remove the files of an earlier build that are no longer made."""
    for path in sorted(out.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.name != MARKER and path.relative_to(out).as_posix() not in kept:
            path.unlink()


def _put(path: Path, pieces: Iterable[bytes]) -> tuple[bool, int]:
    """Whether the file changed, and its size."""
    part = path.with_name(f".{path.name}.part")
    size = 0
    with part.open("wb") as file:
        for piece in pieces:
            size += file.write(piece)
    if path.is_file() and filecmp.cmp(part, path, shallow=False):
        part.unlink()
        return False, size
    part.replace(path)
    return True, size
