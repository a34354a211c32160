"""How much memory does the driver of a run need, at 200 jobs and at 2,000?

The toy jobs run in forked workers; what the workers and their zygote need is not counted, only the
peak resident size of the driver itself, read at its end. It holds the plan and, at the end, the
records that it makes the tables of, and nothing of any task's data: so it grows a little with the
number of jobs and not at all with the data.

    python benchmarks/driver_memory.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import HERE, Figures, arguments, markdown, say

SIZES = (1, 200, 2000)
# The command line's own entry, and then what the kernel says of this process alone.
DRIVER = """
import json, resource, sys
from benchbig.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
own = resource.getrusage(resource.RUSAGE_SELF)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({"code": code, "peak": own.ru_maxrss * unit,
                  "cpu": own.ru_utime + own.ru_stime}), file=sys.stderr)
"""


def measure(sizes: tuple[int, ...]) -> Figures:
    """Peak bytes and seconds of computing of the driver, by the number of jobs."""
    return {"jobs": list(sizes), "runs": [_run(jobs) for jobs in sizes]}


def _run(jobs: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", DRIVER, "run", "--plugins", str(HERE / "toy"), "--task",
             "tumour", "--model", "centre", "--seeds", f"0-{jobs - 1}", "--jobs", "2",
             "--executor", "fork", "--device", "cpu", "--offline",
             "--results", str(Path(folder) / "out")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )  # fmt: skip
    told = json.loads(done.stderr.splitlines()[-1])
    if told["code"] != 0:
        raise RuntimeError(f"the run of {jobs} jobs ended with {told['code']}")
    return {"peak_bytes": told["peak"], "cpu_s": told["cpu"]}


def lines(figures: Figures) -> list[str]:
    """The table."""
    rows = [
        [f"{jobs:,} jobs", f"{run['peak_bytes'] / 1e6:.0f} MB", f"{run['cpu_s']:.2f} s"]
        for jobs, run in zip(figures["jobs"], figures["runs"], strict=True)
    ]
    return markdown(["run of", "driver's peak memory", "driver's CPU time"], rows)


if __name__ == "__main__":
    given = arguments(__doc__).parse_args()
    say(measure(SIZES), lines, given.json)
