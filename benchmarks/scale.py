"""How long does it take to go on with, and to tabulate, a store of 100,000 records or of 1,000,000?

A store is made first (`big_store.py`; 0.4 GB, or 4 GB), and then, each as a command of its own:

- **plan**: `run --dry-run` of all its jobs, with no store yet;
- **resume**: `run` of all its jobs, which finds that none is left and prints the tables;
- **tabulate**: `export` of all rows;

the last two with no index yet ("cold": every record is read) and with one ("warm"), and `export`
once more after one record was appended. CPU time counts the processes that a command starts in;
peak memory is that of the largest of them. The files are in the system's cache, as they are for
whoever has just written or read them.

    python benchmarks/scale.py --json benchmarks/scale.json
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from big_store import SUITE, make
from measuring import BENCHBIG, Figures, arguments, inherited, machine, markdown, say

# Copies of tasks and of models, seeds; rounds.
SIZES = {"100,000": (10, 4, 14, 3), "1,000,000": (20, 8, 34, 1)}
STEPS = {
    "plan": "plan its jobs",
    "resume_cold": "resume, no index yet",
    "tabulate_cold": "tabulate, no index yet",
    "resume_warm": "resume",
    "tabulate_warm": "tabulate",
    "tabulate_after_one": "tabulate, one record more",
}


def measure(sizes: Iterable[str]) -> Figures:
    """The figures of these sizes, and the machine they were made on."""
    return {"machine": machine(), "sizes": {size: _of(*SIZES[size]) for size in sizes}}


def _of(tasks: int, models: int, seeds: int, rounds: int) -> Figures:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHBIG_SCRATCH")) as name:
        folder = Path(name)
        records = make(folder, tasks, models, seeds)
        files = list((folder / "store" / "records").glob("*/*.jsonl"))
        print(f"{records:,} records made", flush=True)
        time.sleep(3)  # a file that was written a moment ago is not taken for settled
        runs: dict[str, list[Figures]] = {step: [] for step in STEPS}
        for _ in range(rounds):
            for step, run in _round(folder, files[0]).items():
                runs[step].append(run)
        index = folder / "cache" / "index"
        return {
            "records": records,
            "files": len(files),
            "bytes": sum(path.stat().st_size for path in files),
            "index_bytes": sum(path.stat().st_size for path in index.rglob("*") if path.is_file()),
            **{step: _middle(found) for step, found in runs.items()},
        }


def _round(folder: Path, some: Path) -> dict[str, Figures]:
    """Every step once."""
    plugins, store = str(folder / "plugins"), str(folder / "store")
    run = [BENCHBIG, "run", "--suite", SUITE, "--plugins", plugins, "--device", "cpu", "--offline"]
    export = [BENCHBIG, "export", "--format", "csv", "--plugins", plugins, "--results", store]
    found = {}
    found["plan"] = _timed(folder, [*run, "--dry-run", "--results", str(folder / "none")])
    for step, command in (("resume", [*run, "--results", store]), ("tabulate", export)):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        found[f"{step}_cold"] = _timed(folder, command)
        found[f"{step}_warm"] = _timed(folder, command)
    with some.open("ab") as file:
        file.write(some.read_bytes().splitlines(keepends=True)[-1])
    found["tabulate_after_one"] = _timed(folder, export)
    return found


def _timed(folder: Path, command: list[str]) -> Figures:
    """Seconds and peak bytes of a command. Raises RuntimeError where it does not end well.

    A run ends with 1 where records of failed jobs are left, as they are here.
    """
    env = {**inherited(), "BENCHBIG_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"}
    began = time.perf_counter()
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=env)
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1) or said:
        raise RuntimeError(f"{' '.join(command)} ended with {status}:\n{said.decode()[-4000:]}")
    return {"seconds": seconds, "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_bytes": usage.ru_maxrss * 1024}  # fmt: skip


def _middle(runs: list[Figures]) -> Figures:
    """The run of the median time, and the range of the times."""
    ordered = sorted(runs, key=lambda run: run["seconds"])
    return {
        **ordered[len(ordered) // 2],
        "low": ordered[0]["seconds"],
        "high": ordered[-1]["seconds"],
    }


def lines(figures: Figures) -> list[str]:
    """The table."""
    sizes = figures["sizes"]
    head = ["clock, CPU, peak", *(f"{facts['records']:,} records" for facts in sizes.values())]
    rows = [["the records", *(f"{f['bytes'] / 1e9:.2f} GB in {f['files']:,} files"
                              for f in sizes.values())],
            ["their index", *(f"{f['index_bytes'] / 1e6:.0f} MB"
                              for f in sizes.values())]]  # fmt: skip
    for step, said in STEPS.items():
        rows.append([said, *(_cell(facts[step]) for facts in sizes.values())])
    return markdown(head, rows)


def _cell(run: Figures) -> str:
    spread = f" ({run['low']:.1f} to {run['high']:.1f})" if run["low"] < run["high"] else ""
    return f"{run['seconds']:.1f} s{spread}, {run['cpu_s']:.1f} s, {run['peak_bytes'] / 1e6:.0f} MB"


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--size", choices=SIZES, help="only this one")
    given = parser.parse_args()
    say(measure([given.size] if given.size else SIZES), lines, given.json)
