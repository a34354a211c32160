"""What does the harness cost a job, where each of its jobs stands between two of the plain script?

Runs of a second drift with a shared machine by more than a job's cost in process. So here both do
their jobs in turn, in one process: whenever benchbig's serial executor is about to do a job, a job
of the plain script is done and timed first, and what lies between two such points is one job of
benchbig's, from its request to its record on the disk. The cost is the difference to the mean of
the two plain jobs around it.

    python benchmarks/in_turn.py JOBS
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import plain
from measuring import Figures, median_within

from benchbig.executors.ended import Ended
from benchbig.executors.serial import Serial

WARM = 10  # jobs at the beginning that compile, import and fill caches
CLOCKS: dict[str, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}
Times = dict[str, float]


@dataclass
class Turns:
    """By each clock, the seconds of every plain job and of what benchbig did between two."""

    theirs: list[Times] = field(default_factory=list)
    own: list[Times] = field(default_factory=list)

    def above(self, clock: str) -> Figures:
        """How much longer benchbig takes, job by job, once both are warm."""
        theirs = [one[clock] for one in self.theirs]
        around = [(before + after) / 2 for before, after in pairwise(theirs)]
        own = [one[clock] for one in self.own]
        costs = [job - beside for job, beside in zip(own, around, strict=True)]
        return {
            "plain_s": median_within(theirs[WARM:]),
            "above_s": median_within(costs[WARM:]),
        }


def measure(jobs: int) -> Figures:
    """Seconds a job by each clock: the plain script's, and what benchbig takes longer."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "plain").mkdir()
        os.environ["BENCHBIG_CACHE"] = str(folder / "cache")
        turns = _turns(jobs + WARM + 1, folder)
    return {"jobs": jobs, **{clock: turns.above(clock) for clock in CLOCKS}}


def _turns(jobs: int, folder: Path) -> Turns:
    """Run benchbig on so many jobs, with one of the plain script before each."""
    turns, wait, began = Turns(), Serial.wait, _now()

    def plain_first(executor: Serial, seconds: float) -> list[Ended]:
        nonlocal began
        now = _now()
        if turns.theirs:
            turns.own.append(_since(began, now))
        plain.job(len(turns.theirs), folder / "plain")
        began = _now()
        turns.theirs.append(_since(now, began))
        return wait(executor, seconds)

    with patch.object(Serial, "wait", plain_first), _silent():
        _run(jobs, folder / "own")
    return turns


def _now() -> Times:
    return {clock: read() for clock, read in CLOCKS.items()}


def _since(before: Times, now: Times) -> Times:
    return {clock: now[clock] - before[clock] for clock in CLOCKS}


def _run(jobs: int, results: Path) -> None:
    """benchbig's command line, in this process."""
    from benchbig.cli import main

    toy = str(plain.HERE / "toy")
    sys.argv = ["benchbig", "run", "--plugins", toy, "--task", "tumour", "--model", "centre",
                "--seeds", f"0-{jobs - 1}", "--jobs", "1", "--executor", "serial", "--device",
                "cpu", "--results", str(results), "--offline"]  # fmt: skip
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
