"""How soon does the command line answer, beside the command lines of asv and benchopt?

Each command starts in turn, round after round, so that what else the machine does falls on all of
them alike. `python -c pass` shows what of it is the interpreter's own. Ratios are taken within a
round. Goal: `benchbig --help` and `benchbig list` in at most half of what `asv --help` takes.

    python benchmarks/startup.py --others .bench/bin
"""

from __future__ import annotations

import sys
from pathlib import Path

from measuring import BENCHBIG, Figures, Timed, arguments, markdown, median, say, timed

GOAL = 0.5  # of what `asv --help` takes
YARDSTICK = "asv --help"


def measure(others: Path, rounds: int) -> Figures:
    """Seconds of each command and its ratio to `asv --help`."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "benchbig --help": [BENCHBIG, "--help"],
        "benchbig list": [BENCHBIG, "list"],
        YARDSTICK: [str(others / "asv"), "--help"],
        "benchopt --help": [str(others / "benchopt"), "--help"],
    }
    for command in commands.values():
        timed(command)  # byte code is compiled and files are in memory from here on
    took: dict[str, list[Timed]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            took[name].append(timed(command))
    return {
        "rounds": rounds,
        "goal": GOAL,
        "commands": {name: _figures(took[name], took[YARDSTICK]) for name in commands},
    }


def _figures(own: list[Timed], yardstick: list[Timed]) -> Figures:
    pairs = list(zip(own, yardstick, strict=True))
    return {
        "wall_s": median([one.wall_s for one in own]),
        "cpu_s": median([one.cpu_s for one in own]),
        "wall_ratio": median([one.wall_s / other.wall_s for one, other in pairs]),
        "cpu_ratio": median([one.cpu_s / other.cpu_s for one, other in pairs]),
    }


def lines(figures: Figures) -> list[str]:
    """The table."""
    rows = []
    for name, found in figures["commands"].items():
        wall, ratio, cpu = found["wall_s"], found["wall_ratio"], found["cpu_ratio"]
        rows.append([
            f"`{name}`",
            f"{1e3 * wall['median']:.0f} ms",
            f"{1e3 * wall['low']:.0f} to {1e3 * wall['high']:.0f} ms",
            f"{ratio['median']:.2f}",
            f"{cpu['median']:.2f}",
        ])  # fmt: skip
    return markdown(["command", "median", "range", "of asv's", "of asv's, CPU"], rows)


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--others", type=Path, required=True, help="the folder of asv, benchopt")
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    say(measure(given.others, given.rounds), lines, given.json)
