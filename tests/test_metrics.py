"""Metrics against scikit-learn and hand-worked cases, and what is refused."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
from predictions_by_chance import binary_case, multiclass_case
from sklearn import metrics as sk

from benchbig.cards import Costs
from benchbig.metrics import names
from benchbig.metrics.calibration import CLIP
from benchbig.metrics.prediction import PredictionError, check_prediction, round_for_storage
from benchbig.metrics.score import score, value

COSTS = Costs(missed=100.0, false_alarm=5.0, currency="EUR", why="assumed")
CLOSE = {"rel": 0.0, "abs": 1e-12}


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
        y, p, weight = binary_case(seed)
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
        y, p, weight = multiclass_case(seed)
        if name == "top5_accuracy" and p.shape[1] <= 5:
            continue
        for w in (None, weight):
            expected = SK_MULTICLASS[name](y, p, w)
            assert value(name, "multiclass", y, p, weight=w) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize(
    ("kind", "case"), [("binary", binary_case), ("multiclass", multiclass_case)]
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
        y, p, w = binary_case(seed)
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
    y, p, _ = binary_case(3)
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
    p = rng.dirichlet(np.full(77, 0.02), size=500)
    stored = check_prediction("multiclass", 500, 77, p)
    assert stored.dtype == np.float16
    y = rng.integers(77, size=500)
    assert score("multiclass", y, stored)["log_loss"] == pytest.approx(
        _sk_log_loss(y, stored / stored.sum(axis=1, dtype=float, keepdims=True), None), **CLOSE
    )
    assert check_prediction("binary", 2, 2, np.array([-1e-9, 1 + 1e-7])).tolist() == [0.0, 1.0]


def test_a_binary_probability_keeps_13_significant_bits():
    p = check_prediction("binary", 4, 2, np.array([1 / 3, 1e-7 / 3, 0.0, 1 - 2**-12]))
    assert p.dtype == np.float32
    # 1/3 is 1.0101...01|0101 in base 2, 2^-2 times; 13 bits end in 1.010101010101.
    assert p[0] == 0b1010101010101 / 2**14
    assert p[1] == pytest.approx(1e-7 / 3, rel=2**-13)
    assert p[2:].tolist() == [0.0, 1 - 2**-12]
    halves = np.array([1 + 2**-13, 1 + 3 * 2**-13]) / 2  # each between two neighbours
    assert check_prediction("binary", 2, 2, halves).tolist() == [0.5, (1 + 2**-11) / 2]


def test_a_multiclass_probability_keeps_to_a_grid_and_a_small_one_its_size():
    step = 2**-12
    row = np.array([0.3, 2.4 * step, 1.2 * step, step / 5, 2**-24, 2**-30, 0.0])
    row[0] += 1 - row.sum()
    p = check_prediction("multiclass", 1, 7, row[None])[0].astype(float)
    assert p[0] == round(row[0] / step) / 4096
    assert p[1:].tolist() == [2 * step, step, step / 4, 2**-24, 0.0, 0.0]


@pytest.mark.parametrize(("kind", "k"), [("binary", 1), ("multiclass", 20), ("regression", 1)])
def test_what_was_rounded_once_stays_as_it_is_and_in_order(kind: str, k: int):
    p = np.sort(np.random.default_rng(1).dirichlet(np.full(20, 0.1), size=200)[:, :k], axis=0)
    p = p if kind == "multiclass" else p[:, 0]
    once = round_for_storage(kind, p)
    assert round_for_storage(kind, once).tobytes() == once.tobytes()
    assert (np.diff(once.astype(float), axis=0) >= 0).all()
