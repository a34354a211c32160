"""How far is a plan: which jobs are left, and how did those end that have a record?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from benchbig import index
from benchbig.cards import SuiteCard
from benchbig.index.known import Known, columns
from benchbig.job import Alike, Job, Plan
from benchbig.planning import estimates, remaining
from benchbig.record import Record

Pair = tuple[str, str]  # task and model


@dataclass(frozen=True)
class Progress:
    """A plan beside a store.

    left: the jobs to run, in the plan's order. there: the records of those of them that have one,
    by key. seconds: what each of them will take, by key, None where nobody knows. ended, ok: how
    many jobs of the plan have a record, an ok one. others: the records that are not ok. whole: the
    tasks and models of which the store has this plan's records alone.
    """

    left: tuple[Job, ...]
    there: Mapping[str, Record]
    seconds: Mapping[str, float | None]
    ended: int
    ok: int
    others: tuple[Record, ...]
    whole: frozenset[Pair]


def look(
    folder: Path, plan: Plan, suites: Iterable[SuiteCard], force: bool, retry: int
) -> Progress:
    """How far the plan is in this store. Pair by pair, so that memory holds what is left alone."""
    pairs, suites = by_pair(plan), tuple(suites)

    def of_pair(known: Known) -> Progress:
        return _of_pair(pairs[known.task, known.model], known, suites, force, retry)

    def take(each: Iterable[Known]) -> dict[Pair, Progress]:
        return {(known.task, known.model): of_pair(known) for known in each}

    found = index.known(folder, pairs, take)
    parts = [found.get(pair) or of_pair(Known(*pair, columns(()))) for pair in pairs]
    return Progress(
        left=tuple(chain.from_iterable(part.left for part in parts)),
        there={key: record for part in parts for key, record in part.there.items()},
        seconds={key: seconds for part in parts for key, seconds in part.seconds.items()},
        ended=sum(part.ended for part in parts),
        ok=sum(part.ok for part in parts),
        others=tuple(chain.from_iterable(part.others for part in parts)),
        whole=frozenset(chain.from_iterable(part.whole for part in parts)),
    )


def by_pair(plan: Plan) -> dict[Pair, list[Alike]]:
    """The plan's jobs by task and model, in their order."""
    found: dict[Pair, list[Alike]] = defaultdict(list)
    for alike in plan.alike:
        found[alike.first.task, alike.first.model].append(alike)
    return dict(found)


def keys(plan: Plan, whole: frozenset[Pair] = frozenset()) -> index.Keys:
    """Which records of a task and a model are this plan's; whole: where all are, as is known."""
    pairs = by_pair(plan)

    @lru_cache(maxsize=16)  # whoever asks goes through a store file by file
    def of(task: str, model: str) -> frozenset[str] | None:
        if (task, model) in whole:
            return None
        return frozenset(key for one in pairs.get((task, model), ()) for _, key in one.keyed())

    return of


def _of_pair(
    alike: Iterable[Alike], known: Known, suites: Sequence[SuiteCard], force: bool, retry: int
) -> Progress:
    statuses, ended, ok = known.statuses(), 0, 0
    due: list[Job] = []
    others: list[Record] = []
    for one in alike:
        for seed, key in one.keyed():
            status = statuses.get(key)
            ended += status is not None
            ok += status == "ok"
            if status is not None and status != "ok":
                others.append(known[key])
            if force or status != "ok":
                due.append(one.job(seed, key))
    left = remaining(due, known, force, retry)
    return Progress(
        left=tuple(left),
        there={job.key: known[job.key] for job in left if job.key in statuses},
        seconds=estimates(left, known.values() if left else (), suites),
        ended=ended,
        ok=ok,
        others=tuple(others),
        whole=frozenset({(known.task, known.model)} if ended == len(known) else ()),
    )
