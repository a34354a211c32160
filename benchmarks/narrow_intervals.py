"""Why is the interval of a difference in average precision too narrow on few examples?

Test parts of 1,000 are drawn, without replacement, from a published one of some 6,000, which is
taken for the population: what their differences vary by (corrected for the finite population), and
what each of three ways makes of that from a single test part. Then how often intervals of 1.96
such standard errors hold the population's difference. A quarter of a CPU minute:

    OMP_NUM_THREADS=1 python benchmarks/narrow_intervals.py
"""

from __future__ import annotations

import math

import numpy as np
from statistics_promises import first_seed

from benchbig.metrics.score import value
from benchbig.stats.paired import compare, scored

TASK, MODELS, METRIC = "credit_default", ("lightgbm", "tabpfn"), "average_precision"
SIZE, DRAWS, DEEP, RESAMPLES = 1000, 1500, 25, 150


def main() -> None:
    base, head = (first_seed(TASK, model) for model in MODELS)

    def difference(at: np.ndarray) -> float:
        values = (value(METRIC, "binary", one.y[at], one.p[at]) or 0.0 for one in (base, head))
        first, second = values
        return second - first

    def by_pulls(at: np.ndarray) -> float:
        runs = [
            [scored(METRIC, "binary", np.arange(SIZE), one.y[at], one.p[at])]
            for one in (base, head)
        ]
        found = compare(*runs)
        assert found is not None
        return found.se

    whole = len(base.ids)
    shrunk = math.sqrt(1 - SIZE / whole)
    rng = np.random.default_rng(1)
    parts = [rng.choice(whole, SIZE, replace=False) for _ in range(DRAWS)]
    seen = np.array([difference(at) for at in parts])
    told = np.array([by_pulls(at) for at in parts])
    boot = [
        np.std([difference(rng.choice(at, SIZE)) for _ in range(RESAMPLES)]) for at in parts[:DEEP]
    ]
    left_out = [jackknife(difference, at) for at in parts[:DEEP]]
    spread = seen.std() / shrunk
    pulls = told[:DEEP].mean()
    print(f"{TASK}, {MODELS[1]} less {MODELS[0]}, {METRIC}, {SIZE} of {whole} examples")
    print(f"differences vary by           {spread:.5f}")
    print(f"by pulls, of {DRAWS} parts     {math.sqrt((told**2).mean()):.5f}")
    print(f"of the first {DEEP}: by pulls  {pulls:.5f}")
    print(f"  by a paired bootstrap       {np.mean(boot):.5f} ({np.mean(boot) / pulls:.3f} times)")
    print(f"  leaving out one by one      {np.mean(left_out):.5f}")
    more = float(np.mean(left_out) / pulls)
    off = np.abs(seen - difference(np.arange(whole)))
    for name, times in (("by pulls", 1.0), (f"by {more:.3f} times that", more)):
        print(f"held {name:22} {np.mean(off <= 1.96 * times * told * shrunk):.1%}")


def jackknife(difference: object, at: np.ndarray) -> float:
    """The standard error from leaving out one example at a time (Efron 1982, chapter 3)."""
    assert callable(difference)
    without = np.array([difference(np.delete(at, i)) for i in range(len(at))])
    n = len(at)
    return math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))


if __name__ == "__main__":
    main()
