"""Write to a store: a record is there whole or not at all, and never harms another."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchbig.errors import BenchError
from benchbig.record import Record
from benchbig.store import layout
from benchbig.worker.request import LOG_BYTES, LOG_FILE

ROOM_BYTES = 1_000_000  # less is a full disk: a job's files may be as large


def prepare(store: Path) -> None:
    """Make the folders and prove that they can be written to, before any job starts."""
    try:
        for folder in ("records", "env", "predictions", layout.WORK):
            (store / folder).mkdir(parents=True, exist_ok=True)
        probe = store / layout.WORK / f"probe-{os.getpid()}"  # others may be at this as well
        probe.write_text("")
        probe.unlink(missing_ok=True)  # who holds the store clears that folder
        if error := full(store):
            raise error
    except OSError as error:
        raise BenchError(
            f"--results {store}: cannot be written ({error.strerror}); "
            "name a folder of your own with --results DIR"
        ) from None


def append(store: Path, record: Record) -> None:
    """Append one line and force it to the disk; a torn line left by a crash is cut off first."""
    path = layout.records_file(store, record)
    # Unbuffered: what a full disk has refused must not be tried again when the file is closed.
    with _appending(path) as file:
        start = _cut_torn_line(file)
        try:
            unwritten = memoryview(as_line(record).encode())
            while unwritten:
                unwritten = unwritten[file.write(unwritten) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(start)
            raise


def as_line(record: Record) -> str:
    """A record as it stands in its file."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n"


def _appending(path: Path) -> io.FileIO:
    """The file, open to be read and appended to; its folder is made where there is none."""
    try:
        return path.open("a+b", buffering=0)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+b", buffering=0)


def _cut_torn_line(file: io.FileIO) -> int:
    """Truncate to the last line end, where a killed writer left half a line; the size then."""
    size = os.fstat(file.fileno()).st_size
    if size == 0 or os.pread(file.fileno(), 1, size - 1) == b"\n":
        return size
    file.seek(0)
    kept = file.read().rfind(b"\n") + 1
    file.truncate(kept)
    return kept


def keep_predictions(store: Path, folder: Path, record: Record) -> None:
    """Move a job's prediction files from its folder into the store, by rename."""
    named = record["predictions"]
    if named is None:
        return
    for field in ("test", "path"):
        name = Path(named[field]).name
        target = layout.predictions_folder(store) / name
        if field == "test" and target.exists():
            continue
        os.replace(folder / name, target)


def keep_env(store: Path, digest: str, description: Mapping[str, Any]) -> None:
    """Describe a machine once, and again where it went down before the disk had the description."""
    path = layout.env_file(store, digest)
    with contextlib.suppress(OSError, ValueError):
        if json.loads(path.read_bytes()):
            return
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(json.dumps(description, indent=1, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def keep_log(store: Path, folder: Path, key: str) -> Path | None:
    """Keep the end of what a job that did not end well had printed; None where that is nothing."""
    log = folder / LOG_FILE
    if not log.exists() or not log.stat().st_size:
        return None
    target = layout.log_file(store, key)
    target.parent.mkdir(exist_ok=True)
    if log.stat().st_size > LOG_BYTES:
        with log.open("rb") as file:
            file.seek(-LOG_BYTES, os.SEEK_END)
            target.write_bytes(file.read())
    else:
        os.replace(log, target)
    return target


def full(store: Path) -> OSError | None:
    """The error that the next write to the store's disk would meet, None where there is room."""
    if shutil.disk_usage(store).free >= ROOM_BYTES:
        return None
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def clear(folder: Path, keep: bool = False) -> None:
    """Remove a job's folder; keep: only what is in it, where the next job has the same.

    Few hold more than files and empty folders, for which rmtree takes three times as long.
    """
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                (os.rmdir if entry.is_dir(follow_symlinks=False) else os.unlink)(entry.path)
        if not keep:
            os.rmdir(folder)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        if keep:
            with contextlib.suppress(OSError):  # who removed the store is found out elsewhere
                folder.mkdir(exist_ok=True)


def clear_work(store: Path) -> None:
    """Remove the folders of all jobs; only who holds the store may."""
    with contextlib.suppress(FileNotFoundError):  # someone has removed all of the store
        for folder in (store / layout.WORK).iterdir():
            clear(folder)
