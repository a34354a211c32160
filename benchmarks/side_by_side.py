"""How much sooner do jobs end side by side, and what do neighbours do to each other's times?

One-thread jobs of about half a second (the toy task, bagged centres, a seed a job) are run by
forked workers one after another and as many at a time as there are cores, in turn, each time into
a new store. Given are the ratio of the runs' times by the clock (goal for two cores: at most 0.6)
and the ratios of the jobs' own median `fit_s` and single-prediction latency, side by side over
alone: 1 would mean that neighbours are not felt.

    python benchmarks/side_by_side.py [--rounds 3] [--jobs 16]
"""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import NamedTuple

from measuring import BENCHBIG, HERE, Figures, arguments, markdown, median, say, timed

from benchbig import environment


class Run(NamedTuple):
    """Seconds by the clock of a run; medians over its jobs, in seconds and milliseconds."""

    wall_s: float
    fit_s: float
    latency_ms: float


def run(beside: int, jobs: int) -> Run:
    """So many jobs, so many at a time."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        line = [BENCHBIG, "run", "--plugins", str(HERE / "toy"), "--task", "tumour",
                "--model", "bagged_centres", "--seeds", f"0-{jobs - 1}", "--jobs", str(beside),
                "--executor", "fork", "--device", "cpu", "--results", str(folder / "out"),
                "--offline"]  # fmt: skip
        took = timed(line, {"BENCHBIG_CACHE": str(folder / "cache")})
        kept = folder / "out" / "records" / "tumour" / "bagged_centres.jsonl"
        records = [json.loads(text) for text in kept.read_text(encoding="utf-8").splitlines()]
    if [record["status"] for record in records] != ["ok"] * jobs:
        raise RuntimeError("a job has not ended well")
    return Run(
        took.wall_s,
        statistics.median(record["fit_s"] for record in records),
        statistics.median(record["latency_ms"]["p50"] for record in records),
    )


def measure(rounds: int, jobs: int) -> Figures:
    """The ratios, side by side over one after another, within each round."""
    cores = environment.cores()
    run(cores, 1)  # compiles byte code
    ratios = []
    for _ in range(rounds):
        alone, beside = run(1, jobs), run(cores, jobs)
        ratios.append([b / a for a, b in zip(alone, beside, strict=True)])
    found = {name: median([one[at] for one in ratios]) for at, name in enumerate(Run._fields)}
    return {"cores": cores, "jobs": jobs, "rounds": rounds, "ratios": found}


def lines(figures: Figures) -> list[str]:
    """The table."""
    names = {"wall_s": "the run", "fit_s": "a job's fit", "latency_ms": "a single prediction"}
    rows = [
        [name, *(f"{figures['ratios'][key][what]:.2f}" for what in ("median", "low", "high"))]
        for key, name in names.items()
    ]
    head = [f"{figures['cores']} at a time over one by one", "median", "low", "high"]
    return markdown(head, rows)


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=16)
    given = parser.parse_args()
    say(measure(given.rounds, given.jobs), lines, given.json)
