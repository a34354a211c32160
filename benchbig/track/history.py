"""The history: one JSON file a run, named by its time, its commit and its content.

Files are only ever added, so that a branch merges without conflicts and a bucket without locks
takes them; the same run added twice is one file.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchbig.errors import BenchError

VERSION = 1
COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class Measurement:
    """One model on one task in a run.

    values: seed to the task's metric, null where the seed did not end well; costs: the name of
    a cost to what each seed took. env: the machine, None where seeds ran on several.
    """

    task: str
    task_version: int
    model: str
    n_train: int
    device: str
    metric: str
    higher_is_better: bool
    env: str | None
    values: Mapping[str, float | None]
    costs: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Run:
    """What one commit measured. committed_at, finished_at: UTC, ISO 8601."""

    commit: str
    committed_at: str
    finished_at: str
    measurements: tuple[Measurement, ...]

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Sorts as the commits were made, runs of one commit as they ended."""
        return datetime.fromisoformat(self.committed_at), self.commit, self.finished_at


def add(history: Path, run: Run) -> tuple[Path, bool]:
    """Write the run; its file, and whether it is new. Raises BenchError where that cannot be."""
    text = json.dumps({"version": VERSION, **asdict(run)}, indent=1, sort_keys=True) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    when = datetime.fromisoformat(run.committed_at).astimezone(UTC)
    path = history / f"{when:%Y%m%dT%H%M%SZ}-{run.commit[:12]}-{digest}.json"
    if path.exists():
        return path, False
    part = path.with_suffix(".part")
    try:
        history.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise BenchError(f"--history {history}: cannot be written ({error.strerror})") from None
    return path, True


def read(history: Path) -> list[Run]:
    """All runs, the oldest commit first. Raises BenchError for a file that is none."""
    if not history.is_dir():
        raise BenchError(
            f"--history {history}: no such folder; type: benchbig track add STORE --history "
            f"{history}"
        )
    runs = [_parsed(path) for path in sorted(history.glob("*.json"))]
    return sorted(runs, key=lambda run: run.order)


def _parsed(path: Path) -> Run:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            raise BenchError(
                f"{path}: version {told['version']}, but this benchbig reads {VERSION}; "
                "install a newer benchbig"
            )
        run = Run(
            _commit(told["commit"]),
            told["committed_at"],
            told["finished_at"],
            tuple(_measurement(one) for one in told["measurements"]),
        )
        _ = run.order
    except (OSError, ValueError, KeyError, TypeError):
        raise BenchError(f"{path}: not a run of a history; move it out of the folder") from None
    return run


def _commit(text: Any) -> str:
    if not COMMIT.fullmatch(text):
        raise ValueError(text)
    return str(text)


def _measurement(told: Mapping[str, Any]) -> Measurement:
    measured = Measurement(**told)
    for numbers in (measured.values, *measured.costs.values()):
        for number in numbers.values():
            if number is not None and not math.isfinite(number):
                raise ValueError(number)
    return measured
