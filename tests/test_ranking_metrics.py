"""What is kept of a ranked list, and what its metrics and their intervals make of it."""

from __future__ import annotations

import numpy as np
import pytest
from histories_by_hand import known
from sklearn import metrics as sk

from benchbig.data.histories import Histories
from benchbig.metrics import names
from benchbig.metrics.bootstrap import interval
from benchbig.metrics.places import DEPTH, places
from benchbig.metrics.prediction import PredictionError
from benchbig.metrics.score import score, value


def test_what_a_user_has_chosen_is_no_candidate():
    X = known([[0, 2]], 5)
    p = places(np.array([[9.0, 1.0, 8.0, 3.0, 2.0]]), X, np.array([[4, 3]]), repeats=False)
    assert p["head"][0].tolist() == [3, 4, 1] + [5] * 7
    assert p["rank"].tolist() == [[2, 1]]
    assert p["items"].tolist() == [5]
    assert p.dtype.names == ("items", "head", "rank")


def test_repeats_and_new_items_are_told_apart():
    """By score 0, 2, 3, 4, 1: item 2 is a repeat at rank 2; 4 is at 4, the second of the new."""
    X = known([[0, 2, 2]], 5)
    p = places(np.array([[9.0, 1.0, 8.0, 3.0, 2.0]]), X, np.array([[2, 4, -1]]), repeats=True)
    assert p["head"][0, :6].tolist() == [0, 2, 3, 4, 1, 5]
    assert p["rank"].tolist() == [[2, 4, 0]]
    assert p["known"].tolist() == [[True, False, False]]
    assert p["new"].tolist() == [[0, 2, 0]]


def test_equal_scores_have_one_order_that_no_number_and_no_history_tells():
    """A model that knows nothing finds of 2,000 items what chance finds: 100 ranks in 2,000."""
    n = 2000
    X = known([[]] * n, n)
    p = places(np.zeros((n, n)), X, np.arange(n)[:, None], repeats=False)
    assert (p["head"] == p["head"][0]).all()
    assert p["head"][0].tolist() != sorted(p["head"][0])
    assert (p["rank"] > 0).sum() == DEPTH
    for row in np.flatnonzero(p["rank"][:, 0] == 1):
        assert p["head"][row, 0] == row


def test_ranks_agree_with_a_full_sort():
    rng = np.random.default_rng(0)
    n, items = 60, 500
    X = known([rng.choice(items, rng.integers(0, 30), replace=False).tolist() for _ in range(n)],
              items)  # fmt: skip
    scores = rng.normal(size=(n, items)).astype(np.float32)
    held = np.array([rng.choice(np.setdiff1d(np.arange(items), X.of(row)), 3, replace=False)
                     for row in range(n)])  # fmt: skip
    p = places(scores, X, held, repeats=False)
    for row in range(n):
        order = [item for item in np.argsort(-scores[row]) if item not in X.of(row)]
        assert p["head"][row].tolist() == order[:10]
        for item, rank in zip(held[row], p["rank"][row], strict=True):
            at = order.index(item) + 1
            assert rank == (at if at <= DEPTH else 0)
    assert scores.max() < np.inf  # the model's own array is left as it is


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        (np.zeros((1, 4)), r"float64 \(1, 4\); expected floats of shape \(1, 5\)"),
        (np.zeros((1, 5), dtype=int), "int64"),
        ([0.0] * 5, "list"),
        (np.array([[0.0, np.nan, 0.0, 0.0, 0.0]]), "NaN or infinity for 1 of 1 users"),
        (np.array([[0.0, -np.inf, 0.0, 0.0, 0.0]]), "NaN or infinity for 1 of 1 users"),
    ],
)
def test_what_is_no_list_is_refused(scores: object, reason: str):
    with pytest.raises(PredictionError, match=reason):
        places(scores, known([[0]], 5), np.array([[1]]), repeats=False)


