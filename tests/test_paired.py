"""Paired comparison: numbers by hand and by scipy, and its promises kept in simulation."""

from __future__ import annotations

import math
import time

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from benchbig.cards import Costs
from benchbig.data.histories import Histories
from benchbig.metrics import score
from benchbig.metrics.cells import pulls
from benchbig.metrics.names import fitting
from benchbig.metrics.places import places
from benchbig.stats.holm import holm
from benchbig.stats.mcnemar import mcnemar, tango
from benchbig.stats.paired import Scored, compare, scored
from benchbig.stats.student import (
    detectable,
    equivalent,
    freedom,
    p_of_parts,
    p_value,
    power,
    quantile,
    reach,
)

COSTS = Costs(5.0, 1.0, "EUR", "made up")
BINARY = ("average_precision", "roc_auc", "accuracy", "f1", "precision", "recall", "log_loss")


def binary(n: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and two models' probabilities, with ties."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    logits = 1.5 * y - 1 + rng.normal(size=(2, n))
    p, q = np.round(1 / (1 + np.exp(-logits)), 2).astype(np.float32)
    return y, p, q


def many(n: int = 400, k: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    y = rng.integers(k, size=n)
    logits = rng.normal(size=(n, k)) + 2 * np.eye(k)[y]
    p = np.exp(logits)
    return y, (p / p.sum(axis=1, keepdims=True)).astype(np.float16)


def one_seed(metric: str, y: np.ndarray, p: np.ndarray, **more: object) -> list[Scored]:
    return [scored(metric, "binary", np.arange(len(y)), y, p, **more)]


def of_losses(losses: np.ndarray, ids: np.ndarray) -> Scored:
    """A model of which the mean of these numbers is asked."""
    pull = (losses - losses.mean()) * math.sqrt(len(losses) / (len(losses) - 1))
    return Scored(ids, float(losses.mean()), pull)


def ranked(n: int = 300, items: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Held-out items of each user, one to three, some chosen before, and where a list has them."""
    rng = np.random.default_rng(2)
    y = np.array([rng.choice(items, 3, replace=False) for _ in range(n)])
    y[np.arange(3) >= rng.integers(1, 4, size=n)[:, None]] = -1
    chosen = rng.integers(items, size=(n, 4))
    chosen[::2, 0] = y[::2, 0]
    none = pd.DataFrame(index=range(n))
    X = Histories(
        np.arange(n), 4 * np.arange(n + 1), chosen.ravel(), np.tile(np.arange(4), n),
        none, pd.DataFrame(index=range(items)), np.full(items, "", dtype=object),
    )  # fmt: skip
    return y, places(rng.normal(size=(n, items)), X, y, repeats=True)


def numbers(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    y = rng.normal(3, 1, size=n)
    return y, (y + rng.normal(0, 0.7, size=n)).astype(np.float32)


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


def test_the_parts_of_the_variance_add_with_their_own_t():
    """t of 2 degrees is 4.303, of infinitely many 1.960: sqrt(4.303^2 * 1 + 1.960^2 * 4)."""
    parts = [(1.0, 2.0), (4.0, math.inf)]
    width = math.sqrt(4.302653**2 + 4 * 1.959964**2)
    assert reach(parts, 0.95) == pytest.approx(width, rel=1e-6)
    assert p_of_parts(width, parts) == pytest.approx(0.05, rel=1e-5)
    assert p_of_parts(3.0, [(1.0, 5.0)]) == pytest.approx(2 * stats.t.sf(3, 5))
    assert p_of_parts(0.0, parts) == 1.0
    assert stats.t.ppf(0.975, freedom(3.0, 0.95)) == pytest.approx(3.0)
    assert math.isinf(freedom(1.95, 0.95))


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


def test_holm_by_hand():
    """.01 * 3, then max(.03, .02 * 2), then max(.04, .5)."""
    assert holm([0.02, None, 0.5, 0.01]) == pytest.approx([0.04, None, 0.5, 0.03])
    assert holm([0.9, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_students_numbers_are_scipys():
    assert quantile(0.975, 4.5) == pytest.approx(stats.t.ppf(0.975, 4.5))
    assert quantile(0.975, math.inf) == pytest.approx(stats.norm.ppf(0.975))
    assert p_value(0.3, 0.1, 5) == pytest.approx(2 * stats.t.sf(3, 5))
    assert p_value(0.3, 0.1, 5, null=0.1, side="greater") == pytest.approx(stats.t.sf(2, 5))
    assert p_value(-0.3, 0.1, 5, side="less") == pytest.approx(stats.t.sf(3, 5))
    assert p_value(0.0, 0.0, 5) == 1.0
    assert p_value(0.1, 0.0, 5) == 0.0
    assert equivalent(0.0, 0.1, 9, 0.2) == pytest.approx(stats.t.sf(2, 9))
    critical = stats.t.ppf(0.975, 7)
    assert power(0.3, 0.1, 7) == pytest.approx(stats.nct.sf(critical, 7, 3))
    assert power(detectable(0.1, 7), 0.1, 7) == pytest.approx(0.8)


# Simulation: every seed's difference is truth + its own training + its test examples.


def simulated(rng: np.random.Generator, truth: float, tau: float, shared: float):
    """Losses of two models over three seeds whose test parts of 100 share this much of them."""
    n, pool = 100, rng.normal(size=100)
    zero, head = [], []
    for seed in range(3):
        common = round(shared * n)
        ids = np.concatenate((np.arange(common), 1000 * (seed + 1) + np.arange(n - common)))
        noise = np.concatenate((pool[:common], rng.normal(size=n - common)))
        zero.append(of_losses(np.zeros(n), ids))
        head.append(of_losses(noise + truth + rng.normal(0, tau), ids))
    return compare(zero, head)


@pytest.mark.parametrize("shared", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("tau", [0.0, 0.1, 0.6])
def test_models_that_are_equal_are_called_different_at_most_at_the_level(shared, tau):
    """tau 0.1: retraining moves a difference as much as a test part's 100 examples do.

    1,000 draws at 5% have a standard error of 0.7 points; the interval covers just as often.
    """
    rng = np.random.default_rng(0)
    found = [simulated(rng, 0.0, tau, shared) for _ in range(1000)]
    false = np.mean([one.p < 0.05 for one in found])
    assert false <= 0.064
    assert np.mean([one.low <= 0 <= one.high for one in found]) == pytest.approx(1 - false)


def test_a_difference_that_was_promised_is_found_as_often_as_promised():
    """The promise is made from each comparison's own standard error, as a user sees it."""
    rng = np.random.default_rng(1)
    truth = 5 * math.sqrt(0.01 * (1 + 1) / 3)
    found = [simulated(rng, truth, 0.1, 0.2) for _ in range(600)]
    promised = np.mean([power(truth, one.se, one.df) for one in found])
    assert np.mean([one.p < 0.05 for one in found]) >= promised - 0.06
    shown = [detectable(one.se, one.df) for one in found]
    seen = [one.p < 0.05 for one, least in zip(found, shown, strict=True) if least <= truth]
    assert np.mean(seen) >= 0.7
