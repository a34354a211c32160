"""From a store to a run of the history: which commit was measured, and what came out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchbig import store
from benchbig.errors import BenchError
from benchbig.gate.costs import MEASURES
from benchbig.record import Record
from benchbig.tables.select import select
from benchbig.track.history import COMMIT, Measurement, Run


def run(folder: Path, commit: str | None, committed_at: str | None) -> Run:
    """What a store holds, under a commit.

    commit: a revision of the repository one stands in, or a full name of a commit of any other
    with its time (ISO 8601); None for the one the records name. Raises BenchError where there
    is no record, or no single commit.
    """
    chosen = [one.records for one in select(store.latest(folder)) if not one.outdated]
    records = [record for found in chosen for record in found]
    if not records:
        raise BenchError(f"{folder}: no records that count; run a suite without --limit first")
    name, when = _commit(commit or _of_records(records), committed_at)
    finished = max(record["finished_at"] or record["started_at"] or "" for record in records)
    return Run(name, when, finished or when, tuple(_measurement(found) for found in chosen))


def _measurement(records: Sequence[Record]) -> Measurement:
    ok = [record for record in records if record["status"] == "ok"]
    about = (ok or records)[-1]
    envs = {record["env"] for record in ok}
    costs = {}
    for measure in MEASURES:
        taken = {str(record["seed"]): measure.value(record) for record in ok}
        known = {seed: float(value) for seed, value in taken.items() if value is not None}
        if known:
            costs[measure.name] = known
    return Measurement(
        task=about["task"],
        task_version=about["task_version"],
        model=about["model"],
        n_train=about["n_train_asked"],
        device=about["device"],
        metric=about["metric"],
        higher_is_better=bool(about["higher_is_better"]),
        env=envs.pop() if len(envs) == 1 else None,
        values={str(record["seed"]): record["value"] for record in records},
        costs=costs,
    )


def _of_records(records: Iterable[Record]) -> str:
    """The commit that the records name, if they agree."""
    found = sorted({record["git_commit"] for record in records if record["git_commit"]})
    if len(found) != 1:
        raise BenchError(
            f"the records name {len(found) or 'no'} commits; say which one was measured: "
            "--commit REV"
        )
    return str(found[0])


def _commit(named: str, committed_at: str | None) -> tuple[str, str]:
    """The commit's full name and its time in UTC."""
    if committed_at is not None:
        if not COMMIT.fullmatch(named):
            raise BenchError(f"--commit {named}: with --time, type the commit's full name")
        return named, _time(committed_at)
    told = _git("show", "--no-patch", "--format=%H %cI", "--end-of-options", f"{named}^{{commit}}")
    if told is None:
        raise BenchError(
            f"--commit {named}: this repository has no such revision; type its full name and "
            "--time, such as 2026-01-31T12:00:00+00:00"
        )
    name, _, when = told.partition(" ")
    return name, _time(when)


def _time(text: str) -> str:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise BenchError(f"--time {text}: type such as 2026-01-31T12:00:00+00:00") from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.astimezone(UTC).isoformat()


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
