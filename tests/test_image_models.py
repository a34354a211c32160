"""Do the image models keep their word? Drawn shapes; real weights where cached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn import CATALOG, code, context, shapes

from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.cards.fit import misfit
from benchbig.data import Part, Split
from benchbig.data.check import check_split
from benchbig.errors import BenchError
from benchbig.preprocess import hog, images, resize

LEARNERS = [
    "pixels_logreg",
    "hog_logreg",
    "pixels_svm",
    "hog_svm",
    "random_forest",
    "cnn",
    "resnet",
]


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize(("k", "colours", "side"), [(2, 3, 20), (3, 0, 28), (3, 0, 70)])
def test_an_image_model_learns_and_gives_probabilities(name, k, colours, side):
    train, valid, test = (shapes(90, k, seed, colours, side) for seed in range(3))
    told = context(name, k, valid)
    p = code(name).fit(train, told)(test.X)
    assert p.shape == ((90,) if k == 2 else (90, k))
    assert p.dtype == np.float64
    assert np.all((p >= 0) & (p <= 1))
    if k > 2:
        np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-9)
    best = p > 0.5 if k == 2 else p.argmax(axis=1)
    assert np.mean(best == test.y) > 0.9
    assert told.notes.artifact_bytes
    assert told.notes.warnings == []


@pytest.mark.parametrize("name", LEARNERS)
def test_the_same_seed_gives_the_same_probabilities_for_any_rows(name):
    train, valid = shapes(60, 3, 0), shapes(30, 3, 1)
    first = code(name).fit(train, context(name, 3, valid))
    again = code(name).fit(train, context(name, 3, valid))
    np.testing.assert_array_equal(first(valid.X), again(valid.X))
    np.testing.assert_allclose(first(valid.X[4:5]), first(valid.X)[4:5], atol=1e-5)


def test_training_does_not_end_while_the_rate_is_high(monkeypatch):
    """Each look finds a higher loss than the one before: patience counts from the middle on."""
    torch, network = pytest.importorskip("torch"), code("cnn").train_on.__globals__
    train, valid = shapes(60, 3, 0), shapes(30, 3, 1)
    looks = []

    def worse(model, x, device):
        looks.append(len(x))
        wrong = torch.nn.functional.one_hot((torch.from_numpy(valid.y) + 1) % 3, 3)
        return len(looks) * wrong.float()

    monkeypatch.setitem(network, "forward", worse)
    code("cnn").fit(train, context("cnn", 3, valid))
    # The sixth of twelve looks is the first that counts.
    assert len(looks) == 6 - 1 + network["PATIENCE"]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_class_that_the_training_part_lacks_is_improbable(name):
    train, valid = shapes(90, 3, 0), shapes(90, 3, 1)
    known, judged = (part.take(np.flatnonzero(part.y != 1)) for part in (train, valid))
    p = code(name).fit(known, context(name, 3, judged))(judged.X)
    assert p.shape == (60, 3)
    assert (p.argmax(axis=1) != 1).all()


def test_hog_is_scikit_images():
    # skimage.feature.hog 0.26, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2),
    # block_norm="L2-Hys", on the same picture.
    i, j = np.mgrid[:24, :20]
    picture = np.sin(i * j / 20) + np.cos(i / 3.0)
    found = hog.describe(picture[None].astype(np.float32), cell=8, bins=9)
    assert found.shape == (1, 72)
    first = [0.00491, 0.01401, 0.0, 0.15399, 0.16592, 0.05217, 0.29988, 0.04389, 0.00798]
    third = [0.17959, 0.27799, 0.1853, 0.06738, 0.11585, 0.03951, 0.0323, 0.07894, 0.37521]
    np.testing.assert_allclose(found[0, :9], first, atol=1e-5)
    np.testing.assert_allclose(found[0, 18:27], third, atol=1e-5)
    assert found.sum() == pytest.approx(8.06180594648699, abs=1e-4)
    assert found[0] @ np.arange(72) == pytest.approx(289.8123095935713, abs=1e-3)


def test_hog_refuses_a_picture_of_one_cell():
    with pytest.raises(ValueError, match="pictures of 7x20 have no 2x2 cells"):
        hog.describe(np.zeros((1, 7, 20), dtype=np.float32), cell=4, bins=9)


def test_colours_are_counted_in_the_cells_of_their_cube():
    X = np.zeros((2, 2, 3, 3), dtype=np.uint8)
    X[1, 0] = (255, 0, 130)  # three of six pixels
    found = images.colours(X, 4)
    assert found.shape == (2, 64)
    assert found[0, 0] == 1
    assert found[1, 0] == found[1, 3 * 16 + 0 * 4 + 2] == 0.5
    assert found[1].sum() == 1
    assert images.colours(X[..., 2], 8)[1].tolist() == [0.5, 0, 0, 0, 0.5, 0, 0, 0]


def test_a_forest_on_colours_tells_red_from_green_wherever_it_is():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    X = rng.integers(0, 256, size=(90, 9, 9, 3), dtype=np.uint8)
    X[:, :3] = np.eye(3, dtype=np.uint8)[y][:, None, None] * 200
    X = rng.permuted(X.reshape(90, 81, 3), axis=1).reshape(X.shape)
    train, valid = Part(X[:60], y[:60], np.arange(60)), Part(X[60:], y[60:], np.arange(60, 90))
    p = code("colours_forest").fit(train, context("colours_forest", 3, valid))(valid.X)
    assert np.mean(p.argmax(axis=1) == valid.y) > 0.9


def test_a_large_picture_is_shrunk_and_a_small_one_left():
    X = np.arange(24, dtype=np.uint8).reshape(1, 4, 6)
    np.testing.assert_allclose(images.shrink(X, 9) * 255, X, atol=1e-4)
    assert images.shrink(np.zeros((2, 7, 5, 3), dtype=np.uint8), 3).shape == (2, 3, 3, 3)
    assert images.shrink(np.zeros((2, 7, 2), dtype=np.uint8), 3).shape == (2, 3, 2)


def test_an_even_slope_stays_one_and_a_fine_pattern_turns_grey():
    slope = np.broadcast_to(np.arange(0, 240, 2, dtype=np.uint8), (1, 120, 120))
    small = resize.resize(slope, 30, 30)
    # A new pixel covers four old ones; its middle lies 1.5 behind the first: 8 j + 3.
    assert abs(small[0, 15, 3:27].astype(int) - (8 * np.arange(3, 27) + 3)).max() <= 1
    board = (np.indices((120, 120)).sum(axis=0) % 2 * 255).astype(np.uint8)[None]
    assert abs(resize.resize(board, 30, 30).astype(int) - 127).max() < 4
    colours = np.stack([slope, board, slope], axis=3)
    np.testing.assert_array_equal(resize.resize(colours, 30, 30)[..., 0], small)
    assert resize.resize(slope, 240, 200).shape == (1, 240, 200)


def test_pictures_of_any_number_of_channels_are_resized_alike():
    X = shapes(2, 2, 0, colours=3).X
    three = resize.resize(X, 9, 9)
    two = resize.resize(X[..., :2], 9, 9)
    np.testing.assert_array_equal(two, three[..., :2])
    np.testing.assert_array_equal(resize.resize(X[..., :1], 9, 9)[..., 0], three[..., 0])


def test_pictures_are_scaled_beforehand_where_that_takes_no_more_room(monkeypatch):
    X = shapes(5, 2, 0, colours=3, side=10).X
    np.testing.assert_array_equal(resize.beforehand(X, 16), resize.resize(X, 16, 16))
    monkeypatch.setattr(resize, "ROOM", 100)
    assert resize.beforehand(X, 11) is X
    assert resize.beforehand(X, 10) is X
    np.testing.assert_array_equal(resize.beforehand(X[..., 0], 8), resize.resize(X[..., 0], 8, 8))


def test_pictures_are_varied_where_they_are_learnt():
    torch, network = pytest.importorskip("torch"), code("cnn").train_on.__globals__
    augment, most = network["augment"], network["Variation"](True, 0.2, 0.0, 0.0, 0.0)
    x, y = torch.rand(6, 1, 8, 8), torch.arange(6)
    there, labels = next(network["shuffled"](x, y, 3, most, 0, "meta"))
    assert there.device.type == labels.device.type == "meta"
    seen, labels = next(network["shuffled"](x, y, 3, most, 0, "cpu"))
    rng = np.random.default_rng(0)
    rows = rng.permutation(6)[:3]
    assert labels.tolist() == rows.tolist()
    wanted = augment.vary(x[rows], augment.draw(3, rng), most)
    np.testing.assert_array_equal(seen, wanted)


def test_pictures_must_be_bytes_of_one_size():
    task = replace(CATALOG.task("product_images"), n_classes=3, classes=())
    sound = Split(*(shapes(6, 3, seed) for seed in range(3)))
    check_split(sound, task)
    floats = replace(sound, train=replace(sound.train, X=sound.train.X / 255))
    with pytest.raises(BenchError, match=r"the train part has X float64 \(6, 20, 20\); pictures"):
        check_split(floats, task)
    with pytest.raises(BenchError, match=r"the test part has pictures of \(9, 9\)"):
        check_split(replace(sound, test=shapes(6, 3, 2, side=9)), task)
    coloured = Split(*(shapes(6, 3, seed, colours=3) for seed in range(3)))
    check_split(coloured, replace(task, grey=False))
    with pytest.raises(BenchError, match="colours, where the card says grey = true"):
        check_split(coloured, task)


def test_a_model_of_colours_is_not_planned_where_there_are_none():
    model = CATALOG.model("colours_forest")
    assert misfit(CATALOG.task("grocery_images"), model) is None
    assert "the task's pictures are grey" in str(misfit(CATALOG.task("product_images"), model))


@pytest.fixture(scope="module")
def weights() -> Path:
    """EfficientNet-Lite0's, or a skip where they are not cached."""
    pytest.importorskip("torch", reason="needs torch: benchbig[large]")
    (asset,) = CATALOG.model("efficientnet_frozen").assets.values()
    path = find_asset(asset, cache_dir())
    if path is None:
        pytest.skip("not cached: benchbig fetch --model efficientnet_frozen")
    return path


