"""Ranking: splits by time, what is kept of a list, metrics, what is refused, and a whole run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from toys import Command, Plugins, kept

from benchbig.cards import TaskCard, find
from benchbig.data import Part, Split
from benchbig.data.check import check_split
from benchbig.data.digest import split_sha256
from benchbig.data.histories import Catalogue, Choices, Histories, histories
from benchbig.data.splits import by_user_time, leave_one_out, serve_only, subset
from benchbig.errors import BenchError
from benchbig.metrics import names
from benchbig.metrics.bootstrap import interval
from benchbig.metrics.places import DEPTH, places
from benchbig.metrics.prediction import PredictionError
from benchbig.metrics.score import score, value

# Users 0, 1, 2 as they stand in a file; times out of order, and with ties.
USER = np.array([1, 0, 0, 1, 0, 2, 0, 1, 2])
ITEM = np.array([5, 1, 2, 6, 3, 7, 4, 1, 8])
TIME = np.array([9, 3, 1, 9, 3, 5, 2, 4, 6])


def catalogue(users: int, items: int) -> Catalogue:
    return Catalogue(
        ids=np.arange(users) + 100,
        users=pd.DataFrame(index=range(users)),
        items=pd.DataFrame(index=range(items)),
        texts=np.array([f"item {at}" for at in range(items)], dtype=object),
    )


def known(rows: list[list[int]], items: int) -> Histories:
    """Histories of these items, oldest first."""
    of = catalogue(len(rows), items)
    return Histories(
        user=np.arange(len(rows)),
        first=np.cumsum([0, *map(len, rows)]),
        item=np.array([item for row in rows for item in row], dtype=np.int64),
        time=np.array([at for row in rows for at in range(len(row))], dtype=np.int64),
        users=of.users,
        items=of.items,
        texts=of.texts,
    )


def test_the_last_row_is_tested_and_of_equal_times_the_later_in_the_file():
    """User 0 by time: item 2, 4, then 1 and 3 in one instant, 3 later in the file. User 1: item 1,
    then 5 and 6 at 9. User 2 has two rows only."""
    cut = leave_one_out(USER, TIME)
    assert cut.test.tolist() == [3, 4]
    assert cut.valid.tolist() == [0, 1]
    assert cut.train.tolist() == [2, 5, 6, 7, 8]


def test_a_users_own_time_is_cut_and_no_instant_of_his_is_torn():
    """User 0 has three instants: 1 | 2 | 3 (two rows); user 1 has two, user 2 too."""
    cut = by_user_time(USER, TIME)
    assert cut.test.tolist() == [1, 4]
    assert cut.valid.tolist() == [6]
    assert cut.train.tolist() == [0, 2, 3, 5, 7, 8]
    ten = by_user_time(np.zeros(20), np.repeat(np.arange(10), 2))
    assert [part.tolist() for part in ten] == [
        list(range(12)), list(range(12, 16)), list(range(16, 20)),
    ]  # fmt: skip


def test_who_is_not_drawn_stays_in_training_with_all_of_his_rows():
    users = np.repeat(np.arange(50), 4)
    cut = leave_one_out(users, np.tile(np.arange(4), 50))
    few = serve_only(cut, users, 10, seed=1)
    assert len(few.test) == len(few.valid) == 10
    assert set(users[few.valid]) == set(users[few.test])
    assert len(few.train) == 200 - 20
    assert np.sort(np.concatenate(few)).tolist() == list(range(200))
    assert serve_only(cut, users, 10, 2).test.tolist() != few.test.tolist()
    assert serve_only(cut, users, 99, 0).test.tolist() == cut.test.tolist()


def test_the_parts_hold_what_was_known_and_what_came_next():
    split = histories(Choices(USER, ITEM, TIME), catalogue(3, 9), by_user_time(USER, TIME))
    assert split.train.ids.tolist() == [100, 101, 102]
    assert [split.train.X.of(row).tolist() for row in range(3)] == [[2], [1, 5, 6], [7, 8]]
    assert split.train.y.shape == (3, 0)
    assert split.valid.X.of(0).tolist() == [2]
    assert split.valid.y.tolist() == [[4]]
    assert split.test.X.of(0).tolist() == [2, 4]
    assert split.test.X.time.tolist() == [1, 2]
    assert split.test.y.tolist() == [[1, 3]]
    assert split.test.ids.tolist() == [100]


def test_what_is_held_out_twice_counts_once_and_rows_are_filled_up():
    user, item = np.array([0, 0, 0, 0, 0, 1, 1, 1]), np.array([1, 2, 3, 3, 4, 1, 2, 5])
    time = np.array([0, 1, 2, 2, 2, 0, 1, 2])
    split = histories(Choices(user, item, time), catalogue(2, 6), by_user_time(user, time))
    assert split.test.y.tolist() == [[3, 4], [5, -1]]


def test_rows_are_taken_with_their_histories():
    X = known([[1, 2], [], [3, 4, 5]], 6).take(np.array([2, 0, 2, 1]))
    assert [X.of(row).tolist() for row in range(4)] == [[3, 4, 5], [1, 2], [3, 4, 5], []]
    assert X.user.tolist() == [2, 0, 2, 1]
    assert X.row.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert X.time.tolist() == [0, 1, 2, 0, 1, 0, 1, 2]


def test_fewer_users_to_learn_from_lie_within_more():
    y = np.empty((40, 0), dtype=np.int64)
    assert set(subset(y, 5, 0)) < set(subset(y, 20, 0))


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


@pytest.fixture
def card(plugins: Plugins) -> TaskCard:
    return films(plugins)


RANKING = {
    "title": "Films",
    "sector": "media",
    "modality": "interactions",
    "kind": "ranking",
    "metric": "ndcg_at_10",
    "n_examples": 1000,
    "n_items": 60,
}
FILMS = '''
"""Which film comes next? 150 viewers of one of three tastes; made by rule, for tests alone."""

import numpy as np
import pandas as pd

from benchbig.data.histories import Catalogue, Choices, histories
from benchbig.data.splits import leave_one_out


def load(seed, files):
    rng = np.random.default_rng(0)
    rows = [np.r_[rng.choice(20, 8, replace=False) + 20 * (who % 3)] for who in range(150)]
    user = np.repeat(np.arange(150), 8)
    choices = Choices(user, np.concatenate(rows), np.tile(np.arange(8), 150))
    texts = np.array([f"film {at}" for at in range(60)], dtype=object)
    nothing = pd.DataFrame(index=range(150)), pd.DataFrame(index=range(60))
    catalogue = Catalogue(np.arange(150), *nothing, texts)
    return histories(choices, catalogue, leave_one_out(choices.user, choices.time))
'''


def films(plugins: Plugins, code: str = FILMS) -> TaskCard:
    path = plugins.task("films", code, RANKING)
    text = path.read_text().replace("n_classes = 2\n", "").replace("n_features = 30\n", "")
    path.write_text(text)
    return find([plugins.folder]).task("films")


def sound() -> Split:
    space: dict[str, object] = {}
    exec(FILMS, space)
    return space["load"](0, {})  # type: ignore[operator]


def refused(split: Split, card: TaskCard) -> str:
    with pytest.raises(BenchError) as raised:
        check_split(split, card)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_sound_split_passes(card: TaskCard):
    check_split(sound(), card)
    check_split(sound(), replace(card, repeats=True))


def test_a_user_whose_future_is_in_training_is_a_leak(card: TaskCard):
    split = sound()
    leaking = replace(split, train=replace(split.train, X=split.test.X))
    assert "the split leaks: what user 0 chose in train is not the beginning of his history in " \
        "valid" in refused(leaking, card)  # fmt: skip


def test_what_is_known_cannot_be_held_out_unless_the_card_allows_repeats(card: TaskCard):
    split = sound()
    first = np.array([[split.test.X.of(row)[0]] for row in range(150)])
    again = replace(split, test=replace(split.test, y=first))
    assert "holds out what its user is known to have chosen" in refused(again, card)
    check_split(again, replace(card, repeats=True))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.full((150, 1), -1), "at least one a user"),
        (np.full(150, 3), "it must be (n, m) items held out"),
        (np.full((150, 1), 60), "has an item 60; items are 0 to 59"),
        (np.full((150, 2), 59), "holds an item out twice"),
    ],
)
def test_held_out_items_fit_the_catalogue(card: TaskCard, y: np.ndarray, message: str):
    split = sound()
    assert message in refused(replace(split, test=replace(split.test, y=y)), card)


def test_the_catalogue_is_as_large_as_the_card_says(card: TaskCard):
    assert "the card's n_items is 61" in refused(sound(), replace(card, n_items=61))


def test_a_table_is_no_history(card: TaskCard):
    part = Part(pd.DataFrame({"x": [1.0]}), np.zeros((1, 0), dtype=int), np.arange(1))
    assert "ranking needs Histories" in refused(Split(part, part, part), card)


def test_every_part_of_a_history_is_in_the_digest():
    split = sound()
    seen = {split_sha256(split)}
    X = split.train.X
    for name in ("user", "item", "time"):
        other = replace(X, **{name: getattr(X, name)[::-1].copy()})
        seen.add(split_sha256(replace(split, train=replace(split.train, X=other))))
    told = replace(X, texts=np.array(["other", *X.texts[1:]], dtype=object))
    seen.add(split_sha256(replace(split, train=replace(split.train, X=told))))
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"modality": "tabular"}, "kind 'ranking' and modality 'interactions' go together"),
        ({"n_items": 1}, "a ranking task has 'n_items' 2 or more"),
        ({"n_classes": 3}, "a ranking task has no 'n_classes'"),
    ],
)
def test_a_mistake_in_a_ranking_card_is_named(plugins: Plugins, change: dict[str, object], message):
    films(plugins)
    path = plugins.folder / "tasks" / "films.toml"
    lines = [line for line in path.read_text().splitlines() if line.split(" ")[0] not in change]
    added = [f"{key} = {found!r}" for key, found in change.items()]
    path.write_text("\n".join([*added, *lines]))
    with pytest.raises(BenchError, match=message):
        find([plugins.folder]).task("films")


def test_a_ranking_runs_from_card_to_checked_record(
    plugins: Plugins, run_cli: Command, results: Path
) -> None:
    """Tastes are what item neighbours find: 13 of a taste's 20 films are left to choose from."""
    films(plugins)
    line = ["--plugins", plugins.folder, "--task", "films", "--model", "popular,item_knn,ease"]
    done = run_cli("run", *line, "--seeds", "0", "--results", results)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {model: kept(results)["films", model, 0] for model in ("popular", "item_knn", "ease")}
    assert found["popular"]["value"] < 0.2
    assert found["item_knn"]["value"] > 0.3
    assert found["ease"]["value"] > 0.3
    record = found["ease"]
    assert record["n_test"] == record["n_train"] == 150
    assert record["train_value"] is None
    assert record["ci_low"] < record["value"] < record["ci_high"]
    assert record["metrics"]["hit_rate_at_10"] == record["metrics"]["recall_at_10"]
    assert run_cli("check", results).returncode == 0
    with np.load(results / record["predictions"]["path"], allow_pickle=False) as file:
        assert file["p"].dtype.names == ("items", "head", "rank")
    with np.load(results / record["predictions"]["test"], allow_pickle=False) as file:
        assert value("ndcg_at_10", "ranking", file["y"], found_p(results, record)) == \
            record["value"]  # fmt: skip
    shown = run_cli("show", "films", "--plugins", plugins.folder).stdout
    assert "60 items, each chosen once" in shown


def found_p(results: Path, record: dict[str, object]) -> np.ndarray:
    with np.load(results / record["predictions"]["path"]) as file:  # type: ignore[index]
        return file["p"]


def test_fewer_users_are_learnt_from_and_all_are_served(
    plugins: Plugins, run_cli: Command, results: Path
) -> None:
    films(plugins)
    line = ["--plugins", plugins.folder, "--task", "films", "--model", "item_knn", "--seeds", "0"]
    done = run_cli("run", *line, "--n-train", "30,all", "--results", results)
    assert done.returncode == 0, done.stdout + done.stderr
