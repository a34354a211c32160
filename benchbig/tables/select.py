"""Which records make a row: one a seed, all of the same version and parameters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchbig.record import Record
from benchbig.store.read import results

Place = tuple[str, str, int, str]  # task, model, n_train_asked, device


@dataclass(frozen=True)
class Chosen:
    """One record a seed, by seed; how many were left out, and why all count for nothing."""

    records: tuple[Record, ...]
    superseded: int
    outdated: str | None


def select(records: Iterable[Record], newest: Mapping[str, int] | None = None) -> list[Chosen]:
    """The records of each row to be; trial runs (with --limit) are in none."""
    return select_all(results(records), newest)


def select_all(records: Iterable[Record], newest: Mapping[str, int] | None = None) -> list[Chosen]:
    """The records of each row to be, of records that all have one limit, whatever it is.

    newest: task name to a version that is there besides, where these are not all records.

    A store can hold a task's or a model's older versions, or a card's older parameters, under
    keys of their own. Means over a mixture would belong to no contender, so only the newest
    version and parameters count; of one seed the newest record does.
    """
    places: dict[Place, list[Record]] = defaultdict(list)
    versions = dict(newest or {})
    for record in records:
        task, version = record["task"], record["task_version"]
        versions[task] = max(version, versions.get(task, version))
        places[task, record["model"], record["n_train_asked"], record["device"]].append(record)
    return [_choose(found, versions[place[0]]) for place, found in places.items()]


def _choose(found: Sequence[Record], version: int) -> Chosen:
    ordered = sorted(found, key=_age)
    newest = ordered[-1]
    identity = _identity(newest)
    same = [record for record in ordered if _identity(record) == identity]
    by_seed = {record["seed"]: record for record in same}
    outdated = None
    if newest["task_version"] < version:
        outdated = (
            f"outdated: measured on version {newest['task_version']} of the task, "
            f"others on version {version}; run it again"
        )
    chosen = tuple(by_seed[seed] for seed in sorted(by_seed))
    return Chosen(chosen, len(found) - len(chosen), outdated)


def _age(record: Record) -> tuple[int, int, str]:
    """Sorts from old to new; the sort is stable, so where this is equal the order given counts."""
    when = record["finished_at"] or record["started_at"] or ""
    return record["task_version"], record["model_version"], when


def _identity(record: Record) -> tuple[int, int, Any]:
    return record["task_version"], record["model_version"], record["search"]
