"""Which predictions did a machine take with it when it went down, and whose were they?

A record is forced to the disk, its predictions are not: what a process has written outlives the
process, and a job would wait longer for the disk than for all else. So whoever takes hold of a
store after the machine went down looks at what was written last.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchbig.record import Record, fail
from benchbig.store import layout, read, write
from benchbig.store.pack import DAMAGED

UNSURE_S = 600  # Linux writes out within a minute what it was given (dirty_expire_centisecs)
LOST = "its predictions were lost when the machine went down"


def mend(store: Path) -> None:
    """End as failed each ok record whose predictions are torn, so that a run does them again.

    Looks at what was written in the ten minutes before the newest file. The torn files are removed
    last, so that whoever is stopped here is followed by one who finds them.
    """
    torn = {path.name: path for path in _newest(layout.predictions_folder(store)) if _torn(path)}
    for record in _of(store, torn):
        write.append(store, fail(record, "failed", "store", None, LOST))
    for path in torn.values():
        path.unlink()


def _of(store: Path, names: dict[str, Path]) -> Iterator[Record]:
    """The ok records that name one of these files."""
    for record in read.latest(store) if names else ():
        named = record["predictions"] if record["status"] == "ok" else None
        if named and any(Path(named[field]).name in names for field in ("path", "test")):
            yield record


def _newest(folder: Path) -> list[Path]:
    written = {path: path.stat().st_mtime for path in folder.glob("*.npz")}
    last = max(written.values(), default=0.0)
    return sorted(path for path, when in written.items() if when >= last - UNSURE_S)


def _torn(path: Path) -> bool:
    """Whether a file is not all there; its own sums say it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is not None
    except DAMAGED:
        return True
    except RuntimeError:  # packed, so forced to the disk, and this Python has no bz2
        return False
