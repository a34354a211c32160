"""What does EfficientNet-Lite0, trained on ImageNet, see in a picture?

Tan and Le 2019, "EfficientNet" (ICML); the Lite variant of TensorFlow's TPU repository has no
squeeze-and-excitation and clips at 6. Modules are named as in the weights' file.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad, relu6

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


def convolve(convolution: Convolution, norm: nn.BatchNorm2d, x: Tensor) -> Tensor:
    """The convolution and its normalisation in one go.

    The normalisation's means and variances stay as they were learnt, so that it is a factor and
    an offset for each channel: put on the few weights, it spares a pass over all pixels. Both
    learn all the same.
    """
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    factor = norm.weight * torch.rsqrt(variance + norm.eps)
    offset = norm.bias - mean * factor
    kernel, stride = convolution.kernel_size[0], convolution.stride[0]
    across, down = (
        max((-(-length // stride) - 1) * stride + kernel - length, 0)
        for length in (x.shape[3], x.shape[2])
    )
    both = (down // 2, across // 2)
    if across % 2 or down % 2:
        x, both = pad(x, [both[1], across - both[1], both[0], down - both[0]]), (0, 0)
    weight = convolution.weight * factor[:, None, None, None]
    # A trap of CPUs: channelwise convolutions lose the most by bfloat16, and their backward pass
    # takes up to eight times that in fp32. The others, which take most of the time, gain.
    if convolution.groups > 1 and x.device.type == "cpu":
        with torch.autocast("cpu", enabled=False):
            x = x.float()
            return conv2d(x, weight, offset, stride, both, groups=convolution.groups)
    return conv2d(x, weight, offset, stride, both, groups=convolution.groups)


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
            y = relu6(convolve(self._expand_conv, self._bn0, y))
        y = relu6(convolve(self._depthwise_conv, self._bn1, y))
        y = convolve(self._project_conv, self._bn2, y)
        return x + y if self.adds else y


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
        self._fc: nn.Module = nn.Linear(WIDTH, 1000)

    def embed(self, x: Tensor) -> Tensor:
        """(n, 1280) from pictures (n, 3, h, w), values (v - 127) / 128 of bytes v."""
        y = relu6(convolve(self._conv_stem, self._bn0, x))
        y = relu6(convolve(self._conv_head, self._bn1, self._blocks(y)))
        return y.mean(dim=(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """(n, 1000) logits of ImageNet's classes."""
        logits: Tensor = self._fc(self.embed(x))
        return logits


def read(path: Path, device: str) -> EfficientNetLite0:
    """The network with the weights of this file, in evaluation mode."""
    network = EfficientNetLite0()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.to(device).eval()
