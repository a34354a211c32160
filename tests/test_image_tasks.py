"""Do the image tasks hold what their cards say, and does nothing leak? Real data where cached."""

from __future__ import annotations

import gzip
import importlib
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawn import CATALOG, shapes
from PIL import Image

from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.data import Part, Split, pictures
from benchbig.data.check import check_split
from benchbig.preprocess import resize
from benchbig.tasks import chest_xray, grocery_images, product_images


def idx(path: Path, values: np.ndarray) -> None:
    """Write bytes in the idx format."""
    head = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(head + values.astype(np.uint8).tobytes()))


def test_product_images_keeps_the_official_test_part_and_draws_the_validation_part(tmp_path):
    for name, part in (("train", shapes(60, 3, 0)), ("t10k", shapes(9, 3, 1))):
        idx(tmp_path / f"{name}-images-idx3-ubyte.gz", part.X)
        idx(tmp_path / f"{name}-labels-idx1-ubyte.gz", part.y)
    first, same, other = (
        product_images.load(seed, {"fashion_mnist": tmp_path}) for seed in (0, 0, 1)
    )
    assert [len(first.train), len(first.valid), len(first.test)] == [54, 6, 9]
    assert first.test.ids.tolist() == list(range(60, 69)) == other.test.ids.tolist()
    assert np.bincount(first.valid.y).tolist() == [2, 2, 2]
    np.testing.assert_array_equal(first.valid.ids, same.valid.ids)
    assert set(first.valid.ids) != set(other.valid.ids)
    np.testing.assert_array_equal(first.train.X, shapes(60, 3, 0).X[first.train.ids])


def test_a_file_that_is_not_idx_is_refused(tmp_path):
    path = tmp_path / "odd.gz"
    path.write_bytes(gzip.compress(b"\x00\x00\x0d\x01" + bytes(8)))
    with pytest.raises(ValueError, match=r"odd\.gz: not an idx file of bytes"):
        product_images.read_idx(path)


def test_product_images_is_as_its_card_says_and_no_two_pictures_are_equal():
    card = CATALOG.task("product_images")
    folder = find_asset(card.assets["fashion_mnist"], cache_dir())
    if folder is None:
        pytest.skip("Fashion-MNIST is not cached: benchbig fetch --task product_images")
    split = product_images.load(0, {"fashion_mnist": folder})
    parts = (split.train, split.valid, split.test)
    assert [len(part) for part in parts] == [
        card.split.n_train,
        card.split.n_valid,
        card.split.n_test,
    ]
    for part in parts:
        assert set(np.bincount(part.y)) == {len(part) // 10}
    pictures = [picture.tobytes() for part in parts for picture in part.X]
    assert len(set(pictures)) == len(pictures) == card.n_examples


def real(task: str, seed: int = 0) -> Split:
    """The split of a task on its real data, or a skip where they are not cached."""
    assets = CATALOG.task(task).assets
    files = {name: find_asset(asset, cache_dir()) for name, asset in assets.items()}
    if None in files.values():
        pytest.skip(f"the data of {task} are not cached: benchbig fetch --task {task}")
    return importlib.import_module(f"benchbig.tasks.{task}").load(seed, files)


def parts(split: Split) -> tuple[Part, Part, Part]:
    return split.train, split.valid, split.test


def png(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, "PNG")


@pytest.mark.parametrize("task", ["chest_xray", "grocery_images"])
def test_a_task_holds_what_its_card_says_and_no_picture_twice(task):
    card, split = CATALOG.task(task), real(task)
    check_split(split, card)  # no id and no group stands in two parts
    assert [len(part) for part in parts(split)] == [
        card.split.n_train,
        card.split.n_valid,
        card.split.n_test,
    ]
    pictures = [picture.tobytes() for part in parts(split) for picture in part.X]
    assert len(set(pictures)) == len(pictures) == card.n_examples
    assert set(split.train.y) == set(split.test.y) == set(range(card.n_classes))


def test_both_classes_of_chests_are_in_every_part_alike_and_the_seed_draws_them():
    split, other = real("chest_xray"), real("chest_xray", 1)
    assert [int(part.y.sum()) for part in parts(split)] == [945, 316, 317]
    assert split.test.ids.tolist() != other.test.ids.tolist()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("person7_bacteria_24.jpeg", 7),
        ("person7_virus_6.jpeg", 7),
        ("IM-0115-0001.jpeg", 100_115),
        ("NORMAL2-IM-0115-0001-0002.jpeg", 100_115),
    ],
)
def test_a_patient_s_number_is_read_from_the_name(name, number):
    assert chest_xray.patient(name) == number


