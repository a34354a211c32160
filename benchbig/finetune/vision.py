"""How does an image encoder of transformers see pictures, and compare them with words?

It stands in for EfficientNet wherever that is used: the same numbers go in, features come out.
The whole picture is shown, scaled to the square that the encoder knows.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModel

from benchbig.data.parts import Array
from benchbig.finetune import memory, pixels, weights
from benchbig.finetune.batches import Positions
from benchbig.preprocess.resize import resize

Floats = np.ndarray[Any, np.dtype[np.float32]]
MEAN = STD = (0.5, 0.5, 0.5)  # what a preprocessor that names none goes by
SIDE = 224
BATCH = 64  # pictures sent through at once when nothing is learnt
CLASS_TOKENS = ("cls_token", "class_embedding")  # what a weight is called that stands for it


class Vision(nn.Module):
    """Pictures (n, 3, h, w) of values (v - 127) / 128 of bytes v to features (n, width)."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: Any, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.network = network
        names = [name for name, _ in network.named_parameters()]
        self.first_stands_for_all = any(name.endswith(CLASS_TOKENS) for name in names)
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1), persistent=False)

    def embed(self, x: Tensor) -> Tensor:
        """Of a model that reads, too, what it compares with texts; of a transformer its class
        token, as its pooler may never have been trained, or the mean of its patches where it has
        none; of a convolutional network the mean."""
        shown = ((x * 128 + 127) / 255 - self.mean) / self.std
        if hasattr(self.network, "get_image_features"):
            return _features(self.network.get_image_features(pixel_values=shown))
        out = self.network(pixel_values=shown)
        seen: Tensor = out.last_hidden_state
        if seen.ndim != 3:
            pooled: Tensor = out.pooler_output.flatten(1)
            return pooled
        return seen[:, 0] if self.first_stands_for_all else seen.mean(dim=1)


class VisionClassifier(nn.Module):
    """Pictures to logits (n, k), for the loop; see `Classifier` for the head's start."""

    def __init__(self, vision: Vision, side: int, weight: Floats, bias: Floats) -> None:
        super().__init__()
        self.vision, self.side = vision, side
        self.head = nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            self.head.weight.copy_(torch.from_numpy(weight))
            self.head.bias.copy_(torch.from_numpy(bias))

    def order(self, X: Array, size: int, rng: np.random.Generator) -> list[Positions]:
        """One epoch: every picture once, in random batches."""
        return np.array_split(rng.permutation(len(X)), -(-len(X) // size))

    def batch(self, X: Array, at: Positions, device: str) -> tuple[Tensor]:
        """The pictures at these positions as `forward` takes them."""
        return (shown(X[at], self.side, device),)

    def train(self, mode: bool = True) -> VisionClassifier:
        """As ever, but running statistics stay those of the pretraining: a batch's, taken in parts
        or kept beside the weights of another epoch, would be those of no model that was judged."""
        super().train(mode)
        for layer in self.modules():
            if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                layer.eval()
        return self

    def forward(self, x: Tensor) -> Tensor:
        vectors = nn.functional.normalize(self.vision.embed(x).float(), dim=1)
        with torch.autocast(x.device.type, enabled=False):
            found: Tensor = self.head(vectors)
        return found


def read(folder: Path, device: str) -> Vision:
    """The image encoder in a folder of transformers' form, in evaluation mode."""
    network = weights.network(folder, AutoModel, device)
    told = _preprocessor(folder)
    mean, std = told.get("image_mean") or MEAN, told.get("image_std") or STD
    return Vision(network, tuple(mean), tuple(std)).to(device).eval()


def side(folder: Path) -> int:
    """Pixels a side of the square that the encoder was trained to see."""
    told = _preprocessor(folder)
    size = (told.get("do_center_crop") and told.get("crop_size")) or told.get("size") or SIDE
    if isinstance(size, dict):
        size = size.get("height") or size.get("shortest_edge") or SIDE
    return int(size)


def shown(X: Array, side: int, device: str) -> Tensor:
    """Pictures (n, h, w[, c]) of bytes as (n, 3, side, side) of (v - 127) / 128."""
    return pixels.tensor(resize(X, side, side), device)


def logits(model: VisionClassifier, X: Array, device: str, bf16: bool) -> Floats:
    """The logits (n, k) of pictures."""
    model.eval()
    found = np.empty((len(X), model.head.out_features), dtype=np.float32)

    def part(at: Positions) -> None:
        found[at] = model(*model.batch(X, at, device)).float().cpu().numpy()

    with torch.inference_mode(), torch.autocast(device, torch.bfloat16, enabled=bf16):
        every = range(0, len(X), BATCH)
        memory.each(part, (np.arange(start, min(start + BATCH, len(X))) for start in every))
    return found


def of_words(vision: Vision, folder: Path, texts: list[str], device: str) -> Tensor:
    """What a model that reads, too, makes of texts: (k, width) of length 1."""
    rows = weights.tokenizer(folder)(texts, padding=True, return_tensors="pt").to(device)
    with torch.inference_mode():
        found = _features(vision.network.get_text_features(**rows))
    return nn.functional.normalize(found.float(), dim=1)


def _features(found: Any) -> Tensor:
    """The vectors, whichever way this version of transformers gives them."""
    vectors: Tensor = found if isinstance(found, Tensor) else found.pooler_output
    return vectors


def _preprocessor(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        (folder / "preprocessor_config.json").read_text(encoding="utf-8")
    )
    return told
