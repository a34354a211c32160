"""The models that rank: against independent computations, and what each must be able to learn."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.metrics.pairwise import cosine_similarity

from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.baselines import als, ease, item_knn
from benchbig.cards import find
from benchbig.data import Context, Part, Predict, Split
from benchbig.data.histories import Catalogue, Choices, Histories, histories
from benchbig.data.splits import leave_one_out
from benchbig.metrics.places import places
from benchbig.metrics.score import score, value
from benchbig.preprocess.interactions import matrix

CATALOG = find()
CARDS = [CATALOG.model(name) for name in CATALOG.names("baselines")]
RANKERS = [card.name for card in CARDS if "ranking" in card.kinds and not card.assets]
NETWORKS = [name for name in RANKERS if "torch" in CATALOG.model(name).requires]
REFERENCE = Path(__file__).resolve().parents[1] / "benchmarks" / "recbole.json"
# Smaller and shorter than the card's, so that a fit takes a second.
SHORT = {"width": 16, "factors": 16, "batch": 128, "length": 12, "hidden": 16}


def made(rows: list[np.ndarray], items: int) -> Split:
    """A split of these histories, oldest first; users and items have facts of two kinds."""
    user = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    time = np.concatenate([np.arange(len(row)) for row in rows])
    choices = Choices(user, np.concatenate(rows), time)
    catalogue = Catalogue(
        ids=np.arange(len(rows)),
        users=pd.DataFrame({"age": np.arange(len(rows)) % 40 * 1.0}),
        items=pd.DataFrame({"kind": pd.Categorical(np.arange(items) % 3), "year": np.nan}),
        texts=np.array([f"item {at}" for at in range(items)], dtype=object),
    )
    return histories(choices, catalogue, leave_one_out(user, time))


@pytest.fixture(scope="module")
def tastes() -> Split:
    """200 users who each choose 10 of the 20 items of their taste, of 3; in no order."""
    rng = np.random.default_rng(0)
    return made([rng.permutation(20)[:10] + 20 * (who % 3) for who in range(200)], 60)


@pytest.fixture(scope="module")
def walks() -> Split:
    """300 users who go on by seven items of 40 each time, forth or back, from anywhere."""
    rng = np.random.default_rng(0)
    steps = 7 * np.arange(9)
    return made([(rng.integers(40) + steps * rng.choice([-1, 1])) % 40 for _ in range(300)], 40)


def context(model: str, split: Split, seed: int = 0, steps: int = 12) -> Context:
    card = CATALOG.model(model)
    task = replace(CATALOG.task("film_ratings"), n_items=split.train.X.n_items)
    wanted = {**SHORT, "steps": steps, "every": 20}
    short = {name: wanted[name] for name in wanted if name in card.params}
    return Context(task, {**card.params, **short}, seed, split.valid, {}, "cpu", 1, Path())


def fitted(model: str, split: Split, told: Context) -> Predict:
    module = CATALOG.model(model).code or model
    return importlib.import_module(f"benchbig.baselines.{module}").fit(split.train, told)


def judged(predict: Predict, part: Part, name: str = "recall_at_10") -> float:
    p = places(predict(part.X), part.X, part.y, repeats=False)
    found = value(name, "ranking", part.y, p)
    assert found is not None
    return found


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


@pytest.fixture(scope="module")
def chosen() -> csr_matrix:
    rng = np.random.default_rng(0)
    dense = (rng.random((80, 30)) < rng.uniform(0.02, 0.5, 30)).astype(np.float32)
    dense[:, 29] = 0  # an item that nobody has chosen
    return csr_matrix(dense)


def test_item_neighbours_are_the_cosines_of_scikit_learn(chosen: csr_matrix):
    cosines = cosine_similarity(chosen.T)
    np.fill_diagonal(cosines, 0)
    found = item_knn.neighbours(chosen, 30, 0.0).toarray()
    assert found == pytest.approx(cosines, abs=1e-5)
    few = item_knn.neighbours(chosen, 5, 0.0).toarray()
    for item in range(29):
        edge = np.sort(cosines[:, item])[-5]
        kept = np.where(cosines[:, item] >= edge - 1e-6, cosines[:, item], 0)
        assert few[:, item] == pytest.approx(kept, abs=1e-5)
    norms = np.sqrt(np.asarray(chosen.sum(axis=0)).ravel())
    shrunk = item_knn.neighbours(chosen, 30, 10.0).toarray()
    assert shrunk[1, 2] == pytest.approx(
        (chosen.T @ chosen)[1, 2] / (norms[1] * norms[2] + 10), rel=1e-4
    )


def test_ease_is_a_ridge_regression_of_each_item_on_the_others(chosen: csr_matrix):
    """Steck's closed form is one constrained problem; here each column is solved on its own."""
    X, penalty = chosen.toarray().astype(float), 7.0
    found = ease.solve(chosen, penalty)
    for item in range(X.shape[1]):
        others = np.delete(X, item, axis=1)
        left = others.T @ others + penalty * np.eye(others.shape[1])
        expected = np.linalg.solve(left, others.T @ X[:, item])
        assert np.delete(found[:, item], item) == pytest.approx(expected, abs=1e-5)
        assert found[item, item] == 0


