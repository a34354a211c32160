"""An image network with a linear head on its pooled features, all of whose weights can learn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from benchbig.data.parts import Array
from benchbig.finetune import augment, pictures
from benchbig.finetune.augment import Draws, Variation
from benchbig.finetune.batches import Positions
from benchbig.finetune.efficientnet import WIDTH, EfficientNetLite0
from benchbig.preprocess.resize import resize

Floats = np.ndarray[Any, np.dtype[np.float32]]
BATCH = 64  # pictures sent through at once when nothing is learnt


@dataclass
class Gallery:
    """Training pictures (n, side, side[, c]) of bytes, and how they are varied in this epoch."""

    X: Array
    most: Variation
    draws: Draws = field(default_factory=lambda: np.empty((0, augment.KINDS), np.float32))

    def __len__(self) -> int:
        return len(self.X)


class PictureClassifier(nn.Module):
    """Pictures (n, 3, h, w) to logits (n, k).

    weight: (k, 1280), bias: (k,), the head's start: see `Classifier`. The batch normalisations
    keep the means and variances of ImageNet: the first step starts from what the head was fitted
    on, and a batch taken in parts has the same gradient.
    """

    def __init__(self, network: EfficientNetLite0, weight: Floats, bias: Floats) -> None:
        super().__init__()
        self.network = network
        self.network._fc = nn.Identity()  # ImageNet's head
        self.dropout = nn.Dropout(0.0)
        self.head = nn.Linear(WIDTH, len(weight))
        with torch.no_grad():
            self.head.weight.copy_(torch.from_numpy(weight))
            self.head.bias.copy_(torch.from_numpy(bias))

    def train(self, mode: bool = True) -> PictureClassifier:
        """Learn, or only compute; the normalisations are never told to follow the batches."""
        super().train(mode)
        self.network.eval()
        return self

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        vectors = nn.functional.normalize(self.network.embed(x).float(), dim=1)
        with torch.autocast(x.device.type, enabled=False):
            logits: torch.Tensor = self.head(self.dropout(vectors))
        return logits

    def order(self, gallery: Gallery, size: int, rng: np.random.Generator) -> list[Positions]:
        """One epoch: every picture once, in random batches of at most `size`, varied anew."""
        gallery.draws = augment.draw(len(gallery), rng)
        return np.array_split(rng.permutation(len(gallery)), -(-len(gallery) // size))

    def batch(self, gallery: Gallery, at: Positions, device: str) -> tuple[torch.Tensor]:
        """The pictures at these positions, as they look in this epoch."""
        x = pictures.tensor(gallery.X[at], device)
        return (augment.vary(x, gallery.draws[at], gallery.most),)


def gallery(X: Array, side: int, most: Variation) -> Gallery:
    """Pictures scaled once to side x side, to be varied at each sight."""
    return Gallery(resize(X, side, side), most)


def logits(model: PictureClassifier, X: Array, side: int, device: str, bf16: bool) -> Floats:
    """The logits (n, k) of pictures (n, h, w[, c])."""
    model.eval()
    found = [np.empty((0, model.head.out_features), np.float32)]
    with torch.inference_mode(), torch.autocast(device, torch.bfloat16, enabled=bf16):
        for start in range(0, len(X), BATCH):
            x = pictures.tensor(resize(X[start : start + BATCH], side, side), device)
            found.append(model(x).float().cpu().numpy())
    return np.concatenate(found)
