"""The models that rank: what each must be able to learn, and how each must serve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rankers_by_hand import CATALOG, context, fitted, judged, made, tasteful

from benchbig.data import Part, Split
from benchbig.data.histories import Histories

CARDS = [CATALOG.model(name) for name in CATALOG.names("baselines")]
RANKERS = [card.name for card in CARDS if "ranking" in card.kinds and not card.assets]
NETWORKS = [name for name in RANKERS if "torch" in CATALOG.model(name).requires]


@pytest.fixture(scope="module")
def tastes() -> Split:
    return tasteful()


@pytest.fixture(scope="module")
def walks() -> Split:
    """300 users who go on by seven items of 40 each time, forth or back, from anywhere."""
    rng = np.random.default_rng(0)
    steps = 7 * np.arange(9)
    return made([(rng.integers(40) + steps * rng.choice([-1, 1])) % 40 for _ in range(300)], 40)


@pytest.mark.parametrize("model", [m for m in RANKERS if m not in ("popular", "own_frequency")])
def test_a_model_finds_the_taste_of_a_user(model: str, tastes: Split):
    """Of a taste's items 11 are left: chance among them finds 10 / 11, popularity 10 / 51."""
    told = context(model, tastes, steps=240)
    predict = fitted(model, tastes, told)
    assert judged(predict, tastes.test) > 0.75
    assert told.notes.n_params > 0
    assert told.notes.artifact_bytes > 0


@pytest.mark.parametrize("model", [m for m in RANKERS if m.startswith("sasrec")])
def test_a_model_of_sequences_learns_where_one_goes_next(model: str, walks: Split):
    """Either end of a walk is as near: who knows no order is right half the time, 0.75 at best."""
    predict = fitted(model, walks, context(model, walks, steps=150))
    assert judged(predict, walks.test, "mrr_at_10") > 0.9
    blind = fitted("ease", walks, context("ease", walks))
    assert judged(blind, walks.test, "mrr_at_10") < 0.8


@pytest.mark.parametrize("model", RANKERS)
def test_the_same_seed_gives_the_same_scores(model: str, tastes: Split):
    first = fitted(model, tastes, context(model, tastes, seed=3))(tastes.test.X)
    again = fitted(model, tastes, context(model, tastes, seed=3))(tastes.test.X)
    assert first.shape == (200, 60)
    assert first.tolist() == again.tolist()
    other = fitted(model, tastes, context(model, tastes, seed=4))(tastes.test.X)
    assert (other.tolist() == first.tolist()) == (model not in ("als", *NETWORKS))


@pytest.mark.parametrize("model", RANKERS)
def test_a_user_alone_is_served_as_among_others(model: str, tastes: Split):
    predict, some = fitted(model, tastes, context(model, tastes)), np.array([7, 3])
    alone = predict(tastes.test.X.take(some))
    assert alone == pytest.approx(predict(tastes.test.X)[some], abs=1e-4)


@pytest.mark.parametrize("model", RANKERS)
def test_a_user_who_was_not_learnt_from_is_served(model: str, tastes: Split):
    few = replace(tastes, train=tastes.train.take(np.arange(100)))
    predict = fitted(model, few, context(model, few))
    assert np.isfinite(predict(tastes.test.X)).all()
    nothing = replace(
        tastes.test.X, first=np.zeros(201, dtype=int), item=np.zeros(0, int), time=np.zeros(0, int)
    )
    assert np.isfinite(predict(nothing)).all()


def test_popularity_counts_users():
    split = made([np.array([0, 1, 2, 3]), np.array([1, 2, 0, 3]), np.array([1, 4, 2, 0])], 5)
    scores = fitted("popular", split, context("popular", split))(split.test.X)
    assert scores.tolist() == [[1.0, 3.0, 1.0, 0.0, 1.0]] * 3


def test_what_was_chosen_often_comes_first_and_fades():
    """By instants: 5; 5 and 1; 2, which comes last. Popular among the never chosen: 3."""
    X = Histories(
        user=np.array([0, 1]), first=np.array([0, 4, 6]), item=np.array([5, 5, 1, 2, 3, 4]),
        time=np.array([0, 1, 1, 2, 0, 1]), users=pd.DataFrame(index=range(2)),
        items=pd.DataFrame(index=range(6)), texts=np.array(list("abcdef"), dtype=object),
    )  # fmt: skip
    split = Split(*(Part(X, np.full((2, 1), 0), np.arange(2)),) * 3)
    plain = fitted("own_frequency", split, context("own_frequency", split))(X)
    assert np.argsort(-plain[0])[0] == 5
    assert plain[0, [1, 2]] == pytest.approx([1 + 0.5, 1 + 0.5])
    told = context("own_frequency", split)
    fading = fitted("own_frequency", split, replace(told, params={"fading": 0.5}))(X)
    # 5: 1/4 + 1/2; 1: 1/2; 2: 1; what was never chosen lies below all of them.
    assert fading[0, [5, 1, 2]] == pytest.approx([0.75, 0.5, 1.0])
    assert 0 < fading[0, 3] < 0.25
    assert fading[0, 0] == 0