def cases(seed: int, repeats: bool) -> tuple[np.ndarray, np.ndarray, Histories, np.ndarray]:
    """Random scores without ties, histories and held-out items: y, p, X, scores."""
    rng = np.random.default_rng(seed)
    n, items, most = 30, 70, 15
    rows, held = [], np.full((n, most), -1)
    for row in range(n):
        order, m = rng.permutation(items), int(rng.integers(1, most + 1))
        held[row, :m] = np.sort(order[:m])
        own = order[m : m + 20]
        rows.append([*own, *order[: m // 2]] if repeats else own.tolist())
    X, scores = known(rows, items), rng.normal(size=(n, items))
    scores[np.arange(n), held[:, 0]] += 1.5
    return held, places(scores, X, held, repeats), X, scores


def by_the_book(y: np.ndarray, X: Histories, scores: np.ndarray, k: int) -> dict[str, float]:
    """The metrics of lists as their definitions say, user by user, lists as Python lists."""
    rows = []
    for row, held in enumerate(y):
        asked = set(held[held >= 0].tolist())
        mine = set(X.of(row).tolist())
        offered = [item for item in np.argsort(-scores[row]).tolist() if item not in mine]
        hits = [item in asked for item in offered[:k]]
        relevance = np.array([[item in asked for item in offered]], dtype=float)
        order = -np.arange(len(offered), dtype=float)[None]
        precisions = [sum(hits[: at + 1]) / (at + 1) for at, hit in enumerate(hits) if hit]
        rows.append({
            "recall": sum(hits) / len(asked),
            "hit_rate": float(any(hits)),
            "mrr": 1 / (hits.index(True) + 1) if any(hits) else 0.0,
            "map": sum(precisions) / min(len(asked), k),
            "ndcg": sk.ndcg_score(relevance, order, k=k),
        })  # fmt: skip
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


@pytest.mark.parametrize("seed", range(8))
def test_metrics_agree_with_their_definitions_and_scikit_learn(seed: int):
    y, p, X, scores = cases(seed, repeats=False)
    found = score("ranking", y, p)
    for name, expected in by_the_book(y, X, scores, 10).items():
        assert found[f"{name}_at_10"] == pytest.approx(expected, abs=1e-12), name
    deep = by_the_book(y, X, scores, 50)
    for name in ("recall", "ndcg"):
        assert found[f"{name}_at_50"] == pytest.approx(deep[name], abs=1e-12)
    heads = [np.argsort(-np.where(np.isin(np.arange(70), X.of(row)), -9, line))[:10]
             for row, line in enumerate(scores)]  # fmt: skip
    assert found["coverage_at_10"] == pytest.approx(len(np.unique(heads)) / 70)
    assert "new_recall_at_10" not in found
    assert tuple(found) == names.fitting("ranking")[: len(found)]


def test_with_a_deep_list_map_is_scikit_learns_average_precision():
    """With k past the last held-out item both are the mean precision at each held-out item."""
    y, p, X, scores = cases(3, repeats=False)
    from benchbig.metrics.cells import evaluate
    from benchbig.metrics.retrieval import average_precision

    expected = []
    for row, held in enumerate(y):
        offered = np.setdiff1d(np.arange(70), X.of(row))
        expected.append(sk.average_precision_score(np.isin(offered, held), scores[row, offered]))
    assert evaluate(average_precision(y, p, 70)) == pytest.approx(np.mean(expected), abs=1e-12)


def test_worked_by_hand():
    """Held out 1, 2, 3, of which 1 stands first, 2 third, 3 beyond; 11 candidates.

    NDCG (1 + 1 / 2) / (1 + 1 / log2 3 + 1 / 2); MAP (1 / 1 + 2 / 3) / 3.
    """
    scores = np.array([[0, 20.0, 18, -5, 19, 17, 16, 15, 14, 13, 12, 11]])
    X, y = known([[0]], 12), np.array([[1, 2, 3]])
    found = score("ranking", y, places(scores, X, y, repeats=False))
    assert found["recall_at_10"] == pytest.approx(2 / 3)
    assert found["hit_rate_at_10"] == found["mrr_at_10"] == 1.0
    assert found["map_at_10"] == pytest.approx((1 + 2 / 3) / 3)
    assert found["ndcg_at_10"] == pytest.approx(1.5 / (1.5 + 1 / np.log2(3)))
    assert found["coverage_at_10"] == pytest.approx(10 / 12)
    assert found["recall_at_50"] == 1.0


def test_the_recall_of_repeats_and_of_new_items_by_hand():
    """User 0 had 0 and 1: he repeats 0 (rank 1) and takes 5 anew. User 1 had 4 and takes 2 anew.

    By score 0, 1, ..., 14. Without his own, 5 is user 0's third; 2 is user 1's third.
    """
    scores = np.tile(-np.arange(15.0), (2, 1))
    X, y = known([[0, 1], [4]], 15), np.array([[0, 5], [2, -1]])
    found = score("ranking", y, places(scores, X, y, repeats=True))
    assert found["repeat_recall_at_10"] == 1.0
    assert found["new_recall_at_10"] == 1.0
    worse = np.tile(np.arange(15.0), (2, 1))  # 14 first: 5 is the tenth of either list, 0, 2 not in
    found = score("ranking", y, places(worse, X, y, repeats=True))
    assert found["repeat_recall_at_10"] == 0.0
    assert found["new_recall_at_10"] == 0.5
    assert found["recall_at_10"] == 0.25
    none = places(scores[1:], X.take(np.array([1])), y[1:], repeats=True)
    assert score("ranking", y[1:], none)["repeat_recall_at_10"] is None


def test_a_weight_of_two_is_a_user_who_occurs_twice():
    for repeats in (False, True):
        y, p, _, _ = cases(5, repeats)
        times = np.random.default_rng(0).integers(0, 3, len(y))
        for name in score("ranking", y, p):
            weighted = value(name, "ranking", y, p, weight=times)
            repeated = value(name, "ranking", y.repeat(times, axis=0), p.repeat(times))
            assert weighted == pytest.approx(repeated, abs=1e-12), name


def test_the_interval_of_a_hit_rate_is_that_of_the_binomial():
    """320 hits of 400: sd .02, as for an accuracy."""
    X = known([[]] * 400, 30)
    scores = np.tile(-np.arange(30.0), (400, 1))
    y = np.where(np.arange(400) < 320, 3, 20)[:, None]
    p = places(scores, X, y, repeats=False)
    low, high, _ = interval("hit_rate_at_10", "ranking", y, p, seed=0, replicates=4000)
    assert (low, high) == pytest.approx((0.8 - 1.96 * 0.02, 0.8 + 1.96 * 0.02), abs=0.004)
    assert interval("coverage_at_10", "ranking", y, p, seed=0)[:2] == (10 / 30, 10 / 30)
