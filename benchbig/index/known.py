"""What a driver must know of the records of a task and a model, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from benchbig.record import Record

OWN = (
    "key", "task_version", "device", "n_train_asked", "limit", "status", "attempt", "error",
    "job_s",
)  # fmt: skip
FIELDS = ("task", "model", *OWN)
Columns = dict[str, list[Any]]  # of one task and model: its records' OWN fields, no key twice


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
    """Records of one task and model by key, each a dict of FIELDS alone, made when asked for."""

    def __init__(self, task: str, model: str, columns: Columns) -> None:
        self.task, self.model = task, model
        self._columns = columns

    @cached_property
    def _place(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self._columns["key"])}

    def statuses(self) -> dict[str, str]:
        """How each ended, by key."""
        return dict(zip(self._columns["key"], self._columns["status"], strict=True))

    def __getitem__(self, key: str) -> Record:
        place = self._place[key]
        own = {name: self._columns[name][place] for name in OWN}
        return {"task": self.task, "model": self.model, **own}

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns["key"])

    def __len__(self) -> int:
        return len(self._columns["key"])
