"""Metrics against scikit-learn and hand-worked cases, what is refused, and the interval."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn import metrics as sk

from benchbig.cards import Costs
from benchbig.metrics import names
from benchbig.metrics.bootstrap import _examples, interval
from benchbig.metrics.calibration import CLIP
from benchbig.metrics.prediction import PredictionError, check_prediction
from benchbig.metrics.score import prepare, score, value

COSTS = Costs(missed=100.0, false_alarm=5.0, currency="EUR", why="assumed")
CLOSE = {"rel": 0.0, "abs": 1e-12}


def _binary_case(seed):
    """A random case: any size, share of positives down to 0.1%, ties from none to all."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([2, 7, 50, 300, 3000]))
    y = (rng.random(n) < rng.choice([0.001, 0.05, 0.5, 0.9])).astype(np.int64)
    y[:2] = [0, 1]
    p = np.clip(rng.beta(1, 2, n) + 0.3 * y * rng.random(), 0, 1)
    ties = rng.choice([0, 1, 2, 3])
    p = [p, p.round(1), p.round(0), np.full(n, 0.3)][ties]
    return y, p.astype(rng.choice([np.float32, np.float64])), rng.uniform(0.1, 3, n)


def _multiclass_case(seed):
    """A random case of 3 to 77 classes, some absent from y, some rows tied."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.choice([3, 40, 1000])), int(rng.choice([3, 6, 20, 77]))
    present = rng.choice(k, size=max(1, k - int(rng.integers(k))), replace=False)
    y = rng.choice(present, size=n)
    p = rng.gamma(0.3, size=(n, k)) + 1e-9
    p[np.arange(n), y] += rng.random()
    p[rng.random(n) < 0.1] = 1.0
    return y, p / p.sum(axis=1, keepdims=True), rng.uniform(0.1, 3, n)


def _sk_recall_at_fpr(y, p, w):
    fpr, tpr, _ = sk.roc_curve(y, p, sample_weight=w, drop_intermediate=False)
    return tpr[fpr <= 0.01].max()


SK_BINARY = {
    "average_precision": lambda y, p, w: sk.average_precision_score(y, p, sample_weight=w),
    "roc_auc": lambda y, p, w: sk.roc_auc_score(y, p, sample_weight=w),
    "recall_at_fpr": _sk_recall_at_fpr,
    "accuracy": lambda y, p, w: sk.accuracy_score(y, p >= 0.5, sample_weight=w),
    "f1": lambda y, p, w: sk.f1_score(y, p >= 0.5, sample_weight=w),
    "precision": lambda y, p, w: sk.precision_score(
        y, p >= 0.5, sample_weight=w, zero_division=np.nan
    ),
    "recall": lambda y, p, w: sk.recall_score(y, p >= 0.5, sample_weight=w),
    "brier": lambda y, p, w: sk.brier_score_loss(y, p, sample_weight=w),
    "log_loss": lambda y, p, w: sk.log_loss(y, np.clip(p, CLIP, 1 - CLIP), sample_weight=w),
}


def _sk_brier(y, p, w):
    return sk.brier_score_loss(y, p, sample_weight=w, labels=np.arange(p.shape[1]))


def _sk_log_loss(y, p, w):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # clipped rows no longer sum to 1 exactly
        p = np.clip(p, CLIP, 1 - CLIP)
        return sk.log_loss(y, p, sample_weight=w, labels=np.arange(p.shape[1]))


def _sk_balanced(y, p, w):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class that is chosen but never true
        return sk.balanced_accuracy_score(y, p.argmax(1), sample_weight=w)


SK_MULTICLASS = {
    "accuracy": lambda y, p, w: sk.accuracy_score(y, p.argmax(1), sample_weight=w),
    "balanced_accuracy": _sk_balanced,
    "macro_f1": lambda y, p, w: sk.f1_score(y, p.argmax(1), average="macro", sample_weight=w),
    "top5_accuracy": lambda y, p, w: sk.top_k_accuracy_score(
        y, p, k=5, labels=np.arange(p.shape[1]), sample_weight=w
    ),
    "brier": _sk_brier,
    "log_loss": _sk_log_loss,
}


@pytest.mark.parametrize("name", SK_BINARY)
def test_binary_metrics_agree_with_scikit_learn(name):
    for seed in range(80):
        y, p, weight = _binary_case(seed)
        for w in (None, weight):
            expected = SK_BINARY[name](y, p.astype(np.float64), w)
            found = value(name, "binary", y, p, COSTS, weight=w)
            if np.isnan(expected):
                assert found is None
            else:
                assert found == pytest.approx(expected, **CLOSE), (name, seed)


@pytest.mark.parametrize("name", SK_MULTICLASS)
def test_multiclass_metrics_agree_with_scikit_learn(name):
    for seed in range(40):
        y, p, weight = _multiclass_case(seed)
        if name == "top5_accuracy" and p.shape[1] <= 5:
            continue
        for w in (None, weight):
            expected = SK_MULTICLASS[name](y, p, w)
            assert value(name, "multiclass", y, p, weight=w) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize(
    ("kind", "case"), [("binary", _binary_case), ("multiclass", _multiclass_case)]
)
def test_a_weight_of_two_is_an_example_that_occurs_twice(kind, case):
    """Also of nought: what makes a weighted value the value on a resample."""
    for seed in range(30):
        y, p, _ = case(seed)
        times = np.random.default_rng(seed).integers(0, 3, len(y))
        times[:2] = 1
        for name in score(kind, y, p, COSTS if kind == "binary" else None):
            weighted = value(name, kind, y, p, COSTS, weight=times)
            repeated = value(name, kind, y.repeat(times), p.repeat(times, axis=0), COSTS)
            # Relative for the cost, whose values of 10^4 are spaced wider than 1e-12.
            rel = 1e-12 if name == "cost_per_1000" else 0.0
            same = None if repeated is None else pytest.approx(repeated, rel=rel, abs=1e-12)
            assert weighted == same, (name, seed)


def test_recall_at_fpr_takes_whole_ties_and_exactly_one_percent():
    """200 negatives allow 2 false positives; a tie that would bring 3 is not cut."""
    y = np.array([1, 0, 0, 1, 1] + [0] * 198)
    p = np.array([0.9, 0.8, 0.8, 0.7, 0.6] + [0.1] * 198, dtype=np.float32)
    assert value("recall_at_fpr", "binary", y, p) == 1.0
    p[5] = 0.7  # the third false positive shares the second positive's score
    assert value("recall_at_fpr", "binary", y, p) == pytest.approx(1 / 3)
    assert value("recall_at_fpr", "binary", y, np.full_like(p, 0.5)) == 0.0


def test_calibration_error_worked_by_hand():
    """Bins of 1/15: .1 and .12 share the second, of which 1 in 2 is positive: |.11 - .5|;
    .9 is alone and right: .1. Weighted by 2 of 3 and 1 of 3."""
    y, p = np.array([0, 1, 1]), np.array([0.1, 0.12, 0.9])
    assert value("ece", "binary", y, p) == pytest.approx(2 / 3 * 0.39 + 1 / 3 * 0.1)
    # Both choices lie in the bin up to 12/15, stated .765 on average, one of two right.
    p = np.array([[0.75, 0.15, 0.1], [0.1, 0.78, 0.12]])
    assert value("ece", "multiclass", np.array([0, 2]), p) == pytest.approx(0.765 - 0.5)


def test_an_edge_of_a_calibration_bin_belongs_to_the_bin_below():
    """At 3/15 exactly the third bin takes it: together with .19 it gives one gap of .195."""
    p = np.array([3 / 15, 0.19])
    assert value("ece", "binary", np.array([0, 0]), p) == pytest.approx(0.195)
    assert value("ece", "binary", np.array([0, 1]), p) == pytest.approx(0.305)


def test_the_cost_uses_the_bayes_threshold():
    """A missed one costs 100, a false alarm 5: whatever is above 5/105 = .048 is flagged."""
    y, p = np.array([1, 1, 0, 0]), np.array([0.05, 0.04, 0.06, 0.01])
    assert value("cost_per_1000", "binary", y, p, COSTS) == pytest.approx(1000 * (100 + 5) / 4)
    for seed in range(20):
        y, p, w = _binary_case(seed)
        counts = sk.confusion_matrix(y, p.astype(float) >= 5 / 105, sample_weight=w).ravel()
        expected = 1000 * (counts @ [0, 5, 100, 0]) / counts.sum()
        assert value("cost_per_1000", "binary", y, p, COSTS, w) == pytest.approx(expected, 1e-12)
    with pytest.raises(ValueError, match="costs"):
        value("cost_per_1000", "binary", y, p)


def test_what_is_undefined_is_none_and_what_does_not_apply_is_left_out():
    only_negative = score("binary", np.zeros(5, dtype=int), np.full(5, 0.2, dtype=np.float32))
    for name in ("average_precision", "roc_auc", "recall_at_fpr", "f1", "precision", "recall"):
        assert only_negative[name] is None
    assert only_negative["accuracy"] == 1.0
    assert "cost_per_1000" not in only_negative
    assert value("roc_auc", "binary", np.ones(3, dtype=int), np.full(3, 0.2)) is None
    assert "top5_accuracy" not in score("multiclass", np.array([0, 1, 2]), np.eye(3))


def test_scores_come_in_the_order_and_with_the_kinds_of_the_names():
    y, p, _ = _binary_case(3)
    assert tuple(score("binary", y, p, COSTS)) == names.fitting("binary")
    y, p = np.array([0, 1, 2]), np.full((3, 6), 1 / 6)
    assert tuple(score("multiclass", y, p)) == names.fitting("multiclass")


def test_metric_names_load_no_numpy():
    code = "import sys, benchbig.metrics.names; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_values_are_shown_with_their_digits():
    assert names.show("accuracy", 0.93249) == "93.2%"
    assert names.show("average_precision", 0.7825) == "0.782"
    assert names.show("cost_per_1000", 12345.67) == "12,345.7"
    assert names.show("roc_auc", None) == names.ABSENT
    with pytest.raises(Exception, match="did you mean 'accuracy'"):
        names.metric("acuracy", "card.toml")


@pytest.mark.parametrize(
    ("kind", "p", "reason"),
    [
        ("binary", [0.1, 0.2, 0.3], "list, not a numpy array"),
        ("binary", np.array([0, 1, 1]), "look like labels"),
        ("binary", np.array([True, False, True]), "look like labels"),
        ("binary", np.full((3, 2), 0.5), r"shape \(3, 2\); expected \(3,\), the prob"),
        ("binary", np.full(2, 0.5), r"shape \(2,\); expected \(3,\)"),
        ("binary", np.array([0.1, np.nan, np.inf]), "NaN or infinity for 2 of 3"),
        ("binary", np.array([0.1, 0.2, 1.7]), "from 0.1 to 1.7"),
        ("binary", np.array(["a", "b", "c"]), "not floats|expected floats"),
        ("multiclass", np.array([0.0, 1.0, 2.0]), "look like labels"),
        ("multiclass", np.full((3, 3), 0.25), r"shape \(3, 3\); expected \(3, 4\)"),
        ("multiclass", np.full((3, 4), 0.3), "row 0 sums to 1.2"),
        ("multiclass", np.full((3, 4), np.nan), "NaN or infinity for 3 of 3"),
    ],
)
def test_what_is_no_prediction_is_refused(kind, p, reason):
    with pytest.raises(PredictionError, match=reason):
        check_prediction(kind, 3, 2 if kind == "binary" else 4, p)


def test_predictions_are_rounded_before_they_are_scored():
    rng = np.random.default_rng(0)
    p = check_prediction("binary", 9, 2, rng.random(9))
    assert p.dtype == np.float32
    assert check_prediction("binary", 2, 2, np.array([-1e-9, 1 + 1e-7])).tolist() == [0.0, 1.0]
    p = rng.dirichlet(np.full(77, 0.02), size=500)
    stored = check_prediction("multiclass", 500, 77, p)
    assert stored.dtype == np.float16
    # float16 moves row sums off 1 by up to its 2^-11; the check must take its own output.
    assert check_prediction("multiclass", 500, 77, stored).tobytes() == stored.tobytes()
    y = rng.integers(77, size=500)
    assert score("multiclass", y, stored)["log_loss"] == pytest.approx(
        _sk_log_loss(y, stored / stored.sum(axis=1, dtype=float, keepdims=True), None), **CLOSE
    )


def test_the_interval_of_an_accuracy_is_that_of_the_binomial():
    """The bootstrap of a share is binomial(n, share) / n: here sd = sqrt(.8 * .2 / 400) = .02."""
    y = np.ones(400, dtype=int)
    p = np.where(np.arange(400) < 320, 0.9, 0.1)
    low, high, method = interval("accuracy", "binary", y, p, seed=0, replicates=4000)
    # The Monte Carlo sd of a 2.5% quantile from 4000 draws is about .02 * .04.
    assert (low, high) == pytest.approx((0.8 - 1.96 * 0.02, 0.8 + 1.96 * 0.02), abs=0.004)
    assert method == "percentile bootstrap over test examples, 4000 replicates, 95%"


def test_both_ways_to_draw_give_the_same_distribution(monkeypatch):
    y, p, _ = _binary_case(1)
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
    y, p, _ = _multiclass_case(2)
    first, again, other = (interval("macro_f1", "multiclass", y, p, seed=s) for s in (0, 0, 1))
    assert first == again != other
