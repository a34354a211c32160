"""How well does a small residual network do that is trained on these pictures alone?

He et al. 2016, "Deep residual learning for image recognition" (CVPR), section 4.2: three stages,
each of half the size and twice the channels of the last; here with one block a stage or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from benchbig.baselines.image_network import train_on
from benchbig.data import Context, Part, Predict

STAGES = 3
LARGE = 40  # pixels a side from which the first convolution takes every other pixel


def fit(train: Part, context: Context) -> Predict:
    """params: channels of the first stage, blocks a stage, and those of `train_on`
    (image_network.py)."""
    return train_on(train, context, build)


class Block(nn.Module):
    """Two convolutions, added to what came in; that is projected where shapes differ."""

    def __init__(self, inner: int, outer: int, stride: int) -> None:
        super().__init__()
        convolution, last, _ = convolve(outer, outer, 1)
        # A block begins as nothing but its input: Goyal et al. 2017 (arXiv 1706.02677), 5.1.
        nn.init.zeros_(last.weight)
        self.way = nn.Sequential(*convolve(inner, outer, stride), convolution, last)
        same = stride == 1 and inner == outer
        project = nn.Sequential(
            nn.Conv2d(inner, outer, 1, stride, bias=False), nn.BatchNorm2d(outer)
        )
        self.past = nn.Identity() if same else project

    def forward(self, x: Tensor) -> Tensor:
        """(n, inner, h, w) to (n, outer, h / stride, w / stride)."""
        return nn.functional.relu(self.way(x) + self.past(x))


def convolve(inner: int, outer: int, stride: int) -> tuple[nn.Conv2d, nn.BatchNorm2d, nn.ReLU]:
    """A convolution of 3x3, normalised and cut at 0."""
    convolution = nn.Conv2d(inner, outer, 3, stride, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(outer), nn.ReLU()


def build(x: Tensor, k: int, params: Mapping[str, Any]) -> nn.Sequential:
    """The network for pictures like x (n, c, h, w), pixels standardised as they run by."""
    inner = params["channels"]
    stem = convolve(x.shape[1], inner, 2 if min(x.shape[2:]) > LARGE else 1)
    blocks: list[nn.Module] = []
    for stage in range(STAGES):
        outer = params["channels"] * 2**stage
        for number in range(params["blocks"]):
            blocks.append(Block(inner, outer, 2 if stage and not number else 1))
            inner = outer
    return nn.Sequential(
        nn.BatchNorm2d(x.shape[1], affine=False, momentum=0.1),
        *stem,
        *blocks,
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(params["dropout"]),
        nn.Linear(inner, k),
    )
