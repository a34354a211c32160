"""What is kept of one file of records: where each stands, how it ended, and the rows they make."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchbig import store
from benchbig.errors import BenchError
from benchbig.index.known import Columns, columns
from benchbig.index.stamp import Stamp, settled, stamp
from benchbig.record import Record
from benchbig.tables.row import Row
from benchbig.tables.rows import unranked
from benchbig.tables.select import select

# Neither a plan nor a table looks at these, and they are half of a record.
HEAVY = ("params", "weights", "predictions", "command", "data_sha256", "test_ids_sha256")


@dataclass(frozen=True)
class Made:
    """A row that is not ranked yet, as a table of JSON, and the places of its records.

    outdated: whether it has no value because the task has a newer version.
    """

    row: dict[str, Any]
    chosen: list[int]
    outdated: bool


@dataclass(frozen=True)
class Entry:
    """One file of records, as it was when it had this stamp.

    stamp: None where the file could change unseen. columns: of the records that count, the last
    of each key. at: the bytes in the file before each. version: the newest task version among
    its results, 0 without any; judged_by: the one its rows were made with. foreign: whether a
    record belongs in another file.
    """

    stamp: Stamp | None
    columns: Columns
    at: list[int]
    version: int
    judged_by: int
    made: list[Made]
    foreign: bool


def read(path: Path, newest: int) -> Entry:
    """Read a whole file. newest: a version its task is known to have elsewhere.

    Raises BenchError for a line that is whole but no record.
    """
    with path.open("rb") as file:
        seen = stamp(file)  # before the content: what is appended meanwhile makes it old
        found, at = {}, {}
        for place, record in _lines(path, file):
            found[record["key"]], at[record["key"]] = _lighter(record), place
    results = store.results(found.values())
    version = max((record["task_version"] for record in results), default=0)
    names = {(record["task"], record["model"]) for record in found.values()}
    places = {key: place for place, key in enumerate(found)}
    judged_by = max(version, newest)
    made = [
        Made(
            vars(unranked(chosen)),
            [places[record["key"]] for record in chosen.records],
            chosen.outdated is not None,
        )
        for chosen in select(results, {path.parent.name: judged_by})
    ]
    return Entry(
        stamp=seen if settled(seen) else None,
        columns=columns(found.values()),
        at=[at[key] for key in found],
        version=version,
        judged_by=judged_by,
        made=made,
        foreign=not names <= {(path.parent.name, path.stem)},
    )


def records(path: Path, entry: Entry, keys: Collection[str] | None) -> list[Record]:
    """The records of these keys, None for all, whole, from the file itself."""
    found = []
    with path.open("rb") as file:
        for at, key in zip(entry.at, entry.columns["key"], strict=True):
            if keys is None or key in keys:
                file.seek(at)
                record = _parsed(path, file.readline())
                if record.get("key") != key:  # not the file that was indexed: read all of it
                    return [one for one in _latest(path) if keys is None or one["key"] in keys]
                found.append(record)
    return found


def _parsed(path: Path, line: bytes) -> Record:
    """The record of a line, an empty one where it is none."""
    try:
        return store.parse(path, 0, line) if line.endswith(b"\n") else {}
    except BenchError:
        return {}


def row(made: Made, superseded: int | None = None) -> Row:
    """The row again, out of its table. superseded: in place of what it says."""
    table = {**made.row, "envs": tuple(made.row["envs"]), "warnings": tuple(made.row["warnings"])}
    if superseded is not None:
        table["superseded"] = superseded
    return Row(**table)


def _latest(path: Path) -> list[Record]:
    with path.open("rb") as file:
        return list({record["key"]: record for _, record in _lines(path, file)}.values())


def _lines(path: Path, file: Any) -> Iterator[tuple[int, Record]]:
    """Every whole line: the bytes before it, and its record."""
    at = 0
    for number, line in enumerate(store.as_written(file), 1):
        if line.endswith(b"\n"):
            yield at, store.parse(path, number, line)
        at += len(line)


def _lighter(record: Record) -> Record:
    for name in HEAVY:
        record.pop(name, None)
    if record["tuning"]:
        record["tuning"].pop("tried", None)
    return record