def test_rare_items_stand_below_those_that_ease_learns(tastes: Split):
    told = context("ease", tastes)
    few = replace(told, params={**told.params, "items": 10})
    scores = fitted("ease", tastes, few)(tastes.test.X)
    kept = (scores > scores.max(axis=1, keepdims=True) - 5).sum(axis=1)
    assert (np.sort(scores, axis=1)[:, -10] > np.sort(scores, axis=1)[:, -11]).all()
    assert kept.min() >= 10


def test_als_solves_each_row_s_least_squares(chosen: csr_matrix):
    """As one stacked system for numpy: the chosen at 1, all at 0 weighed, and the penalty."""
    rng, params = np.random.default_rng(1), {"unchosen": 0.3, "penalty": 0.02}
    others = rng.normal(size=(30, 4)).astype(np.float32)
    found = als.solve(chosen, others, params)
    for row in range(80):
        own = others[chosen[row].indices]
        shrink = params["penalty"] * (len(own) + params["unchosen"] * 30)
        left = [own, np.sqrt(0.3) * others, np.sqrt(shrink) * np.eye(4)]
        right = np.concatenate([np.ones(len(own)), np.zeros(34)])
        expected = np.linalg.lstsq(np.concatenate(left), right, rcond=None)[0]
        assert found[row] == pytest.approx(expected, abs=1e-4)


def test_rows_of_any_length_are_solved_in_any_number_at_once(
    chosen: csr_matrix, monkeypatch: pytest.MonkeyPatch
):
    others = np.random.default_rng(1).normal(size=(30, 4)).astype(np.float32)
    params = {"unchosen": 0.3, "penalty": 0.02}
    whole = als.solve(chosen, others, params)
    monkeypatch.setattr(als, "CELLS", 50)
    assert als.solve(chosen, others, params) == pytest.approx(whole, abs=1e-6)


def test_the_factorisation_machine_sums_all_pairs_of_fields(tastes: Split):
    torch = pytest.importorskip("torch")
    from benchbig.baselines.deepfm import DeepFM

    torch.manual_seed(0)
    X = tastes.train.X
    network = DeepFM(X, width=4, hidden=6, dropout=0.0).eval()
    for table in (network.users.weights.weight, network.items.weights.weight):
        torch.nn.init.normal_(table)
    users, items = torch.tensor([[5], [9]]), torch.tensor([[1, 30], [2, 59]])
    found = network.join(network.of_users(users), network.of_items(items))
    for row in range(2):
        for column in range(2):
            own, linear = network.users(users[row])
            theirs, more = network.items(items[row, [column]])
            vectors = torch.cat([own[0], theirs[0]])
            pairs = sum(vectors[a] @ vectors[b] for a in range(len(vectors)) for b in range(a))
            deep = network.rest(network.of_user(own[0].flatten())
                                + network.of_item(theirs[0].flatten()))  # fmt: skip
            expected = (linear + more + pairs + deep).detach()
            assert found[row, column].item() == pytest.approx(expected.item(), abs=1e-5)


def test_drawn_items_are_none_that_the_user_has_chosen():
    pytest.importorskip("torch")
    from benchbig.baselines.pairs import _unchosen

    users = np.repeat(np.arange(5), 200)
    known = np.sort((np.arange(5)[:, None] * 12 + np.arange(6)).ravel())
    found = _unchosen(users, known, 12, 3, np.random.default_rng(0))
    # Half are refused a time, five times over: 1 in 64 may be left.
    assert (found < 6).mean() < 0.03
    assert set(np.unique(found)) >= set(range(6, 12))


def test_a_history_becomes_windows_that_foretell_every_item_once():
    pytest.importorskip("torch")
    from benchbig.finetune.sequence import windows

    split = made([np.arange(9), np.array([3, 1, 2, 0])], 9)
    assert windows(split.train.X, 3).tolist() == [
        [3, 4, 5, 6],
        [0, 1, 2, 3],
        [9, 9, 3, 1],
    ]


def test_a_place_sees_its_past_alone_and_no_filling():
    torch = pytest.importorskip("torch")
    from benchbig.finetune.sequence import Sequence, Table

    torch.manual_seed(0)
    network = Sequence(
        Table(8, 16, None, True), 16, length=6, layers=2, heads=2, dropout=0.5
    ).eval()
    table = network.table()
    rows = torch.tensor([[8, 8, 1, 2, 3, 4], [8, 8, 1, 2, 5, 6]])
    found = network(rows, table)
    assert found[0, :4].tolist() == found[1, :4].tolist()
    assert found[0, 4].tolist() != found[1, 4].tolist()
    cut = network(rows[:, 2:], table)
    assert torch.allclose(cut, found[:, 2:], atol=1e-5)


