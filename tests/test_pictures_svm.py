"""Does the SVM on pictures do what scikit-learn's does, and are its pairs coupled as published?"""

from __future__ import annotations

import numpy as np
import pytest
from drawn import code, context, shapes
from scipy.special import logit
from sklearn.decomposition import PCA
from sklearn.svm import SVC

from benchbig.baselines import image_svm
from benchbig.data import Notes
from benchbig.preprocess import axes, coupling, images

PIXELS = {"features": "pixels", "side": 8}


def pairs_of(p: np.ndarray) -> np.ndarray:
    """The decisions of machines that know the probabilities p (n, c), before their sigmoid."""
    c = p.shape[1]
    return np.column_stack(
        [logit(p[:, i] / (p[:, i] + p[:, j])) for i in range(c) for j in range(i + 1, c)]
    )


def test_pairs_that_agree_give_the_probabilities_they_came_from():
    p = np.random.default_rng(0).dirichlet(np.ones(5), size=40)
    np.testing.assert_allclose(coupling.coupled(pairs_of(p), (1.0,)), p, atol=1e-9)
    np.testing.assert_allclose(coupling.coupled(pairs_of(p) / 3, (3.0,)), p, atol=1e-9)


def test_pairs_that_do_not_agree_give_the_least_squares_of_wu_lin_and_weng():
    rng = np.random.default_rng(1)
    decisions = rng.normal(size=(6, 6))
    found = coupling.coupled(decisions, (1.0,))
    r = np.full((6, 4, 4), 0.5)
    for column, (i, j) in enumerate([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]):
        r[:, i, j] = 1 / (1 + np.exp(-decisions[:, column]))
        r[:, j, i] = 1 - r[:, i, j]

    def loss(p: np.ndarray) -> np.ndarray:
        apart = r.swapaxes(1, 2) * p[:, :, None] - r * p[:, None, :]
        return (apart**2).sum(axis=(1, 2))

    np.testing.assert_allclose(found.sum(axis=1), 1)
    for _ in range(200):
        other = np.abs(found + rng.normal(scale=0.03, size=found.shape))
        assert np.all(loss(found) <= loss(other / other.sum(axis=1, keepdims=True)) + 1e-12)


def test_the_slope_is_learnt_and_classes_that_were_not_seen_are_passed_over():
    rng = np.random.default_rng(2)
    p = rng.dirichlet(np.ones(3), size=4000)
    y = np.array([rng.choice([0, 2, 5], p=row) for row in p])
    (slope,) = coupling.learn(pairs_of(p) / 4, y, np.array([0, 2, 5]))
    assert slope == pytest.approx(4, rel=0.1)
    strange = np.where(np.arange(4000) % 3 == 0, 1, y)
    (again,) = coupling.learn(pairs_of(p) / 4, strange, np.array([0, 2, 5]))
    assert again == pytest.approx(4, rel=0.15)


def test_two_classes_are_coupled_by_platts_sigmoid():
    decisions, y = np.linspace(-2, 2, 400), np.repeat([1, 7], 200)
    p = coupling.coupled(decisions, coupling.learn(decisions, y, np.array([1, 7])))
    assert p.shape == (400, 2)
    assert np.all((p.argmax(axis=1) == 1) == (y == 7))


@pytest.mark.parametrize(("k", "n"), [(2, 60), (3, 60), (3, 150)])
def test_the_machine_is_scikit_learns_on_the_axes(k, n):
    """Fewer pictures than pixels, and more: the axes are found another way, and are the same."""
    train, valid = shapes(n, k, 0, side=8), shapes(40, k, 1, side=8)
    told = context("pixels_svm", k, valid)
    told.params.update(PIXELS)
    p = code("pixels_svm").fit(train, told)(valid.X)
    x, z = (images.describe(PIXELS)(part.X) for part in (train, valid))
    space = PCA(0.95, svd_solver="full").fit(x)
    gamma = told.params["width"] / space.transform(x).var(axis=0).sum()
    machine = SVC(C=told.params["C"], gamma=gamma, decision_function_shape="ovo")
    machine.fit(space.transform(x), train.y)
    decisions = machine.decision_function(space.transform(z))
    wanted = coupling.coupled(decisions, coupling.learn(decisions, valid.y, machine.classes_))
    np.testing.assert_allclose(p, wanted[:, 1] if k == 2 else wanted, atol=1e-3)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_the_machines_decide_as_svc_does(k):
    rng = np.random.default_rng(0)
    y = np.arange(210) % k
    x = (rng.normal(size=(210, 5)) + y[:, None] * rng.normal(size=5)).astype(np.float32)
    svc = SVC(C=3, gamma=0.2, decision_function_shape="ovo").fit(x, y)
    found = image_svm.decide(x, image_svm.by_pairs(svc, 0.2))
    np.testing.assert_allclose(found, svc.decision_function(x), atol=1e-4)


def test_a_search_finds_the_axes_once_and_each_fit_is_charged():
    X, other = shapes(50, 2, 0).X, shapes(50, 2, 1).X
    first, second, third = Notes(), Notes(), Notes()
    told = {**PIXELS, "variance": 0.9}
    learnt = axes.learn(told, X, first)
    assert axes.learn(told, X.copy(), second) is learnt
    assert axes.learn(told, other, third) is not learnt
    assert first.filled_s == second.shared_s == learnt.seconds > 0
    assert first.shared_s == second.filled_s == third.shared_s == 0
