"""The rows of a store and, for each, its predictions made ready for comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig import store
from benchbig.cards import Costs
from benchbig.record import Record
from benchbig.tables.row import Row
from benchbig.tables.rows import rows
from benchbig.tables.select import Place, select

if TYPE_CHECKING:
    from benchbig.stats.joint import Pair
    from benchbig.stats.paired import Scored


@dataclass(frozen=True)
class Evidence:
    """A store, read. costs: task name to the costs on its card.

    records: the ok records behind each row, by seed. scores: what was computed so far.
    """

    folder: Path
    rows: tuple[Row, ...]
    records: Mapping[Place, Sequence[Record]]
    costs: Mapping[str, Costs | None]
    scores: dict[tuple[str, str], Scored] = field(default_factory=dict)


def place(row: Row) -> Place:
    """Where a row's records stand."""
    return row.task, row.model, row.n_train_asked, row.device


def gather(
    folder: Path,
    records: Iterable[Record],
    tasks: Sequence[str],
    costs: Mapping[str, Costs | None],
) -> Evidence:
    """The evidence of these records of a store; tasks: their order."""
    records = list(records)
    behind: dict[Place, Sequence[Record]] = {}
    for chosen in select(records):
        first = chosen.records[0]
        at = first["task"], first["model"], first["n_train_asked"], first["device"]
        ok = [record for record in chosen.records if record["status"] == "ok"]
        behind[at] = [] if chosen.outdated else ok
    return Evidence(folder, tuple(rows(records, tasks)), behind, costs)


def scores(evidence: Evidence, row: Row, metric: str | None = None) -> dict[int, Scored]:
    """Seed to the row's model made ready on that seed's test part, by its own or another metric.

    Raises BenchError where predictions cannot be read.
    """
    from benchbig.stats.paired import scored

    found: dict[int, Scored] = {}
    for record in evidence.records.get(place(row), ()):
        name = metric or record["metric"]
        known = evidence.scores.get((record["key"], name))
        if known is None:
            of = store.predictions(evidence.folder, record)
            if of is None:
                continue
            costs = evidence.costs.get(record["task"])
            known = scored(name, record["kind"], of.ids, of.y, of.p, costs, of.groups)
            evidence.scores[record["key"], name] = known
        found[record["seed"]] = known
    return found


def pair(evidence: Evidence, classical: Row, large: Row, metric: str | None = None) -> Pair:
    """Both rows' seeds that the other has too, tested on the same examples, in one order."""
    import numpy as np

    base, head = scores(evidence, classical, metric), scores(evidence, large, metric)
    seeds = [
        seed
        for seed in sorted(base)
        if seed in head and np.array_equal(base[seed].ids, head[seed].ids)
    ]
    return [base[seed] for seed in seeds], [head[seed] for seed in seeds]
