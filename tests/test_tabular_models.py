"""Every model of tables keeps the contract on real sets that ship with scikit-learn."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC, LinearSVC

from benchbig.baselines import primal_svm, rbf_svm
from benchbig.cards import TaskCard, find
from benchbig.cards.schema import SplitCard
from benchbig.data import Context, Part
from benchbig.data.splits import cut, stratified
from benchbig.preprocess.balance import class_weights

LEARNERS = (
    "logreg",
    "linear_svm",
    "rbf_svm",
    "hist_gradient_boosting",
    "lightgbm",
    "catboost",
    "mlp",
)
QUICK = {"mlp": {"steps": 300}}  # of the 1,200 that the card allows
NEEDS = {name: find().model(name).requires for name in (*LEARNERS, "majority")}


def code(model):
    """The model's module, or a skip where what it needs is not installed."""
    for module in NEEDS[model]:
        pytest.importorskip(module)
    return importlib.import_module(f"benchbig.baselines.{model}")


def split_of(bunch, seed=0):
    y = bunch.target.to_numpy()
    whole = Part(bunch.data, y, np.arange(len(y)))
    return cut(whole, stratified(y, seed))


def context(model, split, k, seed=0, **params):
    kind = "binary" if k == 2 else "multiclass"
    task = TaskCard(
        name="bundled",
        path=Path("bundled.toml"),
        title="Bundled",
        version=1,
        sector="healthcare",
        modality="tabular",
        kind=kind,
        metric="accuracy",
        description="",
        origin="",
        licence="",
        licence_basis="unstated",
        data_origin="real",
        n_examples=len(split.train),
        n_classes=k,
        split=SplitCard("stratified", True, ""),
    )
    card = find().model(model)
    params = {**QUICK.get(model, {}), **params}
    return Context(task, {**card.params, **params}, seed, split.valid, {}, "cpu", 1, Path("unused"))


@pytest.fixture(scope="module")
def cancer():
    return split_of(load_breast_cancer(as_frame=True))


@pytest.fixture(scope="module")
def wine():
    return split_of(load_wine(as_frame=True))


@pytest.fixture(scope="module")
def gappy():
    """Breast cancer with gaps, a nominal column, and a name that only the test part has."""
    bunch = load_breast_cancer(as_frame=True)
    bunch.data = bunch.data.copy()
    bunch.data["size"] = pd.cut(bunch.data["mean area"], [0, 400, 700, 9999]).astype(str)
    bunch.data["mean texture"] = bunch.data["mean texture"].where(bunch.data.index % 7 > 0)
    bunch.data["size"] = bunch.data["size"].where(bunch.data.index % 11 > 0).astype("category")
    split = split_of(bunch)
    names = [*split.test.X["size"].cat.categories, "unheard of"]
    split.test.X["size"] = split.test.X["size"].cat.set_categories(names)
    split.test.X.iloc[0, split.test.X.columns.get_loc("size")] = "unheard of"
    return split


@pytest.mark.parametrize("model", LEARNERS)
def test_a_model_ranks_two_classes_well_and_gives_probabilities(model, cancer):
    told = context(model, cancer, 2)
    p = code(model).fit(cancer.train, told)(cancer.test.X)
    assert p.shape == (len(cancer.test),)
    assert p.dtype.kind == "f"
    assert p.min() >= 0
    assert p.max() <= 1
    assert roc_auc_score(cancer.test.y, p) > 0.97
    assert accuracy_score(cancer.test.y, p > 0.5) > 0.9
    assert told.notes.artifact_bytes > 0
    assert told.notes.warnings == []


@pytest.mark.parametrize("model", LEARNERS)
def test_a_model_tells_three_classes_apart(model, wine):
    p = code(model).fit(wine.train, context(model, wine, 3))(wine.test.X)
    assert p.shape == (len(wine.test), 3)
    assert p.sum(axis=1) == pytest.approx(np.ones(len(p)))
    assert accuracy_score(wine.test.y, p.argmax(axis=1)) > 0.9


@pytest.mark.parametrize("model", LEARNERS)
def test_gaps_names_and_unseen_names_are_taken(model, gappy):
    p = code(model).fit(gappy.train, context(model, gappy, 2))(gappy.test.X)
    assert np.isfinite(p).all()
    assert roc_auc_score(gappy.test.y, p) > 0.95


@pytest.mark.parametrize("model", LEARNERS)
def test_the_same_seed_gives_the_same_probabilities_for_any_rows(model, cancer):
    fit = code(model).fit
    first = fit(cancer.train, context(model, cancer, 2, seed=3))
    second = fit(cancer.train, context(model, cancer, 2, seed=3))
    assert first(cancer.test.X).tolist() == second(cancer.test.X).tolist()
    assert first(cancer.test.X.iloc[5:6]) == pytest.approx(first(cancer.test.X)[5:6], abs=1e-5)


@pytest.mark.parametrize("model", LEARNERS)
def test_a_class_absent_from_training_still_has_its_column(model, wine):
    train = wine.train.take(np.flatnonzero(wine.train.y != 1))
    valid = wine.valid.take(np.flatnonzero(wine.valid.y != 1))
    told = context(model, type(wine)(train, valid, wine.test), 3)
    p = code(model).fit(train, told)(wine.test.X)
    assert p.shape == (len(wine.test), 3)
    assert (p.argmax(axis=1) != 1).all()


