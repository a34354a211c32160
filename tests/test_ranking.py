"""Ranking as a kind of task: what is refused of a split and a card, and a whole run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toys import Command, Plugins, kept

from benchbig.cards import TaskCard, find
from benchbig.data import Part, Split
from benchbig.data.check import check_split
from benchbig.data.digest import split_sha256
from benchbig.errors import BenchError
from benchbig.metrics.score import value


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
