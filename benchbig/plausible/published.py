"""Do new records agree with those that are published already?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchbig import store
from benchbig.record import Record

APART = 3.0  # half widths of the published interval
Part = tuple[str, int, int]  # task, its version, seed


@dataclass(frozen=True)
class Published:
    """by_key: the ok records. best: task and size to the best of them, labels: the file of ids and
    labels that each test part's records name, after a hash of both.
    """

    by_key: dict[str, Record]
    best: dict[tuple[str, int, int], Record]
    labels: dict[Part, set[str]]

    def of(self, task: str) -> list[Record]:
        """A task's records."""
        return [record for record in self.by_key.values() if record["task"] == task]


def published(folder: Path) -> Published:
    """What a store has."""
    found = Published({}, {}, {})
    for record in store.results(store.latest(folder)):
        if record["status"] != "ok":
            continue
        found.by_key[record["key"]] = record
        if record["predictions"]:
            found.labels.setdefault(_part(record), set()).add(record["predictions"]["test"])
        at = _size(record)
        if at not in found.best or _gain(record, found.best[at]) > 0:
            found.best[at] = record
    return found


def of_published(record: Record, known: Published) -> Iterator[str]:
    """Where a record and the published ones cannot both be right, or hardly; of a trial, whose
    test part is cut, nothing can be said."""
    if record["limit"]:
        return
    labels = known.labels.get(_part(record))
    if labels and record["predictions"] and record["predictions"]["test"] not in labels:
        yield "its test part has other ids or labels than the published records of this seed"
    same = known.by_key.get(record["key"])
    if same is not None and _apart(record, same) > APART:
        yield f"{record['value']:.4g}, but {same['value']:.4g} is published under the same key"
    best = known.best.get(_size(record))
    if best is not None and _gain(record, best) > 0 and _apart(record, best) > APART:
        yield (
            f"{record['value']:.4g} is far better than anything published on this task: "
            f"{best['model']} has {best['value']:.4g}"
        )


def _part(record: Record) -> Part:
    return record["task"], record["task_version"], record["seed"]


def _size(record: Record) -> tuple[str, int, int]:
    return record["task"], record["task_version"], record["n_train_asked"]


def _gain(record: Record, other: Record) -> float:
    sign = 1.0 if record["higher_is_better"] else -1.0
    return float(sign * (record["value"] - other["value"]))


def _apart(record: Record, other: Record) -> float:
    """How many half widths of the published interval lie between two values."""
    if other["ci_low"] is None or other["ci_high"] is None:
        return 0.0
    half = (other["ci_high"] - other["ci_low"]) / 2
    difference = abs(record["value"] - other["value"])
    return float(difference / half) if half > 0 else (float("inf") if difference else 0.0)
