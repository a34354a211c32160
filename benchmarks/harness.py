"""What does the harness cost above a plain script that does the same jobs by hand?

The toy task (569 rows) and the toy model (a fit of under a millisecond) are run with one seed a
job, in five ways: by the plain script, by benchbig in its own process, in forked workers and in
fresh interpreters, and by benchopt. benchopt runs in an environment of its own and is held
against the same plain script there. All compute the same things with the same functions: see
plain.py. All jobs run one after another on one thread.

A line through the times at several numbers of jobs gives a fixed cost and a cost a job; the plain
script's line is subtracted within each round. The plain script imports what the jobs need, so a
fixed cost is what comes on top of those imports. Goals: 100 ms fixed, 2 ms a job in process,
15 ms a job isolated. They were set on a machine where benchopt took 10 ms a job; as machines
differ, and one machine from hour to hour, the share of what benchopt takes in the same run tells
more: 0.2 and 1.5.

    python benchmarks/harness.py --others .bench/bin
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from measuring import BENCHBIG, HERE, Figures, Timed, arguments, markdown, median, say, timed

PLAIN, PLAIN_THERE = "plain script", "plain script, benchopt's environment"
GOALS = {"in process": (0.1, 0.002), "isolated, forked": (0.1, 0.015)}  # seconds: fixed, a job
SPAWN, BENCHOPT = "isolated, fresh interpreters", "benchopt, in process"
BENCHOPT_S = 0.010  # a job, where the goals were set
AGAINST = {
    "in process": PLAIN,
    "isolated, forked": PLAIN,
    SPAWN: PLAIN,
    BENCHOPT: PLAIN_THERE,
}
FEW = (1, 4)  # numbers of jobs, where each one starts an interpreter
EXECUTORS = {"in process": "serial", "isolated, forked": "fork", SPAWN: "spawn"}


class Line(NamedTuple):
    """Seconds of n jobs: fixed_s + n * job_s."""

    fixed_s: float
    job_s: float


def measure(others: Path, rounds: int, sizes: Sequence[int]) -> Figures:
    """The lines of all contenders in each round, and what each costs above its plain script."""
    names = (PLAIN, PLAIN_THERE, *AGAINST)
    walls: dict[str, list[Line]] = {name: [] for name in names}
    cpus: dict[str, list[Line]] = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in names:
            # A fresh interpreter a job takes so long that few jobs show it well enough.
            counts = sizes if name != SPAWN else FEW
            if not number:  # the round before the first one compiles byte code and fills caches
                _run(name, 1, others)
                continue
            took = [_run(name, jobs, others) for jobs in counts]
            walls[name].append(line(counts, [one.wall_s for one in took]))
            cpus[name].append(line(counts, [one.cpu_s for one in took]))
    return {
        "rounds": rounds,
        "jobs": list(sizes),
        "plain": {name: _spread(walls[name]) for name in (PLAIN, PLAIN_THERE)},
        "above": {
            name: {
                "wall": _spread(_difference(walls[name], walls[base])),
                "cpu": _spread(_difference(cpus[name], cpus[base])),
                "goal_s": GOALS.get(name),
            }
            for name, base in AGAINST.items()
        },
    }


def _run(name: str, jobs: int, others: Path) -> Timed:
    """One contender doing so many jobs, into a new folder."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        env = {"BENCHBIG_CACHE": str(folder / "cache")}
        if name in (PLAIN, PLAIN_THERE):
            python = sys.executable if name == PLAIN else str(others / "python")
            took = timed([python, str(HERE / "plain.py"), str(jobs), str(folder / "out")], env)
            kept = folder / "out" / "records.jsonl"
        elif name in EXECUTORS:
            took = timed(_benchbig(EXECUTORS[name], jobs, folder / "out"), env)
            kept = folder / "out" / "records" / "tumour" / "centre.jsonl"
        else:
            took = _benchopt(others, jobs, folder)
            kept = folder / "out" / "records.jsonl"
        done = len(kept.read_text(encoding="utf-8").splitlines())
    if done != jobs:
        raise RuntimeError(f"{name}: {done} of {jobs} jobs left a record")
    return took


def _benchbig(executor: str, jobs: int, results: Path) -> list[str]:
    seeds = f"0-{jobs - 1}"
    return [BENCHBIG, "run", "--plugins", str(HERE / "toy"), "--task", "tumour",
            "--model", "centre", "--seeds", seeds, "--jobs", "1", "--executor", executor,
            "--device", "cpu", "--results", str(results), "--offline"]  # fmt: skip


def _benchopt(others: Path, jobs: int, folder: Path) -> Timed:
    """A copy of its folder each time, since it keeps its cache and its results beside the code."""
    shutil.copytree(HERE / "benchopt_toy", folder / "toy")
    (folder / "out").mkdir()
    env = {"PYTHONPATH": str(HERE), "TOY_FOLDER": str(folder / "out")}
    return timed([str(others / "benchopt"), "run", str(folder / "toy"), "-r", str(jobs), "--local",
                  "--seed", "0", "--no-timeout", "--no-plot", "--no-display"], env)  # fmt: skip


def line(counts: Sequence[int], seconds: Sequence[float]) -> Line:
    """The least-squares line through the points."""
    found = statistics.linear_regression(counts, seconds)
    return Line(found.intercept, found.slope)


def _difference(ones: list[Line], others: list[Line]) -> list[Line]:
    pairs = zip(ones, others, strict=True)
    return [Line(a.fixed_s - b.fixed_s, a.job_s - b.job_s) for a, b in pairs]


def _spread(found: list[Line]) -> Figures:
    return {
        "fixed_s": median([one.fixed_s for one in found]),
        "job_s": median([one.job_s for one in found]),
    }


def lines(figures: Figures) -> list[str]:
    """The table."""
    rows = []
    theirs = figures["above"][BENCHOPT]["wall"]["job_s"]["median"]
    for name, found in figures["above"].items():
        wall, cpu, goal = found["wall"], found["cpu"], found["goal_s"]
        wanted = "none"
        if goal:
            fixed_s, job_s = goal
            wanted = f"{1e3 * fixed_s:.0f} and {1e3 * job_s:.0f} ms; {job_s / BENCHOPT_S:.1f}"
        share = wall["job_s"]["median"] / theirs
        rows.append([name, _ms(wall["fixed_s"]), _ms(wall["job_s"], 1), f"{share:.2f}",
                     f"{1e3 * cpu['job_s']['median']:.1f} ms", wanted])  # fmt: skip
    plain = figures["plain"][PLAIN]
    head = ["above the plain script", "fixed", "a job", "of benchopt's", "a job, CPU", "goal"]
    return [
        *markdown(head, rows),
        "",
        f"The plain script itself: {_ms(plain['fixed_s'])} fixed, most of it imports, and "
        f"{_ms(plain['job_s'], 1)} a job.",
    ]


def _ms(found: Figures, digits: int = 0) -> str:
    """'12 ms (10 to 15)'."""
    mid, low, high = (f"{1e3 * found[key]:.{digits}f}" for key in ("median", "low", "high"))
    return f"{mid} ms ({low} to {high})"


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--others", type=Path, required=True, help="the folder of benchopt")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 20, 60], help="line's points")
    given = parser.parse_args()
    say(measure(given.others, given.rounds, given.jobs), lines, given.json)
