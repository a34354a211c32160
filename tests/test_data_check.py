"""Is a split that leaks, or does not fit its card, refused with one sentence?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from toys import Plugins

from benchbig.cards import TaskCard, find
from benchbig.data import Part, Split
from benchbig.data.check import check_split
from benchbig.errors import BenchError


def part(first: int, groups: bool = False) -> Part:
    ids = np.arange(first, first + 4)
    y = np.array([0, 1, 0, 1])
    return Part(pd.DataFrame({"x": ids / 10}), y, ids, ids // 2 if groups else None)


def split(groups: bool = False) -> Split:
    return Split(part(0, groups), part(4, groups), part(8, groups))


@pytest.fixture
def card(toys: Plugins) -> TaskCard:
    return find([toys.folder]).task("tumour")


def refused(split: object, card: TaskCard) -> str:
    with pytest.raises(BenchError) as raised:
        check_split(split, card)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("groups", [False, True])
def test_a_sound_split_passes(card: TaskCard, groups: bool):
    check_split(split(groups), card)


def test_an_id_in_two_parts_is_a_leak(card: TaskCard):
    leaking = replace(split(), test=part(7))
    assert refused(leaking, card) == (
        "tumour: the split leaks: id 7 and 0 more stand in valid and test; "
        "every id belongs to one part"
    )


def test_a_group_in_two_parts_is_a_leak(card: TaskCard):
    torn = replace(split(True), valid=replace(part(4, True), groups=np.array([1, 1, 9, 9])))
    assert "the split leaks: group 1 and 0 more stand in train and valid" in refused(torn, card)


def test_ids_and_groups_need_no_order(card: TaskCard):
    """Each id of three parts stands once; a group may go with several ids of its own part."""
    mixed = Split(part(8, True), part(0, True), part(4, True))
    check_split(replace(mixed, train=replace(mixed.train, ids=np.array([11, 12, 8, 10]))), card)


def test_an_id_stands_once_in_a_part(card: TaskCard):
    twice = replace(split(), valid=replace(part(4), ids=np.array([4, 5, 5, 7])))
    assert refused(twice, card) == "tumour: the valid part has an id twice; ids must be unique"


@pytest.mark.parametrize("name", ["train", "valid", "test"])
def test_labels_of_one_class_are_refused(card: TaskCard, name: str):
    dull = replace(getattr(split(), name), y=np.ones(4, dtype=np.int64))
    message = refused(replace(split(), **{name: dull}), card)
    assert message == (
        f"tumour: the {name} part has labels of one class, 1; at least two are needed"
    )


@pytest.mark.parametrize("wrong", [2, -1])
def test_a_class_that_the_card_does_not_know_is_refused(card: TaskCard, wrong: int):
    odd = replace(split(), test=replace(part(8), y=np.array([0, 1, 0, wrong])))
    assert f"the test part has a class {wrong}; the card's n_classes 2 allows 0 to 1" in refused(
        odd, card
    )


@pytest.mark.parametrize("y", [np.array([0.0, 1.0, 0.0, 1.0]), np.array(["no", "yes"] * 2)])
def test_classes_are_whole_numbers(card: TaskCard, y: np.ndarray):
    odd = replace(split(), train=replace(part(0), y=y))
    assert "classes must be whole numbers from 0" in refused(odd, card)


def test_lengths_agree(card: TaskCard):
    short = replace(split(), train=replace(part(0), y=np.array([0, 1, 0])))
    assert "must have as many ids and y as X" in refused(short, card)


def test_groups_have_an_entry_a_row(card: TaskCard):
    short = replace(split(), train=replace(part(0), groups=np.array([1, 2])))
    assert "the train part has 2 groups for 4 rows of X" in refused(short, card)


def test_an_empty_part_is_refused(card: TaskCard):
    nothing = part(4).take(np.array([], dtype=np.int64))
    assert "at least one" in refused(replace(split(), valid=nothing), card)


def test_a_load_that_returns_something_else_is_named(card: TaskCard):
    assert refused((1, 2, 3), card) == "tumour: load() must return a Split, not tuple"
    assert "the valid part must be a Part, not NoneType" in refused(
        replace(split(), valid=None), card
    )


def test_columns_are_the_same_in_all_parts(card: TaskCard):
    for column in (pd.DataFrame({"z": np.arange(4) / 10}), pd.DataFrame({"x": list("abca")})):
        odd = replace(split(), test=replace(part(8), X=column))
        assert "the test part has other columns than the train part" in refused(odd, card)


def test_categories_are_the_same_in_all_parts(card: TaskCard):
    """A part whose categories were made from its own rows would be coded otherwise."""

    def coloured(first: int, colours: str) -> Part:
        return replace(
            part(first), X=pd.DataFrame({"x": pd.Categorical(list("abab"), list(colours))})
        )

    check_split(Split(*(coloured(first, "ab") for first in (0, 4, 8))), card)
    odd = Split(coloured(0, "ab"), coloured(4, "abc"), coloured(8, "ab"))
    assert "the valid part has other columns than the train part" in refused(odd, card)
