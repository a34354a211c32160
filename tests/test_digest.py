"""The sha256 of a split tells other data apart, and is the same for the same data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchbig.data.digest import split_sha256
from benchbig.data.frames import whole
from benchbig.data.parts import Split
from benchbig.data.splits import cut, stratified

Y = np.arange(10) % 2
TIMES = pd.date_range("2020-01-01", periods=10)
FRAMES = {
    "numbers": {"a": np.arange(10.0), "b": np.arange(10.0) ** 2},
    "whole numbers": {"a": np.arange(10), "b": np.arange(10)[::-1]},
    "times": {"a": TIMES, "b": TIMES[::-1]},
    "one column": {"a": np.arange(10, dtype=np.float32)},
    "texts": {"a": [f"row {i}" for i in range(10)], "b": ["same"] * 10},
    "objects": {"a": np.array([f"row {i}" for i in range(10)], dtype=object)},
    "of several types": {"a": np.arange(10), "b": pd.Categorical(list("xyxyxyxyzz"))},
}


def split_of(columns: dict[str, object]) -> Split:
    return cut(whole(pd.DataFrame(columns), Y), stratified(Y, seed=0))


@pytest.mark.parametrize("columns", FRAMES.values(), ids=FRAMES)
def test_equal_tables_have_equal_digests_and_a_changed_value_another(columns):
    split = split_of(columns)
    copied = {name: np.array(values).tolist() for name, values in columns.items()}
    again = pd.DataFrame(copied).astype(pd.DataFrame(columns).dtypes)
    assert split_sha256(split_of(dict(again.items()))) == split_sha256(split)
    for name in columns:
        changed = split.test.X.copy()
        changed.iloc[0, changed.columns.get_loc(name)] = split.train.X[name].iloc[0]
        if changed.equals(split.test.X):
            continue
        other = replace(split, test=replace(split.test, X=changed))
        assert split_sha256(other) != split_sha256(split)


def test_a_columns_name_counts():
    one, other = ({name: np.arange(10.0)} for name in ("a", "b"))
    assert split_sha256(split_of(one)) != split_sha256(split_of(other))


def test_numbers_are_told_apart_to_the_last_bit():
    near = {"a": np.arange(10.0)}
    split = split_of(near)
    near["a"] = np.nextafter(near["a"], np.inf)
    assert split_sha256(split_of(near)) != split_sha256(split)
