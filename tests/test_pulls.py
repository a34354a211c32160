"""How much does each test example pull on a metric? Against its slopes and a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from pairs_by_hand import COSTS, binary, many, numbers, one_seed, ranked

from benchbig.metrics import score
from benchbig.metrics.cells import pulls
from benchbig.metrics.names import fitting
from benchbig.stats.paired import compare, scored

CASES = {
    "binary": lambda: binary()[:2],
    "multiclass": many,
    "regression": numbers,
    "ranking": ranked,
}
ROUGH = ("recall_at_fpr", "ece", "coverage_at_10")  # steps or kinks; they have tests of their own


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for kind in CASES for name in fitting(kind) if name not in ROUGH],
)
def test_pulls_are_the_slopes_of_the_weighted_metric(name: str, kind: str):
    """Against differences of the metric itself, whose weights scikit-learn's tests have checked."""
    y, p = CASES[kind]()
    found = pulls(score.prepare(name, kind, y, p, COSTS))
    assert found.sum() == pytest.approx(0, abs=1e-6 * np.abs(found).sum())
    for i in (0, 7, 100, 250):
        ends = []
        for step in (-1e-3, 1e-3):
            weight = np.ones(len(y))
            weight[i] += step
            ends.append(score.value(name, kind, y, p, COSTS, weight))
        assert found[i] == pytest.approx(len(y) * (ends[1] - ends[0]) / 2e-3, rel=1e-3, abs=1e-4)


def test_pulls_of_the_calibration_error_are_its_slopes_within_its_bins():
    y, p, _ = binary()
    found = pulls(score.prepare("ece", "binary", y, p))
    weight = np.ones(len(y))
    weight[7] += 1e-4
    moved = score.value("ece", "binary", y, p, None, weight) - score.value("ece", "binary", y, p)
    assert found[7] == pytest.approx(len(y) * moved / 1e-4, rel=1e-2)


@pytest.mark.parametrize("name", ["average_precision", "recall_at_fpr", "f1"])
def test_a_difference_has_the_standard_error_of_a_paired_bootstrap(name: str):
    rng = np.random.default_rng(3)
    y = (rng.random(4000) < 0.2).astype(np.int64)
    common = 1.5 * y + rng.normal(size=len(y))
    p, q = 1 / (1 + np.exp(-(common + 0.5 * rng.normal(size=(2, len(y))))))
    found = compare(one_seed(name, y, p), one_seed(name, y, q)).se
    differences = []
    for _ in range(300):
        at = rng.integers(len(y), size=len(y))
        first, second = (score.value(name, "binary", y[at], s[at]) for s in (p, q))
        differences.append(second - first)
    # A standard deviation of 300 replicates has a relative error of 4%; a quantile's is rougher.
    assert found == pytest.approx(np.std(differences), rel=0.3 if name == "recall_at_fpr" else 0.12)


def test_the_share_of_items_shown_is_not_compared_by_example():
    y, p = ranked()
    model = [scored("coverage_at_10", "ranking", np.arange(len(y)), y, p)]
    assert compare(model, model) is None
