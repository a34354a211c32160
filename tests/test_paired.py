"""Paired comparison of two models: numbers by hand and by scipy."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from pairs_by_hand import BINARY, binary, of_losses, one_seed
from scipy import optimize, stats

from benchbig.stats.mcnemar import mcnemar, tango
from benchbig.stats.paired import compare, scored


def test_a_mean_loss_of_one_seed_has_the_paired_t_tests_standard_error():
    y, p, q = binary()
    found = compare(one_seed("brier", y, p), one_seed("brier", y, q))
    losses = [(p.astype(float) - y) ** 2, (q.astype(float) - y) ** 2]
    assert found.difference == pytest.approx(np.mean(losses[1] - losses[0]))
    assert found.se == pytest.approx(stats.sem(losses[1] - losses[0]))
    assert found.p == pytest.approx(stats.ttest_rel(*losses).pvalue, abs=0.01)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.difference / found.se), found.df))


def test_the_area_under_the_roc_curve_of_one_seed_has_delongs_variance():
    """DeLong, DeLong & Clarke-Pearson 1988, equations 4 to 7, by every pair of examples."""
    y, p, q = binary()
    components = []
    for s in (p, q):
        beats = (s[y == 1][:, None] > s[y == 0]) + 0.5 * (s[y == 1][:, None] == s[y == 0])
        components.append((beats.mean(axis=1), beats.mean(axis=0)))
    positives = np.cov(components[0][0], components[1][0])
    negatives = np.cov(components[0][1], components[1][1])
    total = positives / y.sum() + negatives / (1 - y).sum()
    found = compare(one_seed("roc_auc", y, p), one_seed("roc_auc", y, q))
    assert found.base == pytest.approx(components[0][0].mean())
    assert found.se**2 == pytest.approx(total[0, 0] + total[1, 1] - 2 * total[0, 1])


def test_mcnemar_is_the_chi_squared_test_of_the_discordant():
    assert mcnemar(7, 1) == pytest.approx(stats.chi2.sf(36 / 8, 1))
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(3, 3) == 1.0


def test_tangos_interval_refuses_what_the_score_test_refuses():
    """The nuisance share by maximizing the likelihood numerically, not by Tango's quadratic."""
    gained, lost, n = 7, 1, 21
    low, high = tango(gained, lost, n)
    for end in (low, high):

        def unlikely(share: float, d: float = end) -> float:
            shares = share + d, share, 1 - 2 * share - d
            if min(shares) <= 0:
                return 1e9
            return -sum(
                count * math.log(s)
                for count, s in zip((gained, lost, n - gained - lost), shares, strict=True)
            )

        bounds = (max(0.0, -end), (1 - end) / 2)
        share = optimize.minimize_scalar(unlikely, bounds=bounds, method="bounded").x
        z = (gained - lost - n * end) / math.sqrt(n * (2 * share + end * (1 - end)))
        assert abs(z) == pytest.approx(1.959964, abs=1e-3)
    assert low < 6 / 21 < high


def test_accuracy_of_one_seed_uses_mcnemar_and_tango():
    y = np.ones(21, dtype=np.int64)
    p, q = np.full(21, 0.9), np.full(21, 0.9)
    p[:7], q[7] = 0.1, 0.1
    found = compare(one_seed("accuracy", y, p), one_seed("accuracy", y, q))
    assert found.difference == pytest.approx(6 / 21)
    assert found.p == pytest.approx(mcnemar(7, 1))
    assert (found.low, found.high) == pytest.approx(tango(7, 1, 21))
    assert (found.p < 0.05) == (found.low > 0)
    assert "one seed" in found.method


