"""Preprocessing: learnt on training rows alone; numbers worked out by hand or by other code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, rankdata
from sklearn.calibration import _sigmoid_calibration
from sklearn.datasets import load_breast_cancer, load_iris

from benchbig.preprocess import columns, dense, scale, trees
from benchbig.preprocess.probabilities import calibrate, calibrated, spread


def table(**given):
    return pd.DataFrame(given)


def test_whole_numbers_of_few_values_are_told_from_measures():
    X = table(
        months=[0, 1, 2] * 10,
        yes=[0, 1] * 15,
        price=np.linspace(0.5, 9.7, 30),
        age=range(30),
        gaps=[1.0, 2.0, np.nan] * 9 + [3.0, 3.0, 3.0],
        name=pd.Categorical(["a", "b", "c"] * 10),
    )
    assert columns.few_valued(X) == ["months", "gaps"]
    assert columns.nominal(X) == ["name"]


def test_standard_and_smooth_scaling_follow_their_formulas():
    values = np.array([[0.0], [1.0], [2.0], [3.0], [104.0]])
    standard = scale.learn(values, "standard")(values)
    assert standard.mean() == pytest.approx(0, abs=1e-12)
    assert standard.std() == pytest.approx(1)
    # Median 2, quartiles 1 and 3: 104 lies 51 quartile ranges up, which bends to just under 3.
    smooth = scale.learn(values, "smooth")(values)
    expected = [z / np.sqrt(1 + z * z / 9) for z in (-1, -0.5, 0, 0.5, 51)]
    assert smooth.ravel() == pytest.approx(expected)


def test_a_column_that_is_mostly_one_value_still_gets_a_width():
    values = np.array([[0.0]] * 9 + [[8.0]])
    assert scale.learn(values, "smooth")(values).max() == pytest.approx(2 / np.sqrt(1 + 4 / 9))
    constant = np.zeros((5, 1))
    for view in scale.VIEWS:
        assert np.isfinite(scale.learn(constant, view)(constant)).all()


def test_ranks_agree_with_scipy_and_end_at_the_training_range():
    values = load_iris().data
    ranks = scale.learn_ranks(values)
    expected = (rankdata(values, axis=0) - 0.5) / len(values)
    assert scale.rank(values, ranks) == pytest.approx(expected)
    assert scale.rank(values + 1000, ranks).max() == pytest.approx(expected.max())
    assert scale.learn(values, "normal")(values) == pytest.approx(norm.ppf(expected))


def test_ranks_of_many_distinct_values_are_thinned_but_close():
    values = np.random.default_rng(0).lognormal(sigma=2, size=(20_000, 1))
    ranks = scale.learn_ranks(values)
    expected = (rankdata(values, axis=0) - 0.5) / len(values)
    assert len(ranks.points[0]) <= scale.GRID
    assert np.abs(scale.rank(values, ranks) - expected).max() < 1 / scale.GRID


def test_hats_are_a_partition_of_one_that_bends_at_its_knots():
    values = np.arange(11.0)[:, None]
    hats = scale.learn(values, "hats")(values)
    assert hats.shape == (11, scale.HATS)
    assert hats.sum(axis=1) == pytest.approx(np.ones(11))
    # The middle of 11 values has rank 0.5, half way between hats 2 and 3 of six.
    assert hats[5] == pytest.approx([0, 0, 0.5, 0.5, 0, 0])


def test_an_unknown_view_names_those_there_are():
    with pytest.raises(ValueError, match="standard, smooth, normal, hats"):
        scale.learn(np.zeros((3, 1)), "log")


def test_a_dense_table_has_views_then_gaps_then_levels():
    train = table(
        a=[1.0, 2.0, 3.0, np.nan] * 10,
        b=np.linspace(0, 1, 40),
        c=pd.Categorical(["x", "y"] * 19 + ["z", None], categories=["x", "y", "z"]),
    )
    encoding = dense.learn(train, "standard")
    x = dense.encode(encoding, train)
    # two numbers, one gap column, levels 1, 2, 3 of a, levels x and y (z is too rare) of c
    assert x.shape == (40, 2 + 1 + 3 + 2)
    assert x[2, 2:].tolist() == [0, 0, 0, 1, 1, 0]
    assert x[3, 2:].tolist() == [1, 0, 0, 0, 0, 1]
    assert x[38, 6:].tolist() == [0, 0]
    assert x[39, 6:].tolist() == [0, 0]
    new = table(a=[7.0], b=[np.nan], c=pd.Categorical(["never seen"]))
    row = dense.encode(encoding, new)
    assert row[0, 1] == pytest.approx(0, abs=1e-12)  # the median, which here is the mean
    assert row[0, 2:].tolist() == [0, 0, 0, 0, 0, 0]


def test_encoding_learns_nothing_from_the_rows_it_is_applied_to():
    bunch = load_breast_cancer(as_frame=True)
    train, test = bunch.data.iloc[:400], bunch.data.iloc[400:]
    for views in ("standard+normal", "smooth+hats"):
        encoding = dense.learn(train, views)
        together = dense.encode(encoding, test)
        alone = np.vstack([dense.encode(encoding, test.iloc[[i]]) for i in range(5)])
        assert alone.tolist() == together[:5].tolist()


def test_a_table_may_be_all_missing_all_nominal_or_a_single_row():
    gone = table(a=[np.nan] * 12, b=range(12))
    assert np.isfinite(dense.encode(dense.learn(gone), gone)).all()
    names = table(c=pd.Categorical(["x", "y"] * 10))
    assert dense.encode(dense.learn(names), names).shape == (20, 2)


def test_trees_keep_the_frequent_names_and_lose_the_unseen_ones():
    many = [f"n{i:03}" for i in range(300) for _ in range(300 - i)]
    train = table(c=pd.Categorical(many), d=np.arange(len(many)))
    learnt = trees.learn(train)
    assert learnt.nominal == [1]
    new = table(c=pd.Categorical(["n000", "n249", "n250", "other", None]), d=range(5))
    codes = trees.encode(learnt, new)
    assert codes[:2].tolist() == [[0, 0], [1, 249]]
    assert np.isnan(codes[2:, 1]).all()
    assert trees.encode(learnt, train.iloc[[0, -1]])[0].tolist() == [0, 0]


def test_names_are_found_again_under_another_order_of_categories():
    train = pd.Series(pd.Categorical(list("aabbc"), categories=list("abcd")))
    names = columns.learn_names(train, rarest=2)
    assert names.kept == 2
    assert columns.places(train, names).tolist() == [0, 0, 1, 1, -1]
    other = pd.Series(pd.Categorical(["b", "z", None, "a"], categories=["z", "b", "a"]))
    assert columns.places(other, names).tolist() == [1, -1, -1, 0]


def test_platt_scaling_agrees_with_scikit_learn():
    bunch = load_breast_cancer()
    scores, y = bunch.data[:, 0] * 100, 1 - bunch.target
    slope, offset = calibrate(scores, y)
    theirs_slope, theirs_offset = _sigmoid_calibration(scores, y)
    # scikit-learn fits 1 / (1 + exp(a f + b))
    assert slope == pytest.approx(-theirs_slope, rel=1e-4)
    assert offset == pytest.approx(-theirs_offset, rel=1e-4)


def test_platt_scaling_never_turns_a_ranking_around():
    scores = np.linspace(-3, 3, 50)
    y = (scores < 0).astype(int)
    p = calibrated(scores, calibrate(scores, y))
    assert np.all(np.diff(p) >= 0)
    separable = calibrated(scores, calibrate(scores, 1 - y))
    assert 0 < separable.min() < separable.max() < 1


def test_a_temperature_is_found_again_and_keeps_every_choice():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 4))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (rng.random(len(p))[:, None] > p.cumsum(axis=1)).sum(axis=1)
    (temperature,) = calibrate(logits * 5, y)
    assert temperature == pytest.approx(5, rel=0.05)
    assert (calibrated(logits * 5, (temperature,)).argmax(1) == logits.argmax(1)).all()


def test_probabilities_take_the_tasks_shape_whatever_classes_were_seen():
    assert spread(np.array([[0.2, 0.8]]), np.array([0, 1]), 2).tolist() == [0.8]
    wide = spread(np.array([[0.2, 0.8]]), np.array([0, 3]), 4)
    assert wide.tolist() == [[0.2, 0, 0, 0.8]]


def test_a_leaf_shrinks_with_the_training_part():
    assert [trees.leaf_rows(100, n) for n in (100, 1000, 5000, 100_000)] == [5, 20, 100, 100]
    assert trees.leaf_rows(3, 100) == 3
