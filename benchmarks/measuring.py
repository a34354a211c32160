"""Run a command and say what it took; the part that all scripts of this folder share."""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchbig import environment

HERE = Path(__file__).resolve().parent
BENCHBIG = str(Path(sys.executable).parent / "benchbig")
Figures = dict[str, Any]


class Timed(NamedTuple):
    """Seconds by the clock, and of computing, of a command and all that it waited for."""

    wall_s: float
    cpu_s: float


def timed(command: Sequence[str], env: Mapping[str, str] | None = None) -> Timed:
    """What one run of the command took. Raises RuntimeError where it does not end well."""
    return _ran(command, env)[0]


def output(command: Sequence[str], env: Mapping[str, str] | None = None) -> bytes:
    """What the command prints. Raises RuntimeError where it does not end well."""
    return _ran(command, env)[1]


def _ran(command: Sequence[str], env: Mapping[str, str] | None) -> tuple[Timed, bytes]:
    """What it took and what it printed, on one thread."""
    began = time.perf_counter()
    process = subprocess.Popen(
        list(command),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**inherited(), "OMP_NUM_THREADS": "1", **(env or {})},
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = status
    if status:
        raise RuntimeError(
            f"{' '.join(command)} ended with status {status}:\n{said.decode()[-4000:]}"
        )
    return Timed(wall_s, usage.ru_utime + usage.ru_stime), said


def inherited() -> dict[str, str]:
    """This process's own, but that byte code is kept: else each run compiles its modules anew."""
    return {k: value for k, value in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def median(values: Sequence[float]) -> Figures:
    """The median and the range, since a median without its spread says little."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def median_within(values: Sequence[float]) -> Figures:
    """The median and an interval for it, of at least 95%: two of the values themselves.

    So many of n values lie below the median as of n fair coins fall on heads, whatever the
    values' distribution is (Conover 1999, Practical Nonparametric Statistics, section 3.2). Of
    fewer than six it is the range, at a lower level.
    """
    ranked, n = sorted(values), len(values)
    below = 0  # values left out at each end
    while 2 * sum(math.comb(n, k) for k in range(below + 2)) <= 0.05 * 2**n:
        below += 1
    return {
        "median": statistics.median(ranked),
        "low": ranked[below],
        "high": ranked[n - 1 - below],
    }


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown that also reads well as it stands."""
    wide = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    body = [head, ["-" * wide[0], *("-" * (w - 1) + ":" for w in wide[1:])], *rows]
    return [
        "| " + " | ".join([row[0].ljust(wide[0]), *map(str.rjust, row[1:], wide[1:])]) + " |"
        for row in body
    ]


def machine() -> Figures:
    """Where and when: what a page of figures begins with."""
    described = environment.describe(threads=1)
    return {
        **{name: described[name] for name in ("cpu", "cores", "memory_bytes", "os", "python")},
        "load_before": os.getloadavg()[0],
        "date": datetime.date.today().isoformat(),
        "commit": environment.git_commit(Path(environment.__file__).parent)[0],
    }


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """The options that all scripts have."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    return parser


def say(figures: Figures, lines: Callable[[Figures], list[str]], to: Path | None) -> None:
    """Print the tables and keep the figures."""
    print("\n".join(lines(figures)))
    if to is not None:
        to.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