def test_drawing_all_but_one_item_costs_about_what_all_cost():
    """The loss against drawn items estimates the loss against all; here of 41 all but one."""
    torch = pytest.importorskip("torch")
    from benchbig.finetune.sequence import Sequence, Table, _loss

    torch.manual_seed(0)
    network = Sequence(Table(41, 8, None, True), 8, length=5, layers=1, heads=1, dropout=0.0)
    rng = np.random.default_rng(0)
    piece = torch.from_numpy(rng.integers(41, size=(64, 6)))
    whole = _loss(network, piece, 41, rng).item()
    few = np.mean([_loss(network, piece, 10, rng).item() for _ in range(40)])
    assert few == pytest.approx(whole, rel=0.02)


def test_words_stand_for_items_and_may_move_slowly():
    torch = pytest.importorskip("torch")
    from benchbig.finetune.sequence import Table

    words = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    frozen, tuned = Table(7, 3, words, False), Table(7, 3, words, True)
    assert sum(w.numel() for w in frozen.parameters()) == 15
    assert sum(w.numel() for w in tuned.parameters()) == 15 + 35
    assert torch.equal(frozen(), frozen.read(torch.from_numpy(words)))
    tuned.read.weight.data = frozen.read.weight.data
    assert torch.equal(tuned(), frozen())


@pytest.fixture(scope="module")
def films() -> Split:
    assets = CATALOG.task("film_ratings").assets
    files = {name: find_asset(asset, cache_dir()) for name, asset in assets.items()}
    if None in files.values():
        pytest.skip("the data are not cached: benchbig fetch --task film_ratings")
    return importlib.import_module("benchbig.tasks.film_ratings").load(0, files)


def as_recbole_learns(films: Split, name: str, ours: str, **params: float) -> np.ndarray:
    """What is kept of a model's lists, learnt from all that is known where `name` is served."""
    part: Part = getattr(films, name)
    learnt = replace(films, train=Part(part.X, np.empty((len(part), 0), int), part.ids))
    told = context(ours, learnt)
    predict = fitted(ours, learnt, replace(told, params={**told.params, **params}))
    return places(predict(part.X), part.X, part.y, repeats=False)


def recbole(name: str, model: str, **params: float) -> dict[str, float]:
    """RecBole's figures of the fit with these parameters."""
    for fit in json.loads(REFERENCE.read_text())[name]:
        if fit["model"] == model and params.items() <= fit.items():
            return {key: figure for key, figure in fit.items() if "_at_" in key}
    raise AssertionError(f"no such fit in {REFERENCE}")


@pytest.mark.parametrize("name", ["valid", "test"])
@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (("ItemKNN", {"k": 1682, "shrink": 0.0}), ("item_knn", {"k": 1682, "shrink": 0.0})),
        (("EASE", {"reg_weight": 250.0}), ("ease", {"penalty": 250.0})),
    ],
)
def test_recbole_gives_the_same_figures(name: str, theirs, ours, films: Split):
    """On one and the same split, learnt from what each user chose before: to four decimals."""
    p = as_recbole_learns(films, name, ours[0], **ours[1])
    found = score("ranking", getattr(films, name).y, p)
    for metric, figure in recbole(name, theirs[0], **theirs[1]).items():
        assert found[metric] == pytest.approx(figure, abs=5e-5), metric


def test_of_equally_near_items_recbole_takes_some_by_chance(films: Split):
    """The 100th nearest item is one of several for 567 of 1,682 films; we keep them all. Of six
    ways to keep just 100, two give RecBole's figure, and ours differs from it by less than they do
    among themselves."""
    part, chosen = films.valid, matrix(films.valid.X)
    near, found = item_knn.neighbours(chosen, 1682, 0.0).toarray(), []
    for seed in range(6):
        rng, kept = np.random.default_rng(seed), np.zeros_like(near)
        for item in range(1682):
            order = rng.permutation(1682)
            nearest = order[np.argsort(-near[order, item], kind="stable")[:100]]
            kept[nearest, item] = near[nearest, item]
        p = places(chosen @ kept, part.X, part.y, repeats=False)
        found.append(value("ndcg_at_10", "ranking", part.y, p))
    theirs = recbole("valid", "ItemKNN", k=100)["ndcg_at_10"]
    assert sum(abs(one - theirs) < 5e-7 for one in found) == 2
    ours = as_recbole_learns(films, "valid", "item_knn", k=100, shrink=0.0)
    kept_all = value("ndcg_at_10", "ranking", part.y, ours)
    assert abs(kept_all - theirs) < max(found) - min(found)
