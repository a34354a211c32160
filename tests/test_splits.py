"""Split schemes: shares, order, whole groups, nested subsets; expected rows worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchbig.data.splits import (
    by_group,
    by_group_stratified,
    by_order,
    by_time,
    stratified,
    subset,
)


def everything(parts):
    return np.sort(np.concatenate(parts)).tolist()


def test_a_stratified_cut_keeps_every_class_in_its_shares():
    y = np.repeat([0, 1, 2], [100, 50, 10])
    parts = stratified(y, seed=3)
    assert everything(parts) == list(range(160))
    assert [np.bincount(y[part]).tolist() for part in parts] == [
        [60, 30, 6],
        [20, 10, 2],
        [20, 10, 2],
    ]


def test_a_stratified_cut_repeats_with_its_seed_and_changes_with_another():
    y = np.arange(200) % 2
    assert stratified(y, 1).test.tolist() == stratified(y, 1).test.tolist()
    assert stratified(y, 1).test.tolist() != stratified(y, 2).test.tolist()


def test_a_cut_by_order_puts_the_past_before_the_future():
    parts = by_order(10)
    assert [part.tolist() for part in parts] == [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]


def test_a_cut_by_time_never_tears_one_instant_apart():
    # Borders fall at rows 6 and 8 of the ordered stamps 0 1 2 3 4 5 5 5 8 9; the first would
    # tear the three rows of instant 5 apart and moves back to row 5.
    times = [9, 8, 5, 5, 5, 4, 3, 2, 1, 0]
    train, valid, test = by_time(times)
    assert (train.tolist(), valid.tolist(), test.tolist()) == ([5, 6, 7, 8, 9], [2, 3, 4], [0, 1])


def test_a_cut_by_time_may_leave_the_last_part_empty():
    train, valid, test = by_time([3, 1, 2, 0, 4], (0.6, 0.4, 0.0))
    assert (train.tolist(), valid.tolist(), test.tolist()) == ([1, 2, 3], [0, 4], [])


def test_a_cut_by_group_keeps_every_group_whole():
    groups = np.random.default_rng(0).integers(0, 60, size=1000)
    parts = by_group(groups, seed=0)
    members = [set(groups[part]) for part in parts]
    assert everything(parts) == list(range(1000))
    assert all(not (a & b) for a, b in itertools.combinations(members, 2))
    assert len(parts.train) == pytest.approx(600, abs=float(np.bincount(groups).max()))
    assert len(parts.test) == pytest.approx(200, abs=float(np.bincount(groups).max()))


def test_a_stratified_cut_by_group_keeps_groups_whole_and_each_class_in_its_shares():
    # 40 groups of 5 rows of class 0, 20 groups of 3 rows of class 1, of which one row is mixed in
    # from class 0: the group goes with its two others.
    groups = np.concatenate([np.repeat(np.arange(40), 5), np.repeat(np.arange(40, 60), 3)])
    y = np.repeat([0, 1], [200, 60])
    y[200] = 0
    parts = by_group_stratified(groups, y, seed=4)
    assert everything(parts) == list(range(260))
    members = [set(groups[part]) for part in parts]
    assert all(not (a & b) for a, b in itertools.combinations(members, 2))
    assert [sum(group < 40 for group in part) for part in members] == [24, 8, 8]
    assert [sum(group >= 40 for group in part) for part in members] == [12, 4, 4]
    again = by_group_stratified(groups, y, seed=4)
    assert [part.tolist() for part in again] == [part.tolist() for part in parts]


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="add up to 1"):
        by_order(10, (0.6, 0.3, 0.3))


def test_a_smaller_subset_lies_within_a_larger_one():
    y = np.random.default_rng(1).integers(0, 4, size=500)
    chosen = [set(subset(y, n, seed=7).tolist()) for n in (4, 10, 100, 333, 500)]
    assert [len(rows) for rows in chosen] == [4, 10, 100, 333, 500]
    assert all(small < large for small, large in itertools.pairwise(chosen))


def test_a_subset_keeps_the_classes_in_proportion_and_the_rarest_in():
    y = np.repeat([0, 1], [9990, 10])
    assert np.bincount(y[subset(y, 2, seed=0)]).tolist() == [1, 1]
    for n in (100, 1000, 5000):
        positives = y[subset(y, n, seed=0)].sum()
        assert abs(positives - n / 1000) <= 1


def test_a_subset_of_real_targets_is_nested_too():
    y = np.random.default_rng(2).normal(size=50)
    assert set(subset(y, 10, 0)) < set(subset(y, 20, 0))


@pytest.mark.parametrize("n", [0, 11])
def test_a_subset_larger_than_there_is_is_refused(n):
    with pytest.raises(ValueError, match="of 10 rows"):
        subset(np.zeros(10, dtype=int), n, 0)