@pytest.mark.weights
def test_efficientnet_gives_the_logits_of_the_package_that_published_its_weights(weights):
    import torch

    from benchbig.finetune import efficientnet

    i, j = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    x = torch.stack([torch.sin(i * j / 200), torch.cos(i / 9), torch.sin(j / 5)])[None]
    with torch.no_grad():
        logits = efficientnet.read(weights, "cpu")(x)[0]
    # efficientnet_lite_pytorch 0.1.0, padded for pictures of 64x64.
    assert logits.topk(4).indices.tolist() == [723, 645, 522, 506]
    expected = [32.3633, 30.0549, 23.6961, 20.9973]
    np.testing.assert_allclose(logits.topk(4).values, expected, atol=1e-3)


@pytest.mark.weights
@pytest.mark.parametrize("colours", [0, 3])
def test_frozen_efficientnet_learns_and_embeds_each_picture_once(weights, tmp_path, colours):
    train, valid, test = (shapes(30, 3, seed, colours) for seed in range(3))
    told = replace(context("efficientnet_frozen", 3, valid), files={"w": weights}, cache=tmp_path)
    fit = code("efficientnet_frozen").fit
    p = fit(train, told)(test.X)
    assert np.mean(p.argmax(axis=1) == test.y) > 0.9
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-9)
    assert told.notes.filled_s > 0 == told.notes.shared_s
    again = told.trial({})
    np.testing.assert_allclose(fit(train, again)(test.X), p, atol=1e-9)
    assert again.notes.shared_s > 0 == again.notes.filled_s
    once = told.trial({})
    predict = fit(train, once)
    predict(valid.lend_X())  # as the engine gives it
    assert once.notes.filled_s > 0 == once.notes.valid_shared_s
    predict(valid.lend_X())
    assert once.notes.valid_shared_s > 0
