"""What does EfficientNet-Lite0, trained on ImageNet, see in a picture?

Tan and Le 2019, "EfficientNet" (ICML); the Lite variant of TensorFlow's TPU repository has no
squeeze-and-excitation and clips at 6. Modules are named as in the weights' file.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

EPSILON = 1e-3  # of the batch normalisations
WIDTH = 1280  # numbers that describe a picture


class Stage(NamedTuple):
    """Blocks of one shape: their expansion, kernel, first stride, channels out, and how many."""

    expand: int
    kernel: int
    stride: int
    out: int
    repeats: int


STAGES = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)


class Convolution(nn.Conv2d):
    """A convolution without offsets, padded as TensorFlow's "SAME": more below and to the right."""

    def __init__(self, inner: int, outer: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__(inner, outer, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        across, down = (
            max((-(-length // stride) - 1) * stride + kernel - length, 0)
            for length in (x.shape[3], x.shape[2])
        )
        if across or down:
            x = pad(x, [across // 2, across - across // 2, down // 2, down - down // 2])
        return super().forward(x)


class Block(nn.Module):
    """Expand, filter each channel, project; added to what came in where shapes allow."""

    def __init__(self, inner: int, stage: Stage, stride: int) -> None:
        super().__init__()
        middle = inner * stage.expand
        if stage.expand > 1:
            self._expand_conv = Convolution(inner, middle, 1)
            self._bn0 = nn.BatchNorm2d(middle, EPSILON)
        self._depthwise_conv = Convolution(middle, middle, stage.kernel, stride, groups=middle)
        self._bn1 = nn.BatchNorm2d(middle, EPSILON)
        self._project_conv = Convolution(middle, stage.out, 1)
        self._bn2 = nn.BatchNorm2d(stage.out, EPSILON)
        self.expands = stage.expand > 1
        self.adds = stride == 1 and inner == stage.out

    def forward(self, x: Tensor) -> Tensor:
        """(n, inner, h, w) to (n, out, h / stride, w / stride)."""
        y = x
        if self.expands:
            y = nn.functional.relu6(self._bn0(self._expand_conv(y)))
        y = nn.functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        found: Tensor = x + y if self.adds else y
        return found


class EfficientNetLite0(nn.Module):
    """The network with ImageNet's head, 4.65 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = Convolution(3, 32, 3, stride=2)
        self._bn0 = nn.BatchNorm2d(32, EPSILON)
        blocks: list[nn.Module] = []
        inner = 32
        for stage in STAGES:
            for number in range(stage.repeats):
                blocks.append(Block(inner, stage, 1 if number else stage.stride))
                inner = stage.out
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = Convolution(inner, WIDTH, 1)
        self._bn1 = nn.BatchNorm2d(WIDTH, EPSILON)
        self._fc = nn.Linear(WIDTH, 1000)

    def embed(self, x: Tensor) -> Tensor:
        """(n, 1280) from pictures (n, 3, h, w), values (v - 127) / 128 of bytes v."""
        y = nn.functional.relu6(self._bn0(self._conv_stem(x)))
        y = nn.functional.relu6(self._bn1(self._conv_head(self._blocks(y))))
        vectors: Tensor = y.mean(dim=(2, 3))
        return vectors

    def forward(self, x: Tensor) -> Tensor:
        """(n, 1000) logits of ImageNet's classes."""
        logits: Tensor = self._fc(self.embed(x))
        return logits


def read(path: Path, device: str) -> EfficientNetLite0:
    """The network with the weights of this file, in evaluation mode."""
    network = EfficientNetLite0()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.to(device).eval()
