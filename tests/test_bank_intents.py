"""Is the task of bank customers' messages cut as its card says, copies dropped first?"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchbig.assets.cache import cache_dir, find
from benchbig.cards.read import read
from benchbig.cards.schema import TaskCard
from benchbig.data.texts import same
from benchbig.tasks import bank_intents

ROOT = Path(__file__).parent.parent


def pool(path: Path, train: list[tuple[str, int]], test: list[tuple[str, int]]) -> dict[str, Path]:
    """A file in the form of BANKING77's copy."""
    parts = {"train": train, "test": test}
    found: dict[str, list[str]] = {}
    for name, rows in parts.items():
        found[f"{name}_texts"] = [text for text, _ in rows]
        found[f"{name}_labels"] = [str(label) for _, label in rows]
    path.write_text(json.dumps(found), encoding="utf-8")
    return {"banking77": path}


def test_messages_that_agree_in_letters_and_digits_count_once(tmp_path: Path) -> None:
    train = [(f"message {at}", at % 2) for at in range(40)]
    train += [("Message 3!", 1), ("is it   LOST", 0)]  # a copy of row 3, and of the test part's
    test = [("Is it lost?", 0), ("is it lost", 0), ("new", 1)]
    split = bank_intents.load(0, pool(tmp_path / "pool.json", train, test))
    assert split.test.ids.tolist() == [42, 44]
    seen = np.concatenate([split.train.ids, split.valid.ids])
    assert sorted(seen) == list(range(40))
    assert split.valid.y.tolist().count(0) == split.valid.y.tolist().count(1) == 2


def test_the_seed_draws_the_validation_part_and_leaves_the_test_part(tmp_path: Path) -> None:
    train = [(f"message {at}", at % 2) for at in range(40)]
    files = pool(tmp_path / "pool.json", train, [("one", 0), ("two", 1)])
    first, same, other = (bank_intents.load(seed, files) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.valid.ids, same.valid.ids)
    assert set(first.valid.ids) != set(other.valid.ids)
    np.testing.assert_array_equal(first.test.ids, other.test.ids)


def test_bank_intents_is_as_its_card_says() -> None:
    card = read(ROOT / "tasks" / "bank_intents.toml", TaskCard)
    path = find(card.assets["banking77"], cache_dir())
    if path is None:
        pytest.skip("BANKING77 is not in the cache: benchbig fetch --suite finance")
    split = bank_intents.load(0, {"banking77": path})
    sizes = [len(part) for part in (split.train, split.valid, split.test)]
    assert sizes == [card.split.n_train, card.split.n_valid, card.split.n_test]
    assert sum(sizes) == card.n_examples
    assert len(card.classes) == card.n_classes == len(np.unique(split.train.y))
    keys = Counter(same(text) for part in vars(split).values() for text in part.X)
    assert max(keys.values()) == 1