def test_the_majority_gives_the_training_shares(cancer, wine):
    fit = code("majority").fit
    binary = fit(cancer.train, context("majority", cancer, 2))
    assert binary(cancer.test.X).tolist() == [cancer.train.y.mean()] * len(cancer.test)
    three = fit(wine.train, context("majority", wine, 3))(np.array(["a text", "another"]))
    assert three == pytest.approx(np.tile(np.bincount(wine.train.y) / len(wine.train), (2, 1)))


@pytest.mark.parametrize("C", [0.01, 1.0])
def test_the_primal_machine_agrees_with_liblinear(C):
    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    planes = primal_svm.learn(x, y, 2, C)
    # A large intercept_scaling frees liblinear's offset of its penalty, as ours is.
    theirs = LinearSVC(C=C, dual=False, tol=1e-10, intercept_scaling=1000, max_iter=10_000)
    expected = theirs.fit(x, y).decision_function(x)
    assert planes.converged
    assert primal_svm.decide(x, planes) == pytest.approx(expected, abs=1e-3)


def test_columns_that_hang_together_are_solved_in_double_precision():
    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x = np.hstack([x, x @ np.linspace(-1, 1, 30 * 60).reshape(30, 60)])  # rank 30 of 90
    narrow, cost = x.astype(np.float32), np.full(len(x), 1000, dtype=np.float32)
    zeros = np.zeros(len(x), dtype=np.float32)
    side = np.where(y == 1, 1, -1).astype(np.float32)
    with pytest.raises(np.linalg.LinAlgError):
        primal_svm._solved(narrow, side, cost, zeros, zeros[:90], narrow.dtype)
    scores = primal_svm.decide(narrow, primal_svm.learn(narrow, y, 2, 1000.0))
    wide = primal_svm.decide(x, primal_svm.learn(x, y, 2, 1000.0))
    assert np.corrcoef(scores, wide)[0, 1] > 0.9999


def test_balancing_weighs_both_sides_alike():
    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    planes = primal_svm.learn(x, y, 2, 0.01, balance=1.0)
    theirs = LinearSVC(
        C=0.01, dual=False, tol=1e-10, intercept_scaling=1000, class_weight="balanced"
    )
    expected = theirs.fit(x, y).decision_function(x)
    assert primal_svm.decide(x, planes) == pytest.approx(expected, abs=1e-3)


def test_with_few_rows_the_gaussian_features_are_the_exact_kernel():
    x, y = load_breast_cancer(return_X_y=True)
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
    kernel = rbf_svm.learn_map(x, gamma=0.05)
    mapped = rbf_svm.features(x, kernel)
    assert np.abs(mapped @ mapped.T - rbf_kernel(x, gamma=0.05)).max() < 2e-3
    scores = primal_svm.decide(mapped, primal_svm.learn(mapped, y, 2, C=1.0))
    exact = SVC(C=1.0, gamma=0.05).fit(x, y).decision_function(x)
    # Squared hinge against hinge: the same kernel, nearly the same order, not the same numbers.
    assert np.corrcoef(scores, exact)[0, 1] > 0.98


def test_landmarks_hold_every_row_of_a_rare_class():
    y = np.repeat([0, 1], [5000, 7])
    rows = rbf_svm.choose(y, 100, seed=0)
    assert len(rows) == 100
    assert y[rows].sum() == 7


def test_weighing_classes_does_not_shift_the_networks_probabilities(cancer):
    torch = pytest.importorskip("torch")
    from benchbig.baselines import mlp

    counts = np.array([900, 100])
    weights = class_weights(counts, 1.0)
    assert weights == pytest.approx([1000 / 1800, 1000 / 200])
    network = mlp.build(3, mlp.prior(counts), {"layers": 1, "width": 4, "dropout": 0.0})
    prior = network(torch.zeros(1, 3)).softmax(dim=1)[0, 1].item()
    assert prior == pytest.approx(101 / 1002)
    plain = mlp.fit(cancer.train, context("mlp", cancer, 2))(cancer.test.X)
    weighed = mlp.fit(cancer.train, context("mlp", cancer, 2, balance=1.0))(cancer.test.X)
    assert weighed.mean() == pytest.approx(plain.mean(), abs=0.05)


@pytest.mark.parametrize("k", [2, 3])
def test_weighed_classes_of_a_logistic_regression_keep_their_own_frequencies(k, cancer, wine):
    split = cancer if k == 2 else wine
    y = split.train.y
    kept = np.sort(np.concatenate([np.flatnonzero(y != 0), np.flatnonzero(y == 0)[:15]]))
    train = Part(split.train.X.iloc[kept], y[kept], split.train.ids[kept])
    shares = np.bincount(train.y) / len(train.y)
    fitted = code("logreg").fit(train, context("logreg", split, k, balance=1.0))(train.X)
    found = np.array([1 - fitted.mean(), fitted.mean()]) if k == 2 else fitted.mean(axis=0)
    np.testing.assert_allclose(found, shares, atol=0.02)  # weighed, a rare class would get 1/k
