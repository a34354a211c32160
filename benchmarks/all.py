"""All figures about benchbig itself in one go, about twenty minutes on two quiet cores.

python benchmarks/all.py --others .bench/bin --json benchmarks/figures.json
python benchmarks/report.py
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import driver_memory
import harness
import startup
from measuring import Figures, arguments, machine, say

VERSIONS = (
    "from importlib.metadata import version as v; "
    "print('asv', v('asv'), 'and benchopt', v('benchopt'))"
)


def measure(others: Path) -> Figures:
    """The figures of every script, and the machine they were made on."""
    figures: Figures = {"machine": _machine(others)}
    print("startup", flush=True)
    figures["startup"] = startup.measure(others, rounds=15)
    print("harness", flush=True)
    figures["harness"] = harness.measure(others, rounds=60, jobs=60)
    print("driver memory", flush=True)
    figures["driver_memory"] = driver_memory.measure(driver_memory.SIZES)
    return figures


def _machine(others: Path) -> Figures:
    asked = [str(others / "python"), "-c", VERSIONS]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    return {**machine(), "others": told.stdout.strip()}


def lines(figures: Figures) -> list[str]:
    """The tables of every script."""
    return [
        *startup.lines(figures["startup"]), "",
        *harness.lines(figures["harness"]), "",
        *driver_memory.lines(figures["driver_memory"]),
    ]  # fmt: skip


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--others", type=Path, required=True, help="the folder of asv, benchopt")
    given = parser.parse_args()
    say(measure(given.others), lines, given.json)
