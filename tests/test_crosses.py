"""Does a pair of values get a column of its own if training rows show it often, and only then?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchbig.preprocess import crosses, dense


@pytest.fixture
def train() -> pd.DataFrame:
    """x with 0: 6 rows, x with 1: 3, y with 2: 6, y missing: 5; a number of many values besides."""
    return pd.DataFrame(
        {
            "name": pd.Categorical(["x"] * 9 + ["y"] * 11),
            "code": [0.0] * 6 + [1.0] * 3 + [2.0] * 6 + [np.nan] * 5,
            "many": np.linspace(0, 1, 20),
        }
    )


def test_only_pairs_seen_often_enough_are_crossed(train: pd.DataFrame):
    learnt = crosses.learn(train, 5)
    x = crosses.encode(learnt, train)
    assert x.shape == (20, 2)
    assert x[:, 0].tolist() == [1] * 6 + [0] * 14
    assert x[:, 1].tolist() == [0] * 9 + [1] * 6 + [0] * 5
    assert crosses.encode(crosses.learn(train, 3), train).sum(axis=0).tolist() == [6, 3, 6]


def test_unseen_and_missing_values_are_in_no_pair(train: pd.DataFrame):
    learnt = crosses.learn(train, 5)
    new = pd.DataFrame(
        {
            "name": pd.Categorical(["z", None, "x", "x", "y"]),
            "code": [0.0, 0.0, 7.0, np.nan, 2.0],
            "many": 0.0,
        }
    )
    assert crosses.encode(learnt, new).tolist() == [[0, 0]] * 4 + [[0, 1]]


def test_zero_crosses_nothing_and_a_table_of_numbers_has_nothing_to_cross(train: pd.DataFrame):
    assert crosses.encode(crosses.learn(train, 0), train).shape == (20, 0)
    assert crosses.encode(crosses.learn(train[["many"]], 5), train[["many"]]).shape == (20, 0)


def test_the_matrix_of_a_linear_model_ends_with_the_pairs(train: pd.DataFrame):
    plain, crossed = dense.learn(train), dense.learn(train, fewest=5)
    x = dense.encode(crossed, train)
    assert x[:, :-2].tolist() == dense.encode(plain, train).astype(np.float32).tolist()
    assert x[:, -2:].tolist() == crosses.encode(crossed.crosses, train).tolist()
