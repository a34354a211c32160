"""The four tabular tasks: what their files hold, and that their splits do not leak.

The real files are looked up in the cache; `benchbig fetch --suite finance` puts them there.
Small tables in the same form stand in for them where only the loader's logic is asked.
"""

from __future__ import annotations

import gzip
import importlib

import numpy as np
import pandas as pd
import pytest

from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.cards import find
from benchbig.tasks.credit_default import MONTHS

TASKS = ("card_fraud", "credit_default", "bank_marketing", "bank_marketing_drift")
POSITIVES = {
    "card_fraud": (342, 57, 74),
    "credit_default": (4641, 663, 1326),
    "bank_marketing": (3702, 529, 1058),
    "bank_marketing_drift": (1367, 1067, 2855),
}


def load(task, seed, files):
    return importlib.import_module(f"benchbig.tasks.{task}").load(seed, files)


@pytest.fixture(scope="module")
def real():
    """The split of a task on its real data, loaded once; skips where it is not cached."""
    loaded = {}

    def split(task, seed=0):
        if (task, seed) not in loaded:
            assets = find().task(task).assets
            files = {name: find_asset(asset, cache_dir()) for name, asset in assets.items()}
            if None in files.values():
                pytest.skip(f"the data of {task} are not cached: benchbig fetch --suite finance")
            loaded[task, seed] = load(task, seed, files)
        return loaded[task, seed]

    return split


@pytest.mark.parametrize("task", TASKS)
def test_a_task_holds_what_its_card_says(task, real):
    card, split = find().task(task), real(task)
    parts = (split.train, split.valid, split.test)
    assert sum(map(len, parts)) == card.n_examples
    shares = [0.6, 0.2, 0.2] if card.split.scheme == "time" else [0.7, 0.1, 0.2]
    assert [len(part) / card.n_examples for part in parts] == pytest.approx(shares, abs=1e-3)
    assert {part.X.shape[1] for part in parts} == {card.n_features}
    assert tuple(int(part.y.sum()) for part in parts) == POSITIVES[task]
    assert set(np.unique(split.train.y)) == {0, 1}


@pytest.mark.parametrize("task", TASKS)
def test_no_row_and_no_exact_copy_stands_in_two_parts(task, real):
    split = real(task)
    ids = np.concatenate([split.train.ids, split.valid.ids, split.test.ids])
    assert len(np.unique(ids)) == len(ids)
    if task == "card_fraud":  # copies at another second are payments of their own
        return
    rows = [
        set(pd.util.hash_pandas_object(part.X.assign(_=part.y), index=False))
        for part in (split.train, split.valid, split.test)
    ]
    assert not rows[0] & rows[2]
    assert not rows[1] & rows[2]


@pytest.mark.parametrize("task", ["card_fraud", "bank_marketing_drift"])
def test_time_only_runs_forward(task, real):
    split = real(task)
    assert split.train.ids.max() < split.valid.ids.min()
    assert split.valid.ids.max() < split.test.ids.min()


@pytest.mark.parametrize("task", TASKS)
def test_the_split_depends_on_the_seed_just_where_the_card_says(task, real):
    differs = real(task, 0).test.ids.tolist() != real(task, 1).test.ids.tolist()
    assert differs == find().task(task).split.seeded


def test_payments_of_one_second_stay_together_and_exact_copies_go(tmp_path):
    time = [0, 1, 2, 3, 4, 5, 5, 5, 8, 9, 9]
    table = pd.DataFrame({"Time": time, "V1": np.arange(11) / 7, "Amount": 1.5, "Class": 0})
    table.loc[10, "V1"] = table.loc[9, "V1"]  # row 10 equals row 9 in every column
    table.loc[7, "V1"] = table.loc[6, "V1"] + 1e-12  # row 7 nearly equals row 6
    path = tmp_path / "creditcard.csv"
    table.to_csv(path, index=False)
    split = load("card_fraud", 0, {"creditcard": path})
    assert split.train.ids.tolist() == [0, 1, 2, 3, 4]
    assert split.valid.ids.tolist() == [5, 6, 7]
    assert split.test.ids.tolist() == [8, 9]
    assert split.train.X.columns.tolist() == ["V1", "Amount"]
    assert split.valid.X["V1"].tolist() == table["V1"].tolist()[5:8]


def test_the_months_of_credit_default_are_put_right(real):
    # UCI's first client: PAY_0 (September) 2, BILL_AMT1 (September) 3913, PAY_AMT2 (August) 689.
    split = real("credit_default")
    for part in (split.train, split.valid, split.test):
        if 0 in part.ids:
            first = part.X.iloc[np.flatnonzero(part.ids == 0)[0]]
    seen = first[["sep_delay", "aug_delay", "apr_delay", "sep_bill", "aug_pay", "sep_pay"]]
    assert seen.tolist() == [2, 2, -2, 3913, 689, 0]


def test_credit_default_reads_its_gzip_file_and_names_its_nominal_columns(tmp_path):
    months = [f"{m}_{w}" for w in ("delay", "bill", "pay") for m in MONTHS]
    names = ["limit", "sex", "edu", "married", "age", *months, "default"]
    rows = np.random.default_rng(0).integers(0, 3, size=(60, len(names)))
    rows[:, -1] = np.arange(60) % 2
    path = tmp_path / "credit.csv.gz"
    with gzip.open(path, "wt") as file:
        pd.DataFrame(rows, columns=names).to_csv(file, index=False)
    X = load("credit_default", 0, {"credit": path}).train.X
    assert [name for name in X if X[name].dtype == "category"] == ["sex", "edu", "married"]
    assert X.columns[5] == "sep_delay"


def test_bank_contacts_hide_the_calls_length_and_mark_who_is_new(real):
    split = real("bank_marketing")
    assert "duration" not in split.train.X
    assert split.train.X["pdays"].min() > 0
    assert split.train.X["pdays"].isna().mean() == pytest.approx(0.817, abs=0.01)
    nominal = [name for name in split.train.X if split.train.X[name].dtype == "category"]
    assert len(nominal) == 9
