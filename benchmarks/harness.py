"""What does the harness cost above a plain script that does the same jobs by hand?

The toy task (569 rows) and the toy model (a fit of under a millisecond) are run with one seed a
job, in five ways: by the plain script, by benchbig in its own process, in forked workers and in
fresh interpreters, and by benchopt. benchopt runs in an environment of its own and is held
against the same plain script there. All compute the same things with the same functions: see
plain.py. All jobs run one after another on one thread.

A machine that is shared drifts within seconds by more than what is looked for. So runs are short,
each contender's stand between two of the plain script, there are many rounds, every other one in
reverse, and what counts is the median of the differences within a round, with an interval for that
median. The difference at the long run less that at the short one, by the jobs between, is the
cost a job; the rest is fixed. In process a job costs less than even that can show: there both do
their jobs in turn, in one process (in_turn.py). The plain script imports what the jobs need, so a
fixed cost is what comes on top of those imports. Goals: 100 ms fixed, 2 ms a job in process, 15 ms
a job isolated. They were set on a machine where benchopt took 10 ms a job; as machines differ, and
one machine from hour to hour, the share of what benchopt takes in the same round tells more: 0.2
and 1.5.

    python benchmarks/harness.py --others .bench/bin
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from measuring import (
    BENCHBIG,
    HERE,
    Figures,
    Timed,
    arguments,
    markdown,
    median_within,
    output,
    say,
    timed,
)

PLAIN, PLAIN_THERE = "plain script", "plain script, benchopt's environment"
IN_PROCESS, FORK = "in process", "isolated, forked"
SPAWN, BENCHOPT = "isolated, fresh interpreters", "benchopt, in process"
GOALS = {IN_PROCESS: (0.1, 0.002), FORK: (0.1, 0.015)}  # seconds: fixed, a job
BENCHOPT_S = 0.010  # a job, where the goals were set
AGAINST = {IN_PROCESS: PLAIN, FORK: PLAIN, SPAWN: PLAIN, BENCHOPT: PLAIN_THERE}
FEW = 4  # jobs of a long run where each job starts an interpreter
ROUNDS = {IN_PROCESS: 30, SPAWN: 5}  # at most: the first scatters little, the other takes long
EXECUTORS = {IN_PROCESS: "serial", FORK: "fork", SPAWN: "spawn"}


class Above(NamedTuple):
    """Seconds that n jobs take longer than by the plain script: fixed_s + n * job_s."""

    fixed_s: float
    job_s: float


class Round(NamedTuple):
    """What a contender costs above its plain script, and what that itself took, in one round."""

    wall: Above
    cpu: Above
    plain: Above


def measure(others: Path, rounds: int, jobs: int) -> Figures:
    """What each contender costs above its plain script: the median of the rounds' differences."""
    for name in (PLAIN, PLAIN_THERE, *AGAINST):
        _run(name, 1, others)  # compiles byte code and fills caches
    found: dict[str, list[Round]] = {name: [] for name in AGAINST}
    for number in range(rounds):
        backwards = bool(number % 2)
        for name in AGAINST:
            if number >= ROUNDS.get(name, rounds):
                continue
            if name == IN_PROCESS:
                found[name].append(_in_turn(jobs, others, backwards))
            else:
                long = FEW if name == SPAWN else jobs
                found[name].append(_round(name, long, others, backwards))
    return {
        "rounds": rounds,
        "jobs": jobs,
        "plain": _medians([one.plain for one in found[FORK]]),
        "above": {
            name: {
                "wall": _medians([one.wall for one in those]),
                "cpu": _medians([one.cpu for one in those]),
                "of_benchopts": median_within(_shares(those, found[BENCHOPT])),
                "goal_s": GOALS.get(name),
            }
            for name, those in found.items()
        },
    }


def _shares(those: list[Round], benchopts: list[Round]) -> list[float]:
    """A job's cost as a share of benchopt's in the same round."""
    pairs = zip(those, benchopts, strict=False)  # some contenders have fewer rounds
    return [one.wall.job_s / other.wall.job_s for one, other in pairs]


def _round(name: str, jobs: int, others: Path, backwards: bool) -> Round:
    """A long and a short run of a contender between those of its plain script."""
    base = AGAINST[name]
    turns = [(base, jobs), (name, jobs), (name, 1), (base, 1)]
    took = {turn: _run(*turn, others) for turn in turns[:: -1 if backwards else 1]}
    walls, cpus = zip(*(took[turn] for turn in turns), strict=True)
    return Round(above(jobs, *walls), above(jobs, *cpus), above(jobs, 0, walls[0], walls[3], 0))


def _in_turn(jobs: int, others: Path, backwards: bool) -> Round:
    """Jobs in turn with the plain script's in one process; a run of one job for what is fixed."""
    job = json.loads(output([sys.executable, str(HERE / "in_turn.py"), str(jobs)]))
    turns = (PLAIN, IN_PROCESS)
    took = {name: _run(name, 1, others) for name in turns[:: -1 if backwards else 1]}
    costs = []
    for clock, base_s, own_s in zip(("wall", "cpu"), *(took[name] for name in turns), strict=True):
        job_s = job[clock]["above_s"]["median"]
        costs.append(Above(own_s - base_s - job_s, job_s))
    plain_s = job["wall"]["plain_s"]["median"]
    return Round(*costs, Above(took[PLAIN].wall_s - plain_s, plain_s))


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


def above(
    jobs: int, base_long: float, own_long: float, own_short: float, base_short: float
) -> Above:
    """The line through two differences, of so many jobs and of one."""
    long_s, short_s = own_long - base_long, own_short - base_short
    job_s = (long_s - short_s) / (jobs - 1)
    return Above(short_s - job_s, job_s)


def _medians(found: list[Above]) -> Figures:
    return {
        "fixed_s": median_within([one.fixed_s for one in found]),
        "job_s": median_within([one.job_s for one in found]),
    }


def lines(figures: Figures) -> list[str]:
    """The table."""
    rows = []
    for name, found in figures["above"].items():
        wall, cpu, goal = found["wall"], found["cpu"], found["goal_s"]
        wanted = "none"
        if goal:
            fixed_s, job_s = goal
            wanted = f"{1e3 * fixed_s:.0f} and {1e3 * job_s:.0f} ms; {job_s / BENCHOPT_S:.1f}"
        mid, low, high = (found["of_benchopts"][key] for key in ("median", "low", "high"))
        share = "1" if name == BENCHOPT else f"{mid:.2f} ({low:.2f} to {high:.2f})"
        rows.append([name, _ms(wall["fixed_s"]), _ms(wall["job_s"], 1), share,
                     f"{1e3 * cpu['job_s']['median']:.1f} ms", wanted])  # fmt: skip
    plain = figures["plain"]
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
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=60, help="of a long run; a short one has one")
    given = parser.parse_args()
    say(measure(given.others, given.rounds, given.jobs), lines, given.json)
