"""What is taken of each task's records before the next task's are read?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchbig import store
from benchbig.cards import Catalog
from benchbig.errors import BenchError
from benchbig.record import Record
from benchbig.site import board, data, downloads, spool
from benchbig.site.board import Place, Read, Task, place
from benchbig.site.findings import matter
from benchbig.site.predicted.seen import Seen, seen
from benchbig.site.spool import Laid, Spool
from benchbig.site.write import Put
from benchbig.tables.columns import record_frame, row_frame
from benchbig.verdict import money
from benchbig.verdict.task import Matter

KEPT = ("accuracy",)  # what a verdict asks of a row's metrics beside the task's own


@dataclass(frozen=True)
class Taken:
    """What one task gave. values: Board's. seen: what the best of each family predicted.

    rows, records: its tables, laid flat. newest: when its last record ended.
    """

    task: Task
    matter: Matter | None
    values: dict[Place, tuple[float, ...]]
    seen: dict[Place, Seen]
    rows: Laid
    records: Laid
    newest: str | None


@dataclass
class Gathered:
    """What all tasks have given so far; their tables lie in files."""

    rows: Spool
    records: Spool
    tasks: list[Task] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    values: dict[Place, tuple[float, ...]] = field(default_factory=dict)
    seen: dict[Place, Seen] = field(default_factory=dict)
    newest: str | None = None
    trials: int = 0  # records of runs with --limit, which no page shows


def take(results: Path, records: Sequence[Record], catalog: Catalog, put: Put) -> Taken | None:
    """Put the files that are this task's own and give what the others need of it.

    None where its records are trial runs alone.
    """
    found = board.read(records, catalog)
    if found is None:
        return None
    task = found.task
    table = row_frame(task.rows)
    downloads.write(put, f"tasks/{task.slug}", table)
    known = catalog.files["baselines"]
    cards = [catalog.model(name) for name in sorted({r.model for r in task.rows}) if name in known]
    payload = data.records_payload(found, cards, _machines(results, task))
    put(f"data/records/{task.slug}.js", data.script("records", payload))
    found = replace(found, task=_lean(task))
    return Taken(
        task=found.task,
        matter=matter(results, found, money.read()),
        values=board.values(found),
        seen=_seen(results, found),
        rows=spool.laid(table),
        records=spool.laid(record_frame(records)),
        newest=found.newest,
    )


def add(found: Gathered, one: Taken | None, trials: int) -> None:
    """Keep what a task gave; trials: how many of its records no page shows."""
    found.trials += trials
    if one is None:
        return
    spool.put(found.rows, one.rows)
    spool.put(found.records, one.records)
    found.tasks.append(one.task)
    if one.matter is not None:
        found.matters.append(one.matter)
    found.values |= one.values
    found.seen |= one.seen
    found.newest = max(filter(None, (found.newest, one.newest)), default=None)


def _lean(task: Task) -> Task:
    """The task without most of its rows' metrics, which stand in its tables' files."""
    tables = []
    for table in task.tables:
        rows = (
            replace(row, metrics={name: row.metrics[name] for name in KEPT if name in row.metrics})
            for row in table.rows
        )
        tables.append(replace(table, rows=tuple(rows)))
    return replace(task, tables=tuple(tables))


def _machines(results: Path, task: Task) -> dict[str, dict[str, Any]]:
    """The environments of a task's rows that the store describes."""
    found = {}
    for digest in sorted({env for row in task.rows for env in row.envs}):
        try:
            described = store.env(results, digest)
        except BenchError:
            continue  # a name that is no hash: nothing to look up
        if described is not None:
            found[digest] = described
    return found


def _seen(results: Path, found: Read) -> dict[Place, Seen]:
    """What the best of each family predicted, where it can be read."""
    drawn = {}
    for table in found.task.main:
        for row in (table.best("classical"), table.best("pretrained")):
            if row is not None:
                one = seen(results, found.task.kind, found.behind[place(row)])
                if one is not None:
                    drawn[place(row)] = one
    return drawn
