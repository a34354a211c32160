"""What a driver asks of a worker, as text that crosses any border."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchbig.job import Job
from benchbig.record import Record

# What a worker leaves in its folder.
RECORD_FILE, STAGE_FILE, LOG_FILE = "record.json", "stage", "log"
LOG_BYTES = 10_000_000  # kept of what a job prints


@dataclass(frozen=True)
class Request:
    """One job and all that a worker needs for it.

    record: the blank record to fill in. folder: the job's own, where the worker leaves its
    record and predictions. cache: what jobs share. roots: plugin folders. device: "cpu", "cuda" or
    "mps". alone: whether the run starts no other job beside it. memory, disk: bytes that the job's
    processes may hold and its folder may take; None for any number. cores: those it is kept to,
    gpu: the one it sees, as CUDA_VISIBLE_DEVICES names it; none where it is not kept. writable:
    the only folders it may write to; any where none is named.
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
    memory: int | None = None
    disk: int | None = None
    cores: tuple[int, ...] = ()
    gpu: str = ""
    writable: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps({**vars(self), "job": asdict(self.job)})

    @property
    def path(self) -> Path:
        return Path(self.folder)


def from_json(text: str) -> Request:
    """The request that `to_json` wrote."""
    table = json.loads(text)
    lists = {name: tuple(table[name]) for name in ("roots", "cores", "writable")}
    return Request(**{**table, **lists, "job": Job(**table["job"])})
