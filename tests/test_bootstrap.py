"""Is the interval of a metric the bootstrap's, and does it cover as often as it says?"""

from __future__ import annotations

import numpy as np
import pytest
from predictions_by_chance import binary_case, multiclass_case

from benchbig.metrics.bootstrap import _examples, interval
from benchbig.metrics.score import prepare, value


def test_the_interval_of_an_accuracy_is_that_of_the_binomial():
    """The bootstrap of a share is binomial(n, share) / n: here sd = sqrt(.8 * .2 / 400) = .02."""
    y = np.ones(400, dtype=int)
    p = np.where(np.arange(400) < 320, 0.9, 0.1)
    low, high, method = interval("accuracy", "binary", y, p, seed=0, replicates=4000)
    # The Monte Carlo sd of a 2.5% quantile from 4000 draws is about .02 * .04.
    assert (low, high) == pytest.approx((0.8 - 1.96 * 0.02, 0.8 + 1.96 * 0.02), abs=0.004)
    assert method == "percentile bootstrap over test examples, 4000 replicates, 95%"


def test_both_ways_to_draw_give_the_same_distribution(monkeypatch):
    y, p, _ = binary_case(1)
    y, p = np.tile(y, 9), np.tile(p, 9).round(1)
    found = []
    for bound in (0, 10**9):  # always the binomials, never the binomials
        monkeypatch.setattr("benchbig.metrics.bootstrap.MULTINOMIAL_BELOW", bound)
        draw = _examples(prepare("roc_auc", "binary", y, p))
        counts = draw(np.random.default_rng(0), 2000)
        assert (counts.sum(axis=1) == len(y)).all()
        found.append(interval("roc_auc", "binary", y, p, seed=0, replicates=4000)[:2])
    width = found[0][1] - found[0][0]
    assert found[0] == pytest.approx(found[1], abs=0.06 * width)  # 4 sd of such a quantile


@pytest.mark.parametrize("name", ["average_precision", "f1", "brier", "ece", "recall_at_fpr"])
def test_an_interval_equals_a_plain_bootstrap(name):
    """Resampling rows and scoring anew, the definition; both noisy, so 12% of the width."""
    rng = np.random.default_rng(5)
    y = (rng.random(300) < 0.3).astype(int)
    p = np.clip(rng.normal(0.3 + 0.3 * y, 0.2), 0, 1).astype(np.float32)
    rows = [rng.integers(300, size=300) for _ in range(1500)]
    plain = np.quantile([value(name, "binary", y[r], p[r]) for r in rows], [0.025, 0.975])
    low, high, _ = interval(name, "binary", y, p, seed=1, replicates=1500)
    assert (low, high) == pytest.approx(tuple(plain), abs=0.12 * (plain[1] - plain[0]))


def test_intervals_cover_as_often_as_they_say():
    """True AUC .760 = Phi(1 / sqrt 2); 60 of each class in 200 trials of 200 replicates.

    At a true 93.5% (a percentile interval's small-sample shortfall) the hits of 200 have
    sd 3.5: the bounds are 3 sd below that and just under always.
    """
    rng = np.random.default_rng(7)
    y = np.repeat([0, 1], 60)
    hits = 0
    for trial in range(200):
        p = 1 / (1 + np.exp(-rng.normal(y, 1.0)))
        low, high, _ = interval("roc_auc", "binary", y, p, seed=trial, replicates=200)
        hits += low <= 0.76025 <= high
    assert 176 <= hits <= 199


def test_groups_are_drawn_whole():
    """Every group of 10 is all right or all wrong: sd sqrt(.25 / 40), not sqrt(.25 / 400)."""
    groups = np.repeat(np.arange(40), 10)
    y = np.ones(400, dtype=int)
    p = np.where(groups % 2 == 0, 0.9, 0.1)
    low, high, method = interval("accuracy", "binary", y, p, seed=0, groups=groups)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 40), rel=0.12)
    assert "over test groups" in method


def test_a_replicate_without_positives_is_drawn_again():
    """With 1 positive in 50, a third of the replicates have none."""
    y, p = np.zeros(50, dtype=int), np.linspace(0, 0.9, 50)
    y[40] = 1
    low, high, _ = interval("average_precision", "binary", y, p, seed=0)
    assert 0 < low <= value("average_precision", "binary", y, p) <= high <= 1
    assert interval("roc_auc", "binary", np.zeros(50, dtype=int), p, seed=0)[:2] == (None, None)


def test_the_same_seed_gives_the_same_interval():
    y, p, _ = multiclass_case(2)
    first, again, other = (interval("macro_f1", "multiclass", y, p, seed=s) for s in (0, 0, 1))
    assert first == again != other
