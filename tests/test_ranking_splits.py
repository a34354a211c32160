"""What is learnt from, what is known and what is held out when a ranking is split by time?"""

from __future__ import annotations

import numpy as np
from histories_by_hand import catalogue, known

from benchbig.data.histories import Choices, histories
from benchbig.data.splits import by_user_time, leave_one_out, serve_only, subset

# Users 0, 1, 2 as they stand in a file; times out of order, and with ties.
USER = np.array([1, 0, 0, 1, 0, 2, 0, 1, 2])
ITEM = np.array([5, 1, 2, 6, 3, 7, 4, 1, 8])
TIME = np.array([9, 3, 1, 9, 3, 5, 2, 4, 6])


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
