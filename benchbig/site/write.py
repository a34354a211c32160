"""Write a site's files: only what changed, nothing of anybody else's, nothing left over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchbig.errors import BenchError

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


def write(out: Path, files: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write the files (path within the folder, content); gives how many there are, and changed.

    A file that has this content already is left alone, so that what serves or synchronizes the
    folder sees only changes. Files of an earlier build that are no longer made are removed.
    """
    made = {MARKER}
    changed = 0
    folders: set[Path] = set()
    for name, content in files:
        made.add(name)
        path = out / name
        if path.parent not in folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
        changed += _put(path, content)
    for path in sorted(out.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(out).as_posix() not in made:
            path.unlink()
    return len(made) - 1, changed


def _put(path: Path, content: bytes) -> bool:
    try:
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return False
    except OSError:
        pass
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    return True
