"""What a driver asks of a worker, as text that crosses any border."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchbig.job import Job
from benchbig.record import Record


@dataclass(frozen=True)
class Request:
    """One job and all that a worker needs for it.

    record: the blank record to fill in. folder: the job's own, where the worker leaves its
    record and predictions. roots: plugin folders. device: "cpu", "cuda" or "mps". alone: whether
    the run starts no other job beside it.
    """

    job: Job
    record: Record
    task_card: str
    model_card: str
    task_files: Mapping[str, str]
    model_files: Mapping[str, str]
    roots: tuple[str, ...]
    folder: str
    cache: str
    device: str
    threads: int
    alone: bool

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @property
    def path(self) -> Path:
        return Path(self.folder)


def from_json(text: str) -> Request:
    """The request that `to_json` wrote."""
    table = json.loads(text)
    return Request(**{**table, "job": Job(**table["job"]), "roots": tuple(table["roots"])})
