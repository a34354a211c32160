"""Do the charts of predictions say what independent implementations say of them?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from records_by_hand import ok, task
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve

from benchbig import store
from benchbig.metrics.cells import evaluate
from benchbig.metrics.places import BEYOND, DEPTH
from benchbig.metrics.retrieval import recall
from benchbig.site.predicted import classes, hits, numbers
from benchbig.site.predicted.seen import seen


def test_calibration_bins_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    p = random.random(500)
    y = (random.random(500) < p).astype(int)
    happened, stated = calibration_curve(y, p, n_bins=10)
    bins = classes.calibration([(y, p)])
    assert [one.happened for one in bins] == pytest.approx(happened.tolist())
    assert [one.stated for one in bins] == pytest.approx(stated.tolist())
    assert sum(one.n for one in bins) == 500


def test_precision_at_each_recall_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    p = np.round(random.random(300), 2)  # with ties
    y = (random.random(300) < p**2).astype(int)
    precision, recall, _ = precision_recall_curve(y, p)
    ours = classes.curves([(y, p)])[0]
    for at, value in zip(np.linspace(0, 1, classes.GRID)[1:], ours[1:], strict=True):
        # The highest threshold whose recall reaches this one; theirs runs from recall 1 down.
        assert value == pytest.approx(precision[:-1][recall[:-1] >= at - 1e-12][-1])


def test_gains_and_confusions_are_those_reckoned_by_hand() -> None:
    y, p = np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.3, 0.1])
    curve = classes.curves([(y, p)])[1]
    assert (curve[0], curve[25], curve[75], curve[100]) == (0.0, 0.5, 1.0, 1.0)
    several = np.array([[0.9, 0.1, 0], [0.6, 0.4, 0], [0, 0.2, 0.8], [0.5, 0.1, 0.4]])
    found = classes.confusion([(np.array([0, 1, 2, 2]), several)])
    assert found.counts is not None
    assert found.counts.tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 1]]
    assert found.pairs == ((1, 0, 1), (2, 0, 1))
    assert classes.balance([(np.array([0, 1, 2, 2]), several)], 3) == [0.25, 0.25, 0.5]


def test_of_equal_scores_neither_comes_first_in_the_gains() -> None:
    """Two equal scores, one of them of the only positive: looking at half finds half of it."""
    y, p = np.array([1, 0]), np.array([0.5, 0.5])
    for order in ([0, 1], [1, 0]):
        _, gains = classes.curves([(y[order], p[order])])
        assert (gains[0], gains[50], gains[100]) == (0.0, 0.5, 1.0)


def test_tenths_are_means_and_quantiles_of_equally_many_predictions() -> None:
    random = np.random.default_rng(2)
    p = random.normal(size=1000)
    y = p + random.normal(size=1000)
    found = numbers.tenths(y, p)
    order = np.argsort(p).reshape(10, 100)
    assert [one.n for one in found] == [100] * 10
    assert [one.predicted for one in found] == pytest.approx(p[order].mean(axis=1).tolist())
    assert [one.true for one in found] == pytest.approx(y[order].mean(axis=1).tolist())
    low, high = np.percentile(y[order], [10, 90], axis=1)
    assert [one.low for one in found] == pytest.approx(low.tolist())
    assert [one.high for one in found] == pytest.approx(high.tolist())


def test_equal_predictions_stand_in_one_bin() -> None:
    (one,) = numbers.tenths(np.arange(50.0), np.full(50, 7.0))
    assert (one.predicted, one.true, one.n) == (7.0, 24.5, 50)


def test_errors_are_the_quantiles_of_what_predictions_are_off_by() -> None:
    found = numbers.drawn([(np.zeros(101), np.arange(-50.0, 51.0)), (np.zeros(1), np.zeros(1))])
    by_share = dict(zip(numbers.SHARES, found.errors, strict=True))
    assert by_share[0.0] == 0.0
    assert by_share[0.5] == pytest.approx(25, abs=0.6)
    assert by_share[0.99] == pytest.approx(50, abs=0.6)


def test_recall_by_depth_is_the_metric_at_each_depth() -> None:
    random = np.random.default_rng(3)
    y = np.where(random.random((60, 4)) < 0.7, random.integers(0, 500, (60, 4)), -1)
    y[:, 0] = 1
    rank = np.where(y >= 0, random.integers(0, DEPTH + 1, (60, 4)), BEYOND).astype(np.uint8)
    p = np.zeros(60, dtype=[("rank", np.uint8, (4,))])
    p["rank"] = rank
    found = hits.recalls(y, rank)
    for k in (1, 10, 50, DEPTH):
        assert found[k - 1] == pytest.approx(evaluate(recall(y, p, k)))


@pytest.mark.parametrize(
    ("kind", "y", "p", "made"),
    [
        ("binary", np.array([0, 1]), np.array([0.2, 0.9], dtype=np.float32), classes.Drawn),
        ("regression", np.array([0.5, 2.0]), np.array([1, 2], dtype=np.float32), numbers.Numbers),
        ("regression", np.array([0.5, 2.0]), np.array([np.nan, 2], dtype=np.float32), None),
        ("binary", np.array([0, 7]), np.array([0.2, 0.9], dtype=np.float32), None),
        ("ranking", np.array([0, 1]), np.array([0.2, 0.9], dtype=np.float32), None),
    ],
)
def test_what_is_no_prediction_of_its_kind_is_not_drawn(
    tmp_path: Path, kind: str, y: np.ndarray, p: np.ndarray, made: type | None
) -> None:
    record = ok(task("one"))
    store.prepare(tmp_path)
    np.savez(tmp_path / record["predictions"]["path"], p=p)
    np.savez(tmp_path / record["predictions"]["test"], ids=np.arange(2), y=y)
    found = seen(tmp_path, kind, [record])
    assert found is None if made is None else isinstance(found, made)


def test_predictions_that_are_gone_are_not_drawn(tmp_path: Path) -> None:
    assert seen(tmp_path, "binary", [ok()]) is None
