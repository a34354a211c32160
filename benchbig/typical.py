"""How long does a job take, as far as a suite's card tells?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from benchbig.cards import SuiteCard
from benchbig.job import Job


class Typical(NamedTuple):
    """What a card says. size: training rows, infinity for all there are; seconds: of a job."""

    size: float
    seconds: float


def typical(job: Job, suites: Iterable[SuiteCard]) -> Typical | None:
    """Of the smallest size that a card names and that is not below the job's, on a CPU.

    Else of the largest size named; None where no card knows the job's task and model.
    """
    known = [
        Typical(suite.largest(job.task, job.model) or math.inf, float(seconds))
        for suite in suites
        if (seconds := suite.typical_s.get(job.task, {}).get(job.model)) is not None
    ]
    able = [one for one in known if one.size >= asked(job)]
    return min(able, default=None) or max(known, default=None)


def asked(job: Job) -> float:
    """The training rows of a job; infinity for all there are."""
    return job.n_train or math.inf
