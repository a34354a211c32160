"""Regression: metrics against scikit-learn, what is refused, a whole run, and its models."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from sklearn.datasets import load_diabetes
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from toys import Command, Plugins, kept

from benchbig.cards import find
from benchbig.data import Context, Part, Split
from benchbig.data.check import check_split
from benchbig.data.frames import whole
from benchbig.data.splits import cut, stratified
from benchbig.errors import BenchError
from benchbig.metrics import names
from benchbig.metrics.bootstrap import interval
from benchbig.metrics.prediction import PredictionError, check_prediction
from benchbig.metrics.score import score, value

SK = {
    "mae": lambda y, p, w: sk.mean_absolute_error(y, p, sample_weight=w),
    "rmse": lambda y, p, w: sk.root_mean_squared_error(y, p, sample_weight=w),
    "r2": lambda y, p, w: sk.r2_score(y, p, sample_weight=w),
}
DIABETES = '''
"""Diabetes: how far has the disease gone after a year? 442 patients; Efron et al. 2004."""

from sklearn.datasets import load_diabetes

from benchbig.data.frames import whole
from benchbig.data.splits import by_order, cut


def load(seed, files):
    bunch = load_diabetes(as_frame=True)
    everything = whole(bunch.data, bunch.target.to_numpy(), real=True)
    return cut(everything, by_order(len(bunch.data)))
'''
CARD = {
    "title": "Diabetes",
    "kind": "regression",
    "metric": "rmse",
    "n_examples": 442,
    "n_features": 10,
    "n_classes": None,
}
LEARNERS = ("ridge", "hist_gradient_boosting", "lightgbm", "catboost", "mlp")


@pytest.mark.parametrize("name", SK)
def test_metrics_agree_with_scikit_learn(name: str) -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n = int(rng.choice([2, 30, 1000]))
        y = rng.normal(rng.choice([0.0, 1e4]), rng.choice([0.1, 50.0]), n)
        p = y * rng.uniform(0.5, 1.5) + rng.normal(0, 1, n)
        for weight in (None, rng.uniform(0.1, 3, n)):
            expected = SK[name](y, p, weight)
            found = value(name, "regression", y, p, weight=weight)
            # To 1e-12 of the value: an R2 of -10^6 has no twelfth decimal.
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-12), (name, seed)


def test_a_weight_of_two_is_an_example_that_occurs_twice() -> None:
    rng = np.random.default_rng(0)
    y, p = rng.normal(5, 2, 40), rng.normal(5, 2, 40)
    times = rng.integers(0, 3, 40)
    for name in names.fitting("regression"):
        weighted = value(name, "regression", y, p, weight=times)
        repeated = value(name, "regression", y.repeat(times), p.repeat(times))
        assert weighted == pytest.approx(repeated, rel=1e-12)


def test_worked_by_hand() -> None:
    y, p = np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 3.0, 3.0, 4.0])
    # Errors 0, 1, 0, 2; about the mean 3: 4 + 1 + 0 + 9 = 14.
    found = score("regression", y, p)
    assert list(found) == ["r2", "mae", "rmse"]
    assert found == pytest.approx({"r2": 1 - 5 / 14, "mae": 0.75, "rmse": 1.25**0.5})
    assert value("r2", "regression", np.full(3, 2.0), np.array([1.0, 2.0, 3.0])) is None


def test_the_interval_of_a_mean_absolute_error_is_that_of_a_mean() -> None:
    """400 errors, half 1 and half 3: mean 2, sd of the mean 1 / 20."""
    y, p = np.zeros(400), np.repeat([1.0, 3.0], 200)
    low, high, _ = interval("mae", "regression", y, p, seed=0, replicates=4000)
    assert (low, high) == pytest.approx((2 - 1.96 / 20, 2 + 1.96 / 20), abs=0.01)


@pytest.mark.parametrize(
    ("p", "reason"),
    [
        (np.full((3, 1), 0.5), r"shape \(3, 1\); expected \(3,\)$"),
        (np.array([1, 2, 3]), "int64 values; expected floats"),
        (np.array([1.0, np.nan, 3.0]), "NaN or infinity for 1 of 3"),
        (np.array([1.0, 1e39, 3.0]), "NaN or infinity for 1 of 3"),
        ([1.0, 2.0, 3.0], "list, not a numpy array"),
    ],
)
def test_what_is_no_prediction_is_refused(p: object, reason: str) -> None:
    with pytest.raises(PredictionError, match=reason):
        check_prediction("regression", 3, 0, p)


def test_any_number_is_a_prediction_and_is_rounded_once() -> None:
    p = check_prediction("regression", 3, 0, np.array([-1e30, 0.1, 7e5]))
    assert p.dtype == np.float32
    assert check_prediction("regression", 3, 0, p).tobytes() == p.tobytes()


def test_an_interval_may_begin_below_nought(plugins: Plugins) -> None:
    assert names.METRICS["r2"].least == -np.inf
    assert names.METRICS["rmse"].most == np.inf


@pytest.fixture(scope="module")
def diabetes() -> Split:
    bunch = load_diabetes(as_frame=True)
    frame, y = bunch.data.copy(), bunch.target.to_numpy()
    frame["sex"] = (frame["sex"] > 0).map({True: "a", False: "b"})
    frame.loc[frame.index % 9 == 0, "bmi"] = np.nan
    return cut(whole(frame, y, ["sex"], real=True), stratified(y > y.mean(), 0))


def context(model: str, split: Split, seed: int = 0) -> Context:
    card = find().model(model)
    task = replace(find().task("bike_demand"), n_features=split.train.X.shape[1], kind="regression")
    short = {"steps": 300} if model == "mlp" else {}
    return Context(task, {**card.params, **short}, seed, split.valid, {}, "cpu", 1, Path())


@pytest.mark.parametrize("model", LEARNERS)
def test_a_model_learns_numbers(model: str, diabetes: Split) -> None:
    """At least three quarters of what scikit-learn's least squares explain of the same rows."""
    plain = make_pipeline(SimpleImputer(), LinearRegression())
    parts = (diabetes.train, diabetes.test)
    as_numbers = [part.X.assign(sex=part.X["sex"].cat.codes) for part in parts]
    expected = plain.fit(as_numbers[0], diabetes.train.y).score(as_numbers[1], diabetes.test.y)
    fit = importlib.import_module(f"benchbig.baselines.{model}").fit
    told = context(model, diabetes, seed=3)
    predict = fit(diabetes.train, told)
    p = check_prediction("regression", len(diabetes.test), 0, predict(diabetes.test.X))
    assert sk.r2_score(diabetes.test.y, p) > 0.75 * expected > 0.2
    assert told.notes.artifact_bytes
    one = diabetes.test.X.iloc[5:6]
    assert predict(one) == pytest.approx(p[5:6], rel=1e-4)
    again = fit(diabetes.train, context(model, diabetes, seed=3))(diabetes.test.X)
    assert again.astype(np.float32).tolist() == p.tolist()


