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
