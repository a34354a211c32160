"""Which jobs of a plan are this machine's, where several share the work without talking?"""

from __future__ import annotations

import heapq
import math
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from benchbig.cards import SuiteCard, TaskCard
from benchbig.errors import BenchError
from benchbig.job import Job
from benchbig.typical import asked, typical


class Shard(NamedTuple):
    """One part of a plan: number (from 1) of so many."""

    number: int
    of: int


def parse(text: str) -> Shard:
    """'2/8' as a shard. Raises BenchError for anything else."""
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    if match is None or int(match[1]) > int(match[2]):
        raise BenchError(f"--shard {text}: type which part of how many, such as 2/8")
    return Shard(int(match[1]), int(match[2]))


def share(jobs: Sequence[Job], weights: Sequence[float], shard: Shard) -> tuple[Job, ...]:
    """The jobs of this shard, in their order; all shards together have each job once.

    Longest first, each to the shard with the least work so far (Graham 1969, "Bounds on
    multiprocessing timing anomalies": at most 4/3 of the best longest shard). Equals go by their
    place in the plan, so that every machine cuts alike. Raises BenchError where nothing is left.
    """
    if shard.of > len(jobs):
        raise BenchError(
            f"--shard {shard.number}/{shard.of}: the plan has {len(jobs)} jobs; "
            f"cut it into at most {len(jobs)}"
        )
    loads = [(0.0, 0, number) for number in range(1, shard.of + 1)]  # work, jobs, whose
    own = []
    for index in sorted(range(len(jobs)), key=lambda i: (-weights[i], i)):
        load, count, number = heapq.heappop(loads)
        heapq.heappush(loads, (load + weights[index], count + 1, number))
        if number == shard.number:
            own.append(index)
    return tuple(jobs[index] for index in sorted(own))


def weights(
    jobs: Iterable[Job], tasks: Mapping[str, TaskCard], suites: Iterable[SuiteCard]
) -> list[float]:
    """Seconds each job is taken to need, out of the cards alone.

    Not of what a store has measured, since two machines' stores differ and the cut must not. A
    part of the training data takes that part of the time; what no card knows, the median.
    """
    suites, jobs = list(suites), list(jobs)
    known = [_seconds(job, tasks[job.task], suites) for job in jobs]
    there = [seconds for seconds in known if seconds is not None]
    usual = statistics.median(there) if there else 1.0
    return [usual if seconds is None else seconds for seconds in known]


def _seconds(job: Job, task: TaskCard, suites: Iterable[SuiteCard]) -> float | None:
    found = typical(job, suites)
    if found is None:
        return None
    there = task.split.n_train or math.inf
    rows, whole = min(asked(job), there), min(found.size, there)
    known = math.isfinite(rows) and math.isfinite(whole)
    return found.seconds * (rows / whole if known else 1.0)