def test_a_model_against_itself_differs_never():
    y, p, _ = binary()
    for metric in (*BINARY, "recall_at_fpr", "ece", "brier"):
        found = compare(one_seed(metric, y, p) * 3, one_seed(metric, y, p) * 3)
        assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_seeds_that_share_the_test_part_leave_its_variance_whole():
    """Three seeds, the same examples, the same predictions: as sure as one seed, not more."""
    rng = np.random.default_rng(0)
    losses = rng.normal(0.1, 1, size=200)
    ids = np.arange(200)
    zero, one = of_losses(np.zeros(200), ids), of_losses(losses, ids)
    found = compare([zero] * 3, [one] * 3)
    assert found.se_examples == pytest.approx(stats.sem(losses))
    assert found.sd_seeds == pytest.approx(0, abs=1e-12)
    assert found.se == pytest.approx(stats.sem(losses))


def test_seeds_of_different_test_parts_by_hand():
    """Differences 1, 2, 3: s^2 = 1, which is over the seeds alone: Student's t on two degrees.

    Four losses -1, 1, -1, 1 around each have a mean of variance (4/3) / 4 = 1/3, which is less;
    ten times as wide it would be 100/3, and counts, as the seeds cannot differ by less.
    """
    noise = np.array([-1.0, 1, -1, 1])
    zero = [of_losses(np.zeros(4), np.arange(4) + 10 * s) for s in range(3)]
    head = [of_losses(noise + d, np.arange(4) + 10 * s) for s, d in enumerate((1, 2, 3))]
    found = compare(zero, head)
    assert found.difference == pytest.approx(2)
    assert found.by_seed == pytest.approx((1, 2, 3))
    assert found.sd_seeds == pytest.approx(1)
    assert found.se**2 == pytest.approx(1 / 3)
    assert found.df == pytest.approx(2)
    assert found.n == 12
    assert found.p == pytest.approx(stats.ttest_1samp([1, 2, 3], 0).pvalue)
    assert (found.low, found.high) == pytest.approx(
        stats.t.interval(0.95, 2, 2, math.sqrt(1 / 3)), rel=1e-6
    )
    wide = [of_losses(10 * noise + d, np.arange(4) + 10 * s) for s, d in enumerate((1, 2, 3))]
    assert compare(zero, wide).se ** 2 == pytest.approx(100 / 3 / 3)


def test_examples_of_a_group_count_as_one():
    """Each example ten times over says no more than once."""
    y, p, q = binary()
    ids = np.arange(10 * len(y))
    groups = ids // 10
    once = compare(one_seed("roc_auc", y, p), one_seed("roc_auc", y, q))
    often = [
        [scored("roc_auc", "binary", ids, np.repeat(y, 10), np.repeat(s, 10), groups=groups)]
        for s in (p, q)
    ]
    assert compare(*often).se == pytest.approx(once.se, rel=0.01)
    assert "groups" in compare(*often).method


def test_the_order_of_the_examples_does_not_matter_but_their_ids_do():
    y, p, q = binary()
    back = slice(None, None, -1)
    ids = np.arange(len(y))
    straight = compare(one_seed("roc_auc", y, p), one_seed("roc_auc", y, q))
    turned = [scored("roc_auc", "binary", ids[back], y[back], q[back])]
    assert compare(one_seed("roc_auc", y, p), turned) == straight
    with pytest.raises(ValueError, match="different examples"):
        compare(one_seed("roc_auc", y, p), [scored("roc_auc", "binary", ids + 1, y, q)])


def test_a_metric_that_no_seed_defines_gives_nothing():
    y, p, _ = binary()
    nobody = one_seed("precision", y, np.zeros(len(y)))
    assert compare(nobody, one_seed("precision", y, p)) is None


def test_ten_seeds_of_twenty_thousand_examples_are_compared_in_moments():
    """Four pairs of the forty that benchmarks/statistics.py times, so a tenth of their 5 s."""
    rng = np.random.default_rng(0)
    y, ids = (rng.random(20000) < 0.2).astype(np.int64), np.arange(20000)
    began = time.process_time()
    for _ in range(4):
        p, q = rng.random((2, 20000)) + 0.2 * y
        models = [
            [scored("average_precision", "binary", ids, y, s) for _ in range(10)] for s in (p, q)
        ]
        assert compare(*models).seeds == 10
    assert time.process_time() - began < 0.5