def test_the_mean_is_the_floor(diabetes: Split) -> None:
    fit = importlib.import_module("benchbig.baselines.majority").fit
    p = fit(diabetes.train, context("majority", diabetes))(diabetes.test.X)
    assert p.tolist() == [diabetes.train.y.mean()] * len(diabetes.test)


@pytest.mark.parametrize("y", [np.arange(4), np.array([0.0, 1.0, np.nan, 2.0])])
def test_targets_are_finite_numbers(y: np.ndarray) -> None:
    parts = [
        Part(pd.DataFrame({"x": [0.0] * 4}), np.arange(4.0), np.arange(4) + at) for at in (0, 4, 8)
    ]
    task = replace(find().task("bike_demand"), n_features=1)
    check_split(Split(*parts), task)
    with pytest.raises(BenchError, match=r"real targets must be float64"):
        check_split(Split(parts[0], replace(parts[1], y=y), parts[2]), task)


def test_a_regression_runs_from_card_to_checked_record(
    plugins: Plugins, run_cli: Command, results: Path
) -> None:
    card = {k: v for k, v in CARD.items() if v is not None}
    path = plugins.task("diabetes", DIABETES, card)
    text = path.read_text().replace("n_classes = 2\n", "")
    path.write_text(text)
    line = ["--plugins", plugins.folder, "--task", "diabetes", "--model", "ridge,majority"]
    done = run_cli("run", *line, "--seeds", "0", "--results", results)
    assert done.returncode == 0, done.stdout + done.stderr
    ridge, floor = (kept(results)["diabetes", model, 0] for model in ("ridge", "majority"))
    assert ridge["value"] < 0.85 * floor["value"]
    assert ridge["higher_is_better"] is False
    assert ridge["ci_low"] < ridge["value"] < ridge["ci_high"]
    assert ridge["train_value"] < ridge["value"]
    assert set(ridge["metrics"]) == {"r2", "mae", "rmse"}
    assert ridge["tuning"]["trials"] > 1
    best = min(t["valid_value"] for t in ridge["tuning"]["tried"])
    assert ridge["valid_value"] == best
    assert run_cli("check", results).returncode == 0
    ridge["value"] *= 2
    file = results / "records" / "diabetes" / "ridge.jsonl"
    file.write_text(json.dumps(ridge, sort_keys=True) + "\n")
    said = run_cli("check", results)
    assert said.returncode != 0
    assert "the predictions give rmse" in said.stdout + said.stderr
