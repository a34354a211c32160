"""Read a store: records as they are, the last one of each key first of all."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, AnyStr

from benchbig.errors import BenchError
from benchbig.record import SCHEMA_VERSION, Record
from benchbig.store import layout, quick

NEEDED = ("schema_version", "key", "task", "status")  # what reading a store leans on


def lines(store: Path) -> Iterator[tuple[Path, int, bytes]]:
    """Every line of every record file: the file, its number from 1, its bytes, of whatever kind."""
    for path in sorted((store / "records").glob("*/*.jsonl")):
        with path.open("rb") as file:
            for number, text in enumerate(as_written(file), 1):
                yield path, number, text


def as_written(file: Iterable[AnyStr]) -> Iterator[AnyStr]:
    """The lines of an open file, up to one that lacks its end.

    A writer may be at it: a moment later the rest of that line is read as if it were a line.
    """
    for line in file:
        yield line
        if line[-1:] not in ("\n", b"\n"):
            return


def records(store: Path) -> list[Record]:
    """All records, in the order of their files and lines; a torn last line is passed over.

    Raises BenchError for a line that is whole but not a record, or of a newer schema.
    """
    return [parse(path, number, text) for path, number, text in lines(store) if _whole(text)]


def latest(store: Path) -> list[Record]:
    """The records that count: of one key the last, wherever it stands."""
    by_key: dict[str, Record] = {}
    for record in records(store):
        by_key[record["key"]] = record
    return list(by_key.values())


def task_folders(store: Path) -> list[Path] | None:
    """The folders of records, each of one task's own; None where a record lies in another's."""
    folders: dict[Path, list[Path]] = defaultdict(list)
    for path in sorted((store / "records").glob("*/*.jsonl")):
        folders[path.parent].append(path)
    own = all(_own(path) for paths in folders.values() for path in paths)
    return list(folders) if own else None


def _own(path: Path) -> bool:
    """Whether every line is a record of the folder's task, written as `append` writes them."""
    content = path.read_bytes()
    own = b'"task":' + json.dumps(path.parent.name).encode()
    # A name within a text stands there with its quotes escaped.
    return content.count(own) == content.count(b'"task":') == content.count(b"\n")


def of_folder(folder: Path) -> list[Record]:
    """The records of one task's folder that count. Raises BenchError as `records` does."""
    by_key: dict[str, Record] = {}
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            for number, text in enumerate(as_written(file), 1):
                if _whole(text):
                    record = parse(path, number, text)
                    by_key[record["key"]] = record
    return list(by_key.values())


def by_task(store: Path) -> list[list[Record]]:
    """The records that count, a list a task, by the tasks' names."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in latest(store):
        found[record["task"]].append(record)
    return [found[task] for task in sorted(found)]


def results(found: Iterable[Record]) -> list[Record]:
    """Those that belong in tables: trial runs with --limit are left out."""
    return [record for record in found if not record["limit"]]


def env(store: Path, digest: str) -> dict[str, Any] | None:
    """The description of a machine, None where the store has none of this name that is whole."""
    path = layout.env_file(store, digest)
    try:
        described = json.loads(path.read_bytes()) if path.is_file() else None
    except ValueError:  # torn when the machine went down; check says so
        return None
    return described if isinstance(described, dict) else None


def _whole(text: bytes) -> bool:
    """Only the last line of a file can lack its end: a writer was killed in the middle of it."""
    return text.endswith(b"\n")


def parse(path: Path, number: int, text: str | bytes) -> Record:
    """The record of one whole line. Raises BenchError where it is none, or of a newer schema."""
    try:
        record: Record = quick.loads(text)
        version, *_ = (record[name] for name in NEEDED)
    except (ValueError, KeyError, TypeError):
        raise BenchError(
            f"{path}:{number}: not a record; type: benchbig check {path.parents[2]}"
        ) from None
    if version != SCHEMA_VERSION:
        raise BenchError(
            f"{path}:{number}: schema version {version}, but this benchbig reads "
            f"{SCHEMA_VERSION}; install a newer benchbig"
        )
    return record
