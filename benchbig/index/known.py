"""What a driver must know of a record, in columns: a million of them fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchbig.record import Record

OWN = (
    "key", "task_version", "device", "n_train_asked", "limit", "status", "attempt", "error",
    "job_s",
)  # fmt: skip
FIELDS = ("task", "model", *OWN)
Columns = dict[str, list[Any]]  # of one task and model: its records' OWN fields


def columns(records: Iterable[Record]) -> Columns:
    """The columns of these records; a traceback, which nobody plans by, stays in its record."""
    found: Columns = {name: [] for name in OWN}
    for record in records:
        for name in OWN:
            value = record[name]
            if name == "error" and value is not None:
                value = {**value, "traceback": None}
            found[name].append(value)
    return found


class Known(Mapping[str, Record]):
    """Records by key, each a dict of FIELDS alone, made when it is asked for.

    parts: task, model and their columns. The last one of a key counts.
    """

    def __init__(self, parts: Iterable[tuple[str, str, Columns]]) -> None:
        self._columns: Columns = {name: [] for name in FIELDS}
        for task, model, part in parts:
            count = len(part["key"])
            self._columns["task"] += [task] * count
            self._columns["model"] += [model] * count
            for name in OWN:
                self._columns[name] += part[name]
        keys = self._columns["key"]
        self._place = dict(zip(keys, range(len(keys)), strict=True))

    def __getitem__(self, key: str) -> Record:
        place = self._place[key]
        return {name: column[place] for name, column in self._columns.items()}

    def ended_well(self) -> set[str]:
        """The keys of those that are ok."""
        status = self._columns["status"]
        return {key for key, place in self._place.items() if status[place] == "ok"}

    def __contains__(self, key: object) -> bool:
        return key in self._place

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)
