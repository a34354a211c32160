"""Are the changes of a series found, and only those? `track report`'s method beside others.

Simulated series of three kinds of noise, each with sd 1: normal, heavy-tailed (Student's t with 3
df, scaled) and autocorrelated (0.3 from point to point). Without a change: in what share of series
is one called? With one change of 2, 3 or 5 sd, at least 5 points from either end: recall (a change
called at most 2 points away) and precision (the share of what was called that is such a one). With
two changes, 5 sd down and up again: the same.

Others: ruptures' PELT alone with the usual penalty (2 log n variances), and Apache Otava with its
defaults where an interpreter that has it is named; it lives apart, since it pins numpy.

    python benchmarks/change_points.py --series 300
    python -m venv .otava && .otava/bin/pip install apache-otava==0.8.0
    python benchmarks/change_points.py --series 300 --others .otava/bin/python
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchbig.data.parts import Array
from benchbig.stats.levels import levels

KINDS = ("normal", "heavy", "autocorrelated")
LENGTHS = (12, 30, 100)
EDGE, NEAR = 5, 2
Found = list[list[int]]
OTAVA = """
import json, sys
from otava.analysis import compute_change_points
found = [compute_change_points(series)[0] for series in json.load(sys.stdin)]
print(json.dumps([[int(change.index) for change in one] for one in found]))
"""


def noise(kind: str, rng: np.random.Generator, n: int) -> Array:
    if kind == "heavy":
        result: Array = rng.standard_t(3, n) / np.sqrt(3)
        return result
    drawn = rng.normal(0, 1, n)
    if kind == "normal":
        return drawn
    for i in range(1, n):
        drawn[i] = 0.3 * drawn[i - 1] + np.sqrt(1 - 0.09) * drawn[i]
    return drawn


def simulated(
    kind: str, n: int, size: float, changes: int, many: int
) -> tuple[list[list[float]], Found]:
    """Series, and where each truly changes."""
    rng = np.random.default_rng([KINDS.index(kind), n, int(size * 10), changes])
    made, true = [], []
    for _ in range(many):
        series = noise(kind, rng, n)
        at = [] if not changes else [int(rng.integers(EDGE, n - EDGE + 1))]
        if changes == 2:
            third = n // 3
            at = [third, 2 * third]
            series[at[1] :] += size
        for place in at[:1]:
            series[place:] -= size
        made.append([float(value) for value in series])
        true.append(at)
    return made, true


def ours(series: Sequence[Sequence[float]]) -> Found:
    return [levels(one)[1:] for one in series]


def pelt(series: Sequence[Sequence[float]]) -> Found:
    import ruptures

    found = []
    for one in series:
        signal = np.array(one)
        sd = np.median(np.abs(np.diff(signal))) / (0.6745 * np.sqrt(2))
        search = ruptures.Pelt(model="l2", min_size=2, jump=1).fit(signal / sd)
        found.append(search.predict(pen=2 * np.log(len(signal)))[:-1])
    return found


def otava(python: Path) -> Callable[[Sequence[Sequence[float]]], Found]:
    def find(series: Sequence[Sequence[float]]) -> Found:
        done = subprocess.run(
            [python, "-c", OTAVA],
            input=json.dumps(series),
            capture_output=True,
            text=True,
            check=True,
        )
        result: Found = json.loads(done.stdout)
        return result

    return find


def scores(found: Found, true: Found) -> tuple[float, float, float]:
    """Share of series with a call, recall, precision."""
    called = sum(bool(one) for one in found) / len(found)
    both = list(zip(found, true, strict=True))
    hits = sum(any(abs(f - t) <= NEAR for f in one) for one, of in both for t in of)
    right = sum(any(abs(f - t) <= NEAR for t in of) for one, of in both for f in one)
    return called, hits / max(1, sum(map(len, true))), right / max(1, sum(map(len, found)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--others", type=Path, help="a Python that has apache-otava")
    asked = parser.parse_args()
    methods: dict[str, Callable[[Sequence[Sequence[float]]], Found]] = {
        "benchbig": ours, "ruptures alone": pelt,
    }  # fmt: skip
    if asked.others:
        methods["Apache Otava"] = otava(asked.others)
    print("| noise | points | method | false | 2 sd | 3 sd | 5 sd | down and up |")
    print("|---|---:|---|---:|---:|---:|---:|---:|")
    for kind in KINDS:
        for n in LENGTHS:
            for name, method in methods.items():
                series, true = simulated(kind, n, 0, 0, asked.series)
                cells = [f"{scores(method(series), true)[0]:.1%}"]
                for size, changes in ((2, 1), (3, 1), (5, 1), (5, 2)):
                    series, true = simulated(kind, n, size, changes, asked.series)
                    _, recall, precision = scores(method(series), true)
                    cells.append(f"{recall:.2f} / {precision:.2f}")
                print(f"| {kind} | {n} | {name} | {' | '.join(cells)} |")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
