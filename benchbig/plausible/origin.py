"""Is it known on what machine and with what code a record was made?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchbig import store
from benchbig.errors import BenchError
from benchbig.record import Record

DESCRIBED = ("cpu", "cores", "memory_bytes", "os", "python", "packages")


def of_origin(folder: Path, record: Record) -> Iterator[str]:
    """What a reader would have to know to repeat it."""
    if record["git_commit"] is None and record["dirty"]:
        yield "made with changed code of no known commit"
    elif record["dirty"]:
        yield f"made with code that differs from commit {record['git_commit'][:10]}"
    if record["status"] == "ok":
        yield from _machine(folder, record["env"])
    yield from _times(record)


def _machine(folder: Path, digest: str | None) -> Iterator[str]:
    try:
        described = store.env(folder, digest) if digest else None
    except (BenchError, ValueError):
        described = None
    if described is None:
        yield "its machine is not described"
        return
    lacking = [name for name in DESCRIBED if not described.get(name)]
    if lacking:
        yield f"its machine is described without {', '.join(lacking)}"


def _times(record: Record) -> Iterator[str]:
    try:
        started, finished = (
            datetime.fromisoformat(record[name]) for name in ("started_at", "finished_at")
        )
        took = (finished - started).total_seconds()
        ahead = finished > datetime.now(UTC) + timedelta(days=1)
    except (TypeError, ValueError):
        yield "started_at and finished_at are no two times with their zone"
        return
    if ahead:
        yield f"finished at {record['finished_at']}, which is yet to come"
    if took < 0:
        yield "finished before it started"
    elif record["job_s"] is not None and record["job_s"] > took + 5:
        yield f"a job of {record['job_s']:.1f} s between two times {took:.1f} s apart"
