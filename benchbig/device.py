"""Which device do jobs run on: found without importing torch."""

from __future__ import annotations

import platform
import sys
from typing import NamedTuple

from benchbig.cards import ModelCard
from benchbig.environment import gpus, torch_cuda
from benchbig.errors import BenchError, unknown

CHOICES = ("auto", "cpu", "cuda", "mps")


class Device(NamedTuple):
    """kind: "cpu", "cuda" or "mps". name: what records say: "cpu", or the accelerator's name."""

    kind: str
    name: str


CPU = Device("cpu", "cpu")


def resolve(asked: str) -> Device:
    """The device for --device. Raises BenchError where it is not there.

    "auto" takes an accelerator where there is one that the installed torch can use.
    """
    if asked not in CHOICES:
        raise unknown("device", asked, CHOICES)
    if asked == "cpu":
        return CPU
    cards = gpus() if asked in ("auto", "cuda") and torch_cuda() else []
    if cards:
        return Device("cuda", cards[0]["name"])
    if asked in ("auto", "mps") and sys.platform == "darwin" and platform.machine() == "arm64":
        return Device("mps", "Apple GPU")
    if asked == "auto":
        return CPU
    raise BenchError(
        f"--device {asked}: this machine has no such device, or the installed torch cannot use it; "
        "type --device cpu, or install a build of torch for it"
    )


def of_model(model: ModelCard, device: Device) -> Device:
    """Where a model runs: the device if its card names that kind, else the CPU."""
    return device if device.kind in model.devices else CPU
