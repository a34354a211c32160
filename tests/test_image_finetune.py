"""Do pictures vary as told, and does an image network learn a task from where it stands?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="fine-tuning needs torch: benchbig[large]")

from drawn import CATALOG, code, context, scaled, shapes  # noqa: E402

from benchbig.assets import cache_dir  # noqa: E402
from benchbig.assets import find as find_asset  # noqa: E402
from benchbig.data import Notes  # noqa: E402
from benchbig.finetune import augment, efficientnet, picture_classifier, pictures  # noqa: E402
from benchbig.finetune.augment import Variation  # noqa: E402
from benchbig.finetune.picture_classifier import PictureClassifier  # noqa: E402

STILL = Variation(flip=False, shift=0.0, zoom=0.0, turn=0.0, light=0.0)
TURN, ZOOM, RIGHT, DOWN, FLIP, STEEP, BRIGHT = range(augment.KINDS)


def varied(x: torch.Tensor, most: Variation, **draws: float) -> torch.Tensor:
    """The picture after one draw; what is not named is drawn in the middle."""
    row = np.zeros((len(x), augment.KINDS), np.float32)
    for name, value in draws.items():
        row[:, globals()[name.upper()]] = value
    return augment.vary(x, row, most)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, (2, 3, 8, 8))).float()


def close(a: torch.Tensor, b: torch.Tensor) -> None:
    np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-5)


def test_a_picture_that_may_not_vary_stays_as_it_is(x: torch.Tensor) -> None:
    close(augment.vary(x, augment.draw(2, np.random.default_rng(1)), STILL), x)


def test_a_picture_is_mirrored_moved_turned_and_lit(x: torch.Tensor) -> None:
    flips = replace(STILL, flip=True)
    close(varied(x, flips, flip=-0.5), x.flip(3))
    close(varied(x, flips, flip=0.5), x)
    # A quarter of 8 pixels is 2; what comes in shows the border's column, or row.
    moves = replace(STILL, shift=0.25)
    close(varied(x, moves, right=1.0), torch.cat([x[..., 2:], x[..., 7:], x[..., 7:]], dim=3))
    close(varied(x, moves, down=-0.5), torch.cat([x[:, :, :1], x[:, :, :7]], dim=2))
    close(varied(x, replace(STILL, turn=90.0), turn=1.0), torch.rot90(x, 1, (2, 3)))
    close(varied(x, replace(STILL, light=0.2), steep=1.0, bright=-0.5), 1.2 * x - 0.1)


@pytest.mark.parametrize("size", [(8, 8), (5, 9), (2, 3)])
def test_places_kept_within_the_picture_show_what_a_border_that_goes_on_would(
    size: tuple[int, int],
) -> None:
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.uniform(-1, 1, (2, 3, *size))).float()
    grid = torch.from_numpy(rng.uniform(-2, 2, (2, 30, 40, 2))).float()
    assert (grid.abs() > 1).any()
    close(augment._sample_within(x, grid), augment._sample(x, grid))


def test_a_picture_is_made_smaller_about_its_middle() -> None:
    x = torch.zeros(1, 1, 8, 8)
    x[..., 2:6, 2:6] = 1  # 4x4; at half the size 2x2
    smaller = varied(x, replace(STILL, zoom=1.0), zoom=1.0)
    assert smaller[0, 0, 3:5, 3:5].min() > 0.9
    assert smaller.sum() == pytest.approx(4, abs=0.1)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of random weights in the form of EfficientNet-Lite0's."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    torch.save(efficientnet.EfficientNetLite0().state_dict(), path)
    return path


def classifier(weights: Path, k: int = 3) -> PictureClassifier:
    rng = np.random.default_rng(0)
    head = rng.normal(size=(k, efficientnet.WIDTH)).astype(np.float32)
    return PictureClassifier(efficientnet.read(weights, "cpu"), head, np.zeros(k, np.float32))


def test_an_epoch_holds_every_picture_once_and_varies_it_anew(weights: Path) -> None:
    model = classifier(weights)
    shown = picture_classifier.gallery(shapes(10, 2, 0).X, 32, replace(STILL, shift=0.3))
    rng = np.random.default_rng(0)
    order = model.order(shown, 4, rng)
    assert [len(batch) for batch in order] == [4, 3, 3]
    assert sorted(np.concatenate(order)) == list(range(10))
    first = model.batch(shown, np.arange(10), "cpu")[0]
    close(model.batch(shown, np.array([7, 2]), "cpu")[0], first[[7, 2]])
    model.order(shown, 4, rng)
    assert not torch.equal(model.batch(shown, np.arange(10), "cpu")[0], first)


def test_a_batch_in_parts_has_the_gradient_of_the_whole(weights: Path) -> None:
    model = classifier(weights)
    x = pictures.tensor(shapes(6, 3, 0, colours=3, side=32).X, "cpu")
    y = torch.arange(6) % 3
    found = []
    for size in (6, 2):
        model.train()
        model.zero_grad()
        for part, labels in zip(x.split(size), y.split(size), strict=True):
            loss = torch.nn.functional.cross_entropy(model(part), labels, reduction="sum")
            torch.autograd.backward(loss)
        found.append(model.network._conv_stem.weight.grad.clone())
    assert found[0].abs().max() > 0
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3, atol=1e-4)


def test_a_convolution_with_its_normalisation_is_the_one_after_the_other() -> None:
    torch.manual_seed(0)
    for kernel, stride, side in ((1, 1, 7), (3, 1, 8), (3, 2, 8), (5, 2, 7), (5, 2, 8)):
        layer = efficientnet.Convolution(4, 6, kernel, stride)
        norm = torch.nn.BatchNorm2d(6, efficientnet.EPSILON).eval()
        for value in (norm.weight, norm.running_var):
            torch.nn.init.uniform_(value, 0.5, 2)
        for value in (norm.bias, norm.running_mean):
            torch.nn.init.normal_(value)
        x = torch.randn(2, 4, side, side)
        # TensorFlow's SAME: as many places as strides fit, the odd pixel below and to the right.
        total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        padded = torch.nn.functional.pad(x, [total // 2, total - total // 2] * 2)
        with torch.no_grad():
            close(efficientnet.convolve(layer, norm, x), norm(layer(padded)))


def test_training_starts_from_the_head_that_was_fitted(weights: Path, tmp_path: Path) -> None:
    model = classifier(weights)
    X = shapes(5, 3, 0, side=32).X
    eye = pictures.prepare(weights, 32, tmp_path, "cpu", X, Notes())
    vectors = pictures.anew(eye._replace(bf16=False), X)
    head = model.head.weight.detach().numpy()
    found = picture_classifier.logits(model, X, 32, "cpu", bf16=False)
    np.testing.assert_allclose(found, vectors @ head.T, atol=1e-3)
    x = pictures.tensor(X, "cpu")
    with torch.no_grad():
        np.testing.assert_allclose(model.train()(x), found, atol=1e-3)


@pytest.mark.parametrize("bf16", [False, True])
def test_kept_pictures_are_the_same_to_the_bit_whatever_was_kept_before(
    weights: Path, tmp_path: Path, bf16: bool
) -> None:
    X = shapes(70, 3, 0, side=32).X
    eye = pictures.prepare(weights, 32, tmp_path, "cpu", X, Notes())._replace(bf16=bf16)
    whole = pictures.shared(eye._replace(path=tmp_path / "a.npz"), X)
    pictures.shared(eye, X[20:21])
    np.testing.assert_array_equal(pictures.shared(eye, X).vectors, whole.vectors)
    assert whole.vectors.shape[0] == 70


def test_pictures_are_scaled_once_however_long_is_learnt(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights = scaled(monkeypatch)
    train, valid = (shapes(9, 3, seed, colours=3) for seed in range(2))
    found = []
    for epochs in (1, 3):
        told = context("efficientnet_finetune", 3, valid)
        told = replace(told, files={"w": weights}, cache=tmp_path / str(epochs))
        short = {"epochs": epochs, "most_epochs": epochs, "steps": 0, "batch": 8, "least_side": 32}
        code("efficientnet_finetune").fit(train, told.trial(short))
        found.append(len(heights))
        heights.clear()
    assert found[0] == found[1]


RECIPE = {"epochs": 4, "most_epochs": 4, "steps": 0, "batch": 8, "least_side": 48}


@pytest.mark.weights
def test_a_fine_tuned_network_learns_and_the_same_seed_learns_the_same(tmp_path: Path) -> None:
    (asset,) = CATALOG.model("efficientnet_finetune").assets.values()
    path = find_asset(asset, cache_dir())
    if path is None:
        pytest.skip("not cached: benchbig fetch --model efficientnet_finetune")
    train, valid, test = (shapes(30, 3, seed, colours=3) for seed in range(3))
    told = context("efficientnet_finetune", 3, valid)
    told = replace(told, files={"w": path}, cache=tmp_path).trial(RECIPE)
    fit = code("efficientnet_finetune").fit
    p = fit(train, told)(test.X)
    assert p.shape == (30, 3)
    assert p.dtype == np.float64
    assert np.mean(p.argmax(axis=1) == test.y) > 0.9
    assert told.notes.n_trainable == told.notes.n_params > 3_000_000
    np.testing.assert_array_equal(fit(train, told.trial({}))(test.X), p)


def test_an_encoder_of_the_hub_keeps_its_running_statistics_while_it_learns() -> None:
    """A ResNet's would be a mixture over all epochs, beside weights that are of the best one."""
    pytest.importorskip("transformers", reason="encoders of the hub need transformers")
    from benchbig.finetune.vision import VisionClassifier

    class Small(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))

        def embed(self, x: torch.Tensor) -> torch.Tensor:
            return self.layers(x).mean(dim=(2, 3))

    model = VisionClassifier(Small(), 8, np.ones((2, 4), np.float32), np.zeros(2, np.float32))
    before = model.vision.layers[1].running_mean.clone()
    model.train()
    model(torch.randn(6, 3, 8, 8) + 3).sum().backward()
    assert model.training
    assert torch.equal(model.vision.layers[1].running_mean, before)
    assert model.vision.layers[1].weight.grad is not None
