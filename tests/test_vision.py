"""Does an image encoder see what transformers' own preprocessing would show it?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="image encoders need torch: benchbig[large]")
pytest.importorskip("transformers", reason="they need transformers: benchbig[large]")

from drawn import context, scaled, shapes  # noqa: E402
from tiny_vision import SIDE, save_tiny_clip, save_tiny_conv, save_tiny_swin, save_tiny_vit  # noqa: E402

from benchbig.data.hub import columns  # noqa: E402
from benchbig.finetune import vision  # noqa: E402

PICTURES = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)


def test_a_transformer_stands_for_a_picture_by_its_first_token(tmp_path: Path) -> None:
    found = vision.read(save_tiny_vit(tmp_path), "cpu")
    with torch.no_grad():
        # Bytes to -1 .. 1, as a preprocessor that names no mean and deviation has it.
        pixels = torch.from_numpy(PICTURES).permute(0, 3, 1, 2) / 255 * 2 - 1
        wanted = found.network(pixel_values=pixels).last_hidden_state[:, 0]
        vectors = found.embed(vision.shown(PICTURES, SIDE, "cpu"))
    np.testing.assert_allclose(vectors, wanted, atol=1e-4)


def test_a_transformer_without_a_class_token_stands_for_it_by_their_mean(tmp_path: Path) -> None:
    found = vision.read(save_tiny_swin(tmp_path), "cpu")
    with torch.no_grad():
        pixels = torch.from_numpy(PICTURES).permute(0, 3, 1, 2) / 255 * 2 - 1
        wanted = found.network(pixel_values=pixels).pooler_output  # its own mean of all patches
        vectors = found.embed(vision.shown(PICTURES, SIDE, "cpu"))
    np.testing.assert_allclose(vectors, wanted, atol=1e-4)


def test_a_convolutional_network_is_shown_its_own_mean_and_deviation(tmp_path: Path) -> None:
    found = vision.read(save_tiny_conv(tmp_path), "cpu")
    with torch.no_grad():
        pixels = (torch.from_numpy(PICTURES).permute(0, 3, 1, 2) / 255 - 0.4) / 0.2
        wanted = found.network(pixel_values=pixels).pooler_output
        vectors = found.embed(vision.shown(PICTURES, SIDE, "cpu"))
    np.testing.assert_allclose(vectors, wanted, atol=1e-4)


def test_the_square_is_the_one_that_the_encoder_knows(tmp_path: Path) -> None:
    assert vision.side(save_tiny_vit(tmp_path / "vit")) == SIDE
    assert vision.side(save_tiny_conv(tmp_path / "conv")) == SIDE
    assert vision.side(save_tiny_clip(tmp_path / "clip")) == SIDE  # cropped from 20
    grey = vision.shown(PICTURES[..., 0], 8, "cpu")
    assert grey.shape == (3, 3, 8, 8)
    assert float(grey.abs().max()) <= 1


@pytest.mark.parametrize("by", ["full", "lora"])
def test_pictures_are_scaled_once_however_long_is_learnt(
    by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("peft", reason="LoRA needs peft: benchbig[large]")
    from benchbig.baselines import vision as model

    heights = scaled(monkeypatch)
    folder = save_tiny_vit(tmp_path / "vit")
    train, valid = (shapes(9, 3, seed, colours=3, side=20) for seed in range(2))
    found = []
    for epochs in (1, 3):
        told = context("efficientnet_finetune", 3, valid)
        told = replace(told, files={"w": folder}, cache=tmp_path / str(epochs))
        short = {"epochs": epochs, "most_epochs": epochs, "steps": 0, "batch": 4}
        model.fit(train, told.trial({**short, "by": by, "rank": 2, "alpha": 4}))
        found.append(len(heights))
        heights.clear()
    assert found[0] == found[1]


def test_words_are_compared_with_pictures_as_clip_does(tmp_path: Path) -> None:
    folder = save_tiny_clip(tmp_path)
    found = vision.read(folder, "cpu")
    words = vision.of_words(found, folder, ["my card", "the rate please"], "cpu")
    x = vision.shown(PICTURES, SIDE, "cpu")
    with torch.no_grad():
        seen = torch.nn.functional.normalize(found.embed(x), dim=1)
        rows = vision.weights.tokenizer(folder)(
            ["my card", "the rate please"], padding=True, return_tensors="pt"
        )
        pixels = ((x * 128 + 127) / 255 - 0.5) / 0.5
        wanted = found.network(**rows, pixel_values=pixels).logits_per_image
    scale = found.network.logit_scale.exp()
    np.testing.assert_allclose((scale * seen @ words.T).detach(), wanted.detach(), atol=1e-3)


def test_a_hub_data_sets_columns_come_as_arrays(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs datasets: benchbig[large]")
    image = pytest.importorskip("PIL.Image", reason="pictures need pillow")
    table = datasets.Dataset.from_dict(
        {
            "img": [image.fromarray(picture) for picture in PICTURES],
            "text": ["one", "two", "three"],
            "label": [2, 0, 1],
        },
        features=datasets.Features(
            {
                "img": datasets.Image(),
                "text": datasets.Value("string"),
                "label": datasets.ClassLabel(names=["a", "b", "c"]),
            }
        ),
    )
    table.to_parquet(str(tmp_path / "train.parquet"))
    pictures, texts, labels = columns(tmp_path / "train.parquet", ("img", "text", "label"))
    np.testing.assert_array_equal(pictures, PICTURES)
    assert (texts.tolist(), texts.dtype) == (["one", "two", "three"], object)
    assert (labels.tolist(), labels.dtype) == ([2, 0, 1], np.int64)