def test_a_name_without_a_patient_is_refused():
    with pytest.raises(ValueError, match=r"scan\.jpeg: no patient's number in the name"):
        chest_xray.patient("scan.jpeg")


def test_shipped_parts_are_merged_patients_kept_whole_and_copies_dropped(tmp_path):
    rng = np.random.default_rng(0)
    for patient in range(20):
        for number, part in enumerate(("train", "test")):
            for name in (f"IM-{patient:04}-{number}", f"person{patient}_virus_{number}"):
                kind = "NORMAL" if name.startswith("IM") else "PNEUMONIA"
                path = tmp_path / part / kind / f"{name}.jpeg"
                png(path, rng.integers(0, 256, (8, 8), dtype=np.uint8))
    copied = (tmp_path / "test/NORMAL/IM-0003-1.jpeg").read_bytes()
    (tmp_path / "train/NORMAL/IM-0003-0.jpeg").write_bytes(copied)
    split = chest_xray.load(0, {"chests": tmp_path})
    assert sum(map(len, parts(split))) == 79
    assert [int(part.y.sum()) for part in parts(split)] == [24, 8, 8]
    groups = [set(part.groups) for part in parts(split)]
    assert all(not (a & b) for a, b in itertools.combinations(groups, 2))


def test_groceries_keep_the_shipped_parts_and_take_each_photograph_once(tmp_path):
    rng = np.random.default_rng(0)
    photos = []
    for at in range(6):
        path = tmp_path / f"{at}.png"
        png(path, rng.integers(0, 256, (30, 40, 3), dtype=np.uint8))
        photos.append(path.read_bytes())
    table = pd.DataFrame(
        {
            "dataset": ["train", "test", "val", "train", "test", "test", "val"],
            "finegrained_cat": ["Anjou", "Anjou", "Kaiser", "Orange", "Kaiser", "Anjou", "Anjou"],
            "image_data": [*photos[:5], photos[1], photos[5]],
        }
    )
    table.to_parquet(tmp_path / "groceries.parquet")
    split = grocery_images.load(0, {"groceries": tmp_path / "groceries.parquet"})
    assert [part.ids.tolist() for part in parts(split)] == [[0, 3], [2, 6], [1, 4]]
    assert [part.y.tolist() for part in parts(split)] == [[0, 8], [7, 0], [0, 7]]
    assert split.train.X.shape == (2, 224, 224, 3)


def test_a_picture_under_two_classes_is_left_out_and_one_of_two_equal_ones_kept():
    X = np.stack([np.full((2, 2), value, np.uint8) for value in (1, 2, 1, 3, 2)])
    part = pictures.distinct(Part(X, np.array([0, 0, 0, 1, 1]), np.arange(5) * 10))
    assert part.ids.tolist() == [0, 30]


def test_a_scaled_and_darkened_copy_looks_alike_and_another_picture_does_not():
    rng = np.random.default_rng(1)
    one, other = (resize.resize(rng.integers(0, 256, (1, 6, 6), np.uint8), 48, 48) for _ in "ab")
    copy = resize.resize(resize.resize(one, 40, 40), 48, 48) // 2 + 20
    group = pictures.look_alikes(np.concatenate([one, other, copy]), 11)
    assert group[0] == group[2] != group[1]
    # Each pixel brighter than the one before, of one row in the middle of a slope.
    slope = np.broadcast_to(np.arange(0, 252, 4, dtype=np.uint8), (63, 63))
    assert pictures.hashes(np.stack([slope, slope[:, ::-1]])).tolist() == [2**64 - 1, 0]


def test_the_middle_square_is_taken():
    picture = np.zeros((4, 8), np.uint8)
    picture[:, 2:6] = 200
    assert (pictures.square(picture, 4) == 200).all()
    assert pictures.square(np.zeros((9, 5, 3), np.uint8), 4).shape == (4, 4, 3)
