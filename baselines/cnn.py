"""How well does a small convolutional network do that is trained on these pictures alone?

Two convolutions and two dense layers, as in the tutorials, with batch normalisation and dropout.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from benchbig.baselines.image_network import train_on
from benchbig.data import Context, Part, Predict

GRID = 7  # places a side that the last convolution's output is pooled to


def fit(train: Part, context: Context) -> Predict:
    """params: channels of the first convolution (the second has twice as many), width of the
    dense layer, and those of `train_on` (image_network.py)."""
    return train_on(train, context, build)


def build(x: Tensor, k: int, params: Mapping[str, Any]) -> nn.Sequential:
    """The network for pictures like x (n, c, h, w), pixels standardised as they run by."""
    first, second, width = params["channels"], 2 * params["channels"], params["width"]
    # MPS pools to a divisor's size alone, so the card offers the CPU and CUDA.
    last = (x.shape[2] // 4, x.shape[3] // 4)
    pool = nn.Identity() if last == (GRID, GRID) else nn.AdaptiveAvgPool2d(GRID)
    return nn.Sequential(
        nn.BatchNorm2d(x.shape[1], affine=False, momentum=0.1),
        nn.Conv2d(x.shape[1], first, 3, padding=1),
        nn.BatchNorm2d(first),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.BatchNorm2d(second),
        nn.ReLU(),
        nn.MaxPool2d(2),
        pool,
        nn.Flatten(),
        nn.Dropout(params["dropout"]),
        nn.Linear(second * GRID * GRID, width),
        nn.ReLU(),
        nn.Dropout(params["dropout"]),
        nn.Linear(width, k),
    )
