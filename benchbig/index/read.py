"""Ask a store: how did these jobs end, which rows do its records make, what does a record say?

A small store is simply read. Of a large one the index knows what has been read before; each file
of records is looked at, and read again where it is not the one that the index knows.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from benchbig import environment, store
from benchbig.index import entry
from benchbig.index.entry import Entry
from benchbig.index.known import Known, columns
from benchbig.index.shelf import entries, newer_bytes
from benchbig.record import Record
from benchbig.tables.row import Row
from benchbig.tables.rows import ranked, unranked
from benchbig.tables.rows import rows as rows_of
from benchbig.tables.select import select

SMALL_BYTES = 8_000_000  # some 2,000 records: read in the time that an index would take
SPLIT_BYTES = 100_000_000  # that much to read is worth several processes

Pairs = Collection[tuple[str, str]]  # task and model
Wanted = Callable[[str, str], bool]  # whether a task and a model are meant
# Of a task and a model, the keys that are meant; None for all of them.
Keys = Callable[[str, str], frozenset[str] | None]
T = TypeVar("T")


class _NoIndex(Exception):
    """Only all records together tell: the store is small, or a record lies in another's file."""


def known(folder: Path, pairs: Pairs, take: Callable[[Iterable[Known]], T]) -> T:
    """What `take` makes of what is known of the records of these tasks and models, pair by pair.

    Pairs without a record are not among them. `take` may be begun twice: that a record lies in
    another's file, so that no index helps, is seen only there.
    """
    try:
        found = _files(folder, lambda *pair: pair in pairs)
        return take(Known(path.parent.name, path.stem, one.columns) for path, one in found)
    except _NoIndex:
        by_pair: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in _plain(folder, lambda *pair: pair in pairs, None):
            by_pair[record["task"], record["model"]].append(record)
        return take(Known(*pair, columns(records)) for pair, records in by_pair.items())


def rows(
    folder: Path,
    tasks: Sequence[str] = (),
    wanted: Wanted | None = None,
    keys: Keys | None = None,
) -> list[Row]:
    """The rows of a store's results, as `benchbig.tables.rows.rows` makes them of its records.

    tasks: their order. wanted: which tasks and models; None for all. keys: of a task and a model
    the records that count, as if there were no others; None for all.
    """
    return counted(folder, tasks, wanted, keys)[0]


def counted(
    folder: Path,
    tasks: Sequence[str] = (),
    wanted: Wanted | None = None,
    keys: Keys | None = None,
) -> tuple[list[Row], int]:
    """As `rows`, and how many trials (--limit) of what is wanted these leave out."""
    trials = 0

    def counting(files: Iterable[tuple[Path, Entry]]) -> Iterator[tuple[Path, Entry]]:
        nonlocal trials
        for path, one in files:
            trials += len(one.columns["limit"]) - one.columns["limit"].count(0)
            yield path, one

    try:
        found = groupby(counting(_files(folder, wanted)), key=lambda pair: pair[0].parent)
        made = (row for _, files in found for row in _of_task(tuple(files), keys))
        return ranked(made, tasks), trials
    except _NoIndex:
        plain = _plain(folder, wanted, keys)
        return rows_of(plain, tasks), len(plain) - len(store.results(plain))


def records(folder: Path, keys: Keys, wanted: Wanted | None = None) -> list[Record]:
    """The records of these keys, whole. wanted: which tasks and models they can be of."""
    try:
        found = _files(folder, wanted)
        return [
            record
            for path, one in found
            for record in entry.records(path, one, keys(path.parent.name, path.stem))
        ]
    except _NoIndex:
        return _plain(folder, wanted, keys)


def _plain(folder: Path, wanted: Wanted | None, keys: Keys | None) -> list[Record]:
    return [
        record
        for record in store.latest(folder)
        if (wanted is None or wanted(record["task"], record["model"]))
        and (keys is None or _among(record["key"], keys(record["task"], record["model"])))
    ]


def _among(key: str, keys: frozenset[str] | None) -> bool:
    return keys is None or key in keys


def _files(folder: Path, wanted: Wanted | None) -> Iterator[tuple[Path, Entry]]:
    """The files of a large store that are wanted, task by task, and what the index knows of them.

    Raises _NoIndex where there is no use in one.
    """
    found: dict[str, list[Path]] = defaultdict(list)
    total = 0
    for path in sorted((folder / "records").glob("*/*.jsonl")):
        total += path.stat().st_size
        if wanted is None or wanted(path.parent.name, path.stem):
            found[path.parent.name].append(path)
    if total < SMALL_BYTES:
        raise _NoIndex
    _read_side_by_side(folder, found)
    for task, paths in found.items():
        there = entries(folder, task)
        for path in paths:
            if path.name in there:  # it may be gone by now
                if there[path.name].foreign:
                    raise _NoIndex
                yield path, there[path.name]


def _read_side_by_side(folder: Path, tasks: Mapping[str, Iterable[Path]]) -> None:
    """Where there is much to read, have several processes read a task each into the index."""
    due = {task: newer_bytes(folder, task, paths) for task, paths in tasks.items()}
    stale = sorted((task for task in due if due[task]), key=lambda task: -due[task])
    workers = min(environment.cores(), len(stale))
    if workers < 2 or sum(due.values()) < SPLIT_BYTES:
        return
    # -P: a file of the working folder is not imported in a library's stead.
    command = [sys.executable, "-P", "-m", "benchbig.index", str(folder)]
    quiet = subprocess.DEVNULL  # what goes wrong there goes wrong here again, and is said here
    started = [
        subprocess.Popen([*command, *stale[number::workers]], stdout=quiet, stderr=quiet)
        for number in range(workers)
    ]
    for process in started:
        process.wait()


def _of_task(files: Sequence[tuple[Path, Entry]], keys: Keys | None) -> Iterator[Row]:
    """The rows of a task's files; where not all records count, made again of those that do."""
    if keys is None or _all_count(files, keys):
        yield from (entry.row(made) for _, one in files for made in one.made)
        return
    asked = [(path, one, _asked(one, keys(path.parent.name, path.stem))) for path, one in files]
    newest = max(
        (
            one.columns["task_version"][place]
            for _, one, places in asked
            for mine in places.values()
            for place in mine
        ),
        default=0,
    )
    for path, one, places in asked:
        left: set[int] = set()
        for made in one.made:
            mine = places.get((made.row["n_train_asked"], made.row["device"]), set())
            outdated = one.columns["task_version"][made.chosen[0]] < newest
            if mine == set(made.chosen) and made.outdated == outdated:
                yield entry.row(made, superseded=0)
            else:
                left |= mine
        if left:
            names = {one.columns["key"][place] for place in left}
            found = select(entry.records(path, one, names), {path.parent.name: newest})
            yield from map(unranked, found)


def _all_count(files: Sequence[tuple[Path, Entry]], keys: Keys) -> bool:
    """Whether all records of these files count, and no others were looked at for their rows."""
    version = max(one.version for _, one in files)
    return all(
        (one.judged_by == version or not one.made)
        and (
            (mine := keys(path.parent.name, path.stem)) is None
            or mine.issuperset(one.columns["key"])
        )
        for path, one in files
    )


def _asked(one: Entry, keys: frozenset[str] | None) -> dict[tuple[int, str], set[int]]:
    """The places of the results that are asked for, by training size and device."""
    fields = ("key", "n_train_asked", "device", "limit")
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for place, (key, size, device, limit) in enumerate(
        zip(*(one.columns[name] for name in fields), strict=True)
    ):
        if not limit and _among(key, keys):
            found[size, device].add(place)
    return found
