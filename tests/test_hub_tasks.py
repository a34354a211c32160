"""The hub's data sets as tasks: small files in the hub's own form, laid out as in the hub."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

datasets = pytest.importorskip("datasets", reason="data of the hub needs datasets: benchbig[large]")

from benchbig.cards import find  # noqa: E402
from benchbig.data import Split  # noqa: E402

IMAGE = pytest.importorskip("PIL.Image", reason="pictures need pillow")


def load(task: str, folder: Path, rows: dict[str, dict[str, Any]], seed: int = 0) -> Split:
    """The task, from Parquet files named as its card names them; rows: by the file's beginning."""
    (asset,) = find().task(task).assets.values()
    for name in asset.files:
        part = name.split("/")[1].split("-")[0]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        table = datasets.Dataset.from_dict(rows[part])
        table.to_parquet(str(folder / name))
    return importlib.import_module(f"benchbig.tasks.{task}").load(seed, {asset.name: folder})


@pytest.mark.parametrize(
    ("task", "text", "test"), [("sst2", "sentence", "validation"), ("ag_news", "text", "test")]
)
def test_the_hubs_own_test_part_stays_whole_and_apart(
    task: str, text: str, test: str, tmp_path: Path
) -> None:
    train = {text: [f"text {at}" for at in range(60)], "label": [at % 2 for at in range(60)]}
    train[text] += ["Asked 1!", "text 3"]  # in the test part, and there already
    train["label"] += [0, 1]
    asked = {text: [f"asked {at}" for at in range(10)], "label": [at % 2 for at in range(10)]}
    split = load(task, tmp_path, {"train": train, test: asked})
    assert split.test.X.tolist() == asked[text]
    assert split.test.ids.tolist() == list(range(62, 72))
    assert (len(split.train), len(split.valid)) == (57, 3)
    rows = np.concatenate([split.train.ids, split.valid.ids])
    assert sorted(rows) == list(range(60))
    other = load(task, tmp_path, {"train": train, test: asked}, seed=1)
    assert other.valid.ids.tolist() != split.valid.ids.tolist()
    assert other.test.ids.tolist() == split.test.ids.tolist()


def test_small_photographs_that_are_asked_about_are_not_learnt(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)

    def part(rows: list[int]) -> dict[str, Any]:
        return {"img": [IMAGE.fromarray(pictures[row]) for row in rows],
                "label": [row % 3 for row in rows]}  # fmt: skip

    learnt = [*range(20), 5, 25]  # 5 twice; 25 is in the test part
    split = load("cifar10", tmp_path, {"train": part(learnt), "test": part(list(range(20, 30)))})
    assert (len(split.train), len(split.valid), len(split.test)) == (18, 2, 10)
    assert sorted(np.concatenate([split.train.ids, split.valid.ids])) == list(range(20))
    np.testing.assert_array_equal(split.test.X, pictures[20:])
    np.testing.assert_array_equal(split.train.X, pictures[split.train.ids])


def test_medmnist_s_own_parts_stay_and_share_no_picture(tmp_path: Path) -> None:
    """In MedMNIST's own form, one .npz file of all parts, labels in a column."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (30, 28, 28, 3), dtype=np.uint8)
    rows = {"train": [*range(18), 3, 19, 27], "val": [18, 19, 20, 26], "test": [*range(24, 30)]}
    (tmp_path / "data").mkdir()
    arrays = {f"{part}_images": pictures[at] for part, at in rows.items()}
    arrays |= {f"{part}_labels": np.array(at, np.uint8)[:, None] % 8 for part, at in rows.items()}
    np.savez(tmp_path / "data" / "bloodmnist.npz", **arrays)
    load = importlib.import_module("benchbig.tasks.bloodmnist").load
    split = load(0, {"bloodmnist": tmp_path})
    # 3 stands twice in training; 19 is validated, 26 and 27 are tested.
    assert split.train.ids.tolist() == list(range(18))
    assert split.valid.ids.tolist() == [21, 22, 23]
    assert split.test.ids.tolist() == list(range(25, 31))
    np.testing.assert_array_equal(split.valid.X, pictures[[18, 19, 20]])
    assert split.valid.y.tolist() == [2, 3, 4]


def test_photographs_of_any_size_become_squares_and_copies_go(tmp_path: Path) -> None:
    """Three files of Food-101's validation part; here each holds the same twelve photographs."""
    rng = np.random.default_rng(0)
    shapes = [(160, 200), (200, 160), (128, 128)]
    made = [rng.integers(0, 256, (*shapes[at % 3], 3), dtype=np.uint8) for at in range(12)]
    rows = {"image": [IMAGE.fromarray(one) for one in made], "label": [at % 2 for at in range(12)]}
    split = load("food101", tmp_path, {"validation": rows})
    parts = (split.train, split.valid, split.test)
    assert [len(part) for part in parts] == [8, 2, 2]  # stratified: of six of a class 4, 1 and 1
    every = np.concatenate([part.ids for part in parts])
    assert sorted(every) == list(range(12))  # the second and the third file have nothing new
    assert {part.X.shape[1:] for part in parts} == {(128, 128, 3)}
    (at,) = np.flatnonzero(np.concatenate([part.ids for part in parts]) == 2)
    found = np.concatenate([part.X for part in parts])[at]
    np.testing.assert_array_equal(found, made[2])  # of that size already
