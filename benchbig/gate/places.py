"""Which models on which tasks stand in both stores, and may they be compared at all?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchbig.record import Record
from benchbig.tables.select import select_all

Place = tuple[str, str, int, str, int]  # task, model, n_train_asked, device, limit

# What must be the same for two values to be on one scale; and how that is said.
SCALE = (
    ("task_version", "other version of the task"),
    ("metric", "other metric"),
    ("kind", "other kind of task"),
    ("scheme", "other split"),
)
# The same of one seed.
OF_A_SEED = (
    ("test_ids_sha256", "other test examples"),
    ("data_sha256", "other data"),
)


@dataclass(frozen=True)
class Pair:
    """One model on one task in two stores.

    base, head: its newest records, one a seed, in order of seeds, however they ended; empty
    where the store has none. repeats: further ok records of the same jobs, for costs.
    """

    place: Place
    base: tuple[Record, ...]
    head: tuple[Record, ...]
    repeats: tuple[tuple[Record, ...], tuple[Record, ...]]

    @property
    def any(self) -> Record:
        """A record to read the task's facts from."""
        return (self.head or self.base)[-1]


def ok(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record["status"] == "ok"]


def pairs(base: Sequence[Record], head: Sequence[Record]) -> list[Pair]:
    """Every place of either store; base, head: all records of the stores, in order."""
    before, after = _by_place(base), _by_place(head)
    again = _repeats(base), _repeats(head)
    found = []
    for place in sorted({*before, *after}):
        one, other = before.get(place, ()), after.get(place, ())
        repeats = (_of(one, again[0]), _of(other, again[1]))
        found.append(Pair(place, one, other, repeats))
    return found


def status(pair: Pair) -> tuple[str, str] | None:
    """What is to be said without looking at a prediction: a status and why; else None."""
    before, after = ok(pair.base), ok(pair.head)
    if not pair.head:
        return ("missing", "") if before else ("not comparable", f"{_ended(pair.base)} in BASE")
    if not pair.base:
        return ("new", "") if after else ("not comparable", f"new, but {_ended(pair.head)}")
    newly = _newly_failing(pair)
    if newly:
        return "newly failing", newly
    if not before and not after:
        return "not comparable", f"{_ended(pair.base)} in BASE, {_ended(pair.head)} in HEAD"
    if not before:
        return "new", f"{_ended(pair.base)} in BASE"
    return _apart(before, after)


def _by_place(records: Sequence[Record]) -> dict[Place, tuple[Record, ...]]:
    by_limit: dict[int, dict[str, Record]] = defaultdict(dict)
    for record in records:
        by_limit[record["limit"]][record["key"]] = record
    found = {}
    for limit, last in by_limit.items():
        for chosen in select_all(last.values()):
            one = chosen.records[0]
            place = (one["task"], one["model"], one["n_train_asked"], one["device"], limit)
            found[place] = chosen.records
    return found


def _repeats(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in ok(records):
        found[record["key"]].append(record)
    return found


def _of(chosen: Iterable[Record], again: dict[str, list[Record]]) -> tuple[Record, ...]:
    return tuple(one for record in chosen for one in again.get(record["key"], ()))


def _newly_failing(pair: Pair) -> str:
    """How a seed ended that BASE had; or any seed, where all of BASE's ended well."""
    was_ok = {record["seed"] for record in ok(pair.base)}
    all_well = len(was_ok) == len(pair.base)
    lost = [
        record
        for record in pair.head
        if record["status"] != "ok" and (all_well or record["seed"] in was_ok)
    ]
    if not lost:
        return ""
    more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
    return f"seed {lost[0]['seed']}: {_ended(lost[:1])}{more}"


def _ended(records: Sequence[Record]) -> str:
    """'failed: the matrix is singular'."""
    last = records[-1]
    lines = ((last["error"] or {}).get("message") or "").strip().splitlines()
    return f"{last['status']}: {lines[0]}" if lines else str(last["status"])


def _apart(before: Sequence[Record], after: Sequence[Record]) -> tuple[str, str] | None:
    """Why the values are not on one scale, if so."""
    for field, said in SCALE:
        was, now = before[-1][field], after[-1][field]
        if was != now:
            return "not comparable", f"{said}: {was}, then {now}"
    by_seed = {record["seed"]: record for record in before}
    for record in after:
        was = by_seed.get(record["seed"])
        for field, said in OF_A_SEED if was is not None else ():
            assert was is not None
            if was[field] != record[field]:
                return "not comparable", f"{said} at seed {record['seed']}"
    return None
