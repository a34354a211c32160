"""The models that rank, their formulas against independent computations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rankers_by_hand import context, fitted, made, tasteful
from scipy.sparse import csr_matrix
from sklearn.metrics.pairwise import cosine_similarity

from benchbig.baselines import als, ease, item_knn
from benchbig.data import Split


@pytest.fixture(scope="module")
def tastes() -> Split:
    return tasteful()


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


def test_every_item_that_is_foretold_counts_the_same_however_rows_are_batched():
    """The mean loss of an epoch's batches is the cross entropy over all places of all rows."""
    torch = pytest.importorskip("torch")
    from benchbig.finetune.sequence import Sequence, Table, losses, windows

    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    split = made([rng.permutation(30)[:n] for n in (4, 5, 6, 9, 12, 20, 25, 28)], 30)
    network = Sequence(Table(30, 8, None, True), 8, length=30, layers=1, heads=1, dropout=0.0)
    rows = windows(split.train.X, 30)
    table = network.table()
    asked = torch.from_numpy(rows[:, :-1]) < 30
    told = network(torch.from_numpy(rows[:, :-1]), table)[asked] @ table.T
    plain = torch.nn.functional.cross_entropy(told, torch.from_numpy(rows[:, 1:])[asked])
    for batch in (1, 2, 8):
        epoch = losses(network, rows, batch, 30, rng, "cpu")
        found = [next(epoch).item() for _ in range(8 // batch)]
        assert np.mean(found) == pytest.approx(plain.item(), rel=1e-4)


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
