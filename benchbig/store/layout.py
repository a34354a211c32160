"""Where things lie in a store; names out of records become paths only here."""

from __future__ import annotations

import re
from pathlib import Path

from benchbig.errors import BenchError
from benchbig.record import Record

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
KEY = re.compile(r"[0-9a-f]{16,20}")
WORK = ".work"


def records_file(store: Path, record: Record) -> Path:
    """records/<task>/<model>.jsonl. Raises BenchError where a name is not a plain one."""
    for field in ("task", "model"):
        if not NAME.fullmatch(str(record.get(field))):
            raise BenchError(f"a record's {field} is {record.get(field)!r}, which is not a name")
    return store / "records" / str(record["task"]) / f"{record['model']}.jsonl"


def env_file(store: Path, digest: str) -> Path:
    if not KEY.fullmatch(digest):
        raise BenchError(f"an environment's name must be 16 hexadecimal digits, not {digest!r}")
    return store / "env" / f"{digest}.json"


def predictions_folder(store: Path) -> Path:
    return store / "predictions"


def log_file(store: Path, key: str) -> Path:
    return store / "logs" / f"{key}.log"


def work_folder(store: Path, run: str, key: str) -> Path:
    """A job's own; a run's own too, so that a worker which outlives its run writes nowhere else."""
    return store / WORK / run[:8] / key
