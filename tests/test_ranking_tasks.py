"""The ranking and regression tasks: their files' forms, and that their splits do not leak.

The real files are looked up in the cache; `benchbig fetch --task NAME` puts them there.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.cards import find
from benchbig.data import Split
from benchbig.data.check import check_split
from benchbig.data.histories import NOTHING


def load(task: str, files: dict[str, Path], seed: int = 0) -> Split:
    return importlib.import_module(f"benchbig.tasks.{task}").load(seed, files)


@pytest.fixture(scope="module")
def real():
    """The split of a task on its real data, loaded once; skips where it is not cached."""
    loaded: dict[str, Split] = {}

    def split(task: str) -> Split:
        if task not in loaded:
            assets = find().task(task).assets
            files = {name: find_asset(asset, cache_dir()) for name, asset in assets.items()}
            if None in files.values():
                pytest.skip(f"the data of {task} are not cached: benchbig fetch --task {task}")
            loaded[task] = load(task, files)
        return loaded[task]

    return split


@pytest.mark.parametrize("task", ["film_ratings", "basket", "bike_demand"])
def test_a_task_holds_what_its_card_says(task: str, real):
    card, split = find().task(task), real(task)
    check_split(split, card)  # with it, that nobody's history reaches into what was held out
    sizes = [len(part) for part in (split.train, split.valid, split.test)]
    assert sizes == [card.split.n_train, card.split.n_valid, card.split.n_test]
    if card.kind == "ranking":
        held = sum((part.y != NOTHING).sum() for part in (split.valid, split.test))
        lines = len(split.train.X.item) + held
        # A product that is in a basket twice is held out once.
        assert lines == card.n_examples if task == "film_ratings" else lines < card.n_examples


def test_the_last_rating_of_a_viewer_is_tested(real):
    """User 196's by hand: 39 ratings, the last at 881252305 of film 110 (Operation Dumbo Drop)."""
    split = real("film_ratings")
    row = int(np.flatnonzero(split.test.ids == 196)[0])
    assert split.test.X.texts[split.test.y[row, 0]].startswith("Operation Dumbo Drop (1995)")
    assert len(split.test.X.of(row)) == 38
    assert (
        split.test.X.time[split.test.X.first[row] : split.test.X.first[row + 1]] <= 881252305
    ).all()
    assert split.test.X.texts[0] == "Toy Story (1995): Animation, Children's, Comedy"
    assert split.train.X.users.columns.tolist() == ["age", "gender", "occupation"]


def till(path: Path) -> Path:
    """A till roll in the file's form: two customers of four and three days, one of a single day."""
    rows = [(day, customer, product, 2, 90)
            for customer, days in ((7, 4), (8, 3), (9, 1)) for day in range(days)
            for product in (1000 + day, 1000 + day, 2000)]  # fmt: skip
    table = pd.DataFrame(
        rows, columns=["day", "CUSTOMER_ID", "PRODUCT_ID", "AMOUNT", "SALES_PRICE"]
    )
    dates = pd.Timestamp(2000, 11, 29) + pd.to_timedelta(table.pop("day"), unit="D")
    table.insert(0, "TRANSACTION_DT", [f"{d.month}/{d.day}/{d.year}" for d in dates])
    table["AGE_GROUP"], table["PIN_CODE"], table["PRODUCT_SUBCLASS"] = "30-34", "115", 100
    table.to_csv(path, index=False, encoding="utf-8-sig")
    return path


def test_a_basket_is_a_day_and_days_are_never_torn(tmp_path: Path):
    split = load("basket", {"ta_feng": till(tmp_path / "ta_feng.csv")})
    products = split.test.X.n_items - 1  # product 2000 has the last number
    assert split.train.ids.tolist() == [7, 8, 9]
    assert [split.train.X.of(row).tolist() for row in range(3)] == [
        [0, 0, products, 1, 1, products],
        [0, 0, products],
        [0, 0, products],
    ]
    assert split.valid.y.tolist() == [[2, products], [1, products]]
    assert split.test.y.tolist() == [[3, products], [2, products]]
    assert split.test.X.of(1).tolist() == [0, 0, products, 1, 1, products]
    assert split.test.X.texts[0] == "subclass 100, 45 dollars"
    assert split.test.X.time[:4].tolist() == [0, 0, 0, 1]


def test_bikes_are_counted_hour_by_hour_and_time_runs_forward(real):
    split = real("bike_demand")
    assert split.train.ids.max() < split.valid.ids.min()
    assert split.valid.ids.max() < split.test.ids.min()
    assert split.train.y[:3].tolist() == [16.0, 40.0, 32.0]
    assert not {"riders", "casual", "registered", "date"} & set(split.train.X)
