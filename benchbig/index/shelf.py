"""Keep the entries of one task's files in the cache, and read again only the files that changed.

A shelf is one file a task, written whole and put into place by a rename, so that any number of
drivers and readers can share it. A shelf that cannot be read, was made by other code, or is
broken is as good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import benchbig
from benchbig import assets
from benchbig.index.entry import Entry, Made, read
from benchbig.index.stamp import stamps
from benchbig.store import quick

Entries = dict[str, Entry]  # by the file's name
CODE = (
    "index/*.py", "tables/row.py", "tables/rows.py", "tables/select.py", "stats/rows.py",
    "store/*.py", "metrics/names.py",
)  # fmt: skip
OWNER = "store"  # a file that names the store an index is of


def entries(store: Path, task: str) -> Entries:
    """Every file of a task as it is now; what is not kept, or has changed, is read."""
    folder = store / "records" / task
    kept = _load(_path(store, task))
    found: Entries = {}
    newest = max((entry.version for entry in kept.values()), default=0)
    for name, seen in stamps(folder).items():
        entry = kept.get(name)
        found[name] = entry if entry and entry.stamp == seen else read(folder / name, newest)
        newest = max(newest, found[name].version)
    version = max((entry.version for entry in found.values()), default=0)
    for name, entry in found.items():
        if entry.made and entry.judged_by != version:
            found[name] = read(folder / name, version)
    if any(kept.get(name) is not entry for name, entry in found.items()) or len(kept) > len(found):
        _save(store, task, found)
    return found


def newer_bytes(store: Path, task: str, files: Iterable[Path]) -> int:
    """About how much of a task's files would have to be read: what is newer than its shelf."""
    try:
        made = _path(store, task).stat().st_mtime_ns
    except OSError:
        made = 0
    found = (path.stat() for path in files)
    return sum(status.st_size for status in found if status.st_mtime_ns > made)


def _path(store: Path, task: str) -> Path:
    return _folder(store) / f"{task}.json"


def _folder(store: Path) -> Path:
    named = hashlib.sha256(os.fsencode(store.resolve())).hexdigest()[:16]
    return assets.cache_dir() / "index" / named


@cache
def _code() -> str:
    """What the rows of an index were made by: other code may make other rows."""
    home = Path(benchbig.__file__).parent
    total = hashlib.sha256()
    for path in (path for pattern in CODE for path in sorted(home.glob(pattern))):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _load(path: Path) -> Entries:
    try:
        content = path.read_bytes()
        line, _, body = content.partition(b"\n")
        if _header(line)["sum"] != zlib.crc32(body):
            return {}
        return {name: _entry(table) for name, table in quick.loads(body).items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _header(line: bytes) -> dict[str, Any]:
    """The first line of a shelf. Raises ValueError where it is none of this code's."""
    header: dict[str, Any] = quick.loads(line)
    if header["code"] != _code():
        raise ValueError("made by other code")
    return header


def _entry(table: dict[str, Any]) -> Entry:
    seen = table.pop("stamp")
    made = [Made(**one) for one in table.pop("made")]
    return Entry(**table, stamp=tuple(seen) if seen else None, made=made)


def _save(store: Path, task: str, found: Entries) -> None:
    """Put a shelf into place; a cache that cannot be written to only costs time."""
    path = _path(store, task)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    body = quick.dumps(found)
    header = {"code": _code(), "sum": zlib.crc32(body)}
    with contextlib.suppress(OSError):
        if not path.parent.is_dir():
            _own(store, path.parent)
        try:
            part.write_bytes(quick.dumps(header) + b"\n" + body)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _own(store: Path, folder: Path) -> None:
    """A folder for a store's index; those of stores that are gone go."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OWNER).write_text(f"{store.resolve()}\n", encoding="utf-8")
    for other in folder.parent.iterdir():
        owner = other / OWNER
        if owner.is_file() and not Path(owner.read_text(encoding="utf-8").rstrip("\n")).is_dir():
            for file in other.iterdir():
                file.unlink(missing_ok=True)
            other.rmdir()
