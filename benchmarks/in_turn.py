"""What does the harness cost a job, where each of its jobs stands between two of the plain script?

Runs of a second or more drift with the machine by more than a job's cost in process. So here both
do their jobs in turn, in one process: whenever benchbig's serial executor is about to do a job, a
job of the plain script is done and timed first, and what lies between two such points is one job of
benchbig's, from its request to its record, on the disk and shown. The cost is the difference to
the mean of the two plain jobs around it.

    python benchmarks/in_turn.py JOBS
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import plain
from measuring import Figures, median_within

from benchbig.executors.ended import Ended
from benchbig.executors.serial import Serial

WARM = 10  # jobs at the beginning that compile, import and fill caches


def measure(jobs: int) -> Figures:
    """Seconds a job: the plain script's, benchbig's, and how much longer that takes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "plain").mkdir()
        os.environ["BENCHBIG_CACHE"] = str(folder / "cache")
        theirs, own = _in_turn(jobs + WARM + 1, folder)
    above = [
        job - (before + after) / 2
        for job, before, after in zip(own, theirs[:-1], theirs[1:], strict=True)
    ]
    return {
        "jobs": jobs,
        "plain_s": median_within(theirs[WARM:]),
        "own_s": median_within(own[WARM:]),
        "above_s": median_within(above[WARM:]),
    }


def _in_turn(jobs: int, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds of each plain job, and of what benchbig did between two of them."""
    theirs: list[float] = []
    own: list[float] = []
    wait = Serial.wait
    began = 0.0

    def plain_first(executor: Serial, seconds: float) -> list[Ended]:
        nonlocal began
        now = time.perf_counter()
        if theirs:
            own.append(now - began)
        plain.job(len(theirs), folder / "plain")
        began = time.perf_counter()
        theirs.append(began - now)
        return wait(executor, seconds)

    with patch.object(Serial, "wait", plain_first), _silent():
        _run(jobs, folder / "own")
    return theirs, own


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
