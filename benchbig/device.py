"""Which device do jobs run on: found without importing torch."""

from __future__ import annotations

import os
import platform
import sys
from typing import NamedTuple

from benchbig import cuda
from benchbig.cards import ModelCard
from benchbig.environment import gpus, torch_cuda
from benchbig.errors import BenchError, unknown
from benchbig.machine import processor

CHOICES = ("auto", "cpu", "cuda", "mps")
MACOS = 14  # the oldest on which torch computes on Apple's GPU, from its version 2.9 on
UNUSABLE = (
    "this machine has no such device, or the installed torch cannot use it; "
    "type --device cpu, or install a build of torch for it"
)


class Device(NamedTuple):
    """kind: "cpu", "cuda" or "mps". name: what records say: "cpu", or the accelerator's name."""

    kind: str
    name: str


CPU = Device("cpu", "cpu")


def resolve(asked: str, every_gpu: bool = False) -> Device:
    """The device for --device. Raises BenchError where it is not there.

    "auto" takes an accelerator where there is one that the installed torch can use. every_gpu:
    whether to look at those, too, that CUDA_VISIBLE_DEVICES hides.
    """
    if asked not in CHOICES:
        raise unknown("device", asked, CHOICES)
    if asked == "cpu":
        return CPU
    name, why = _nvidia(every_gpu) if asked in ("auto", "cuda") else ("", UNUSABLE)
    if name:
        return Device("cuda", name)
    if _apple_silicon() and (asked == "mps" or (asked == "auto" and _metal_serves())):
        return Device("mps", "Apple GPU")
    if asked == "auto":
        return CPU
    raise BenchError(f"--device {asked}: {why}")


def of_model(model: ModelCard, device: Device) -> Device:
    """Where a model runs: the device if its card names that kind, else the CPU."""
    return device if device.kind in model.devices else CPU


def _nvidia(every_gpu: bool) -> tuple[str, str]:
    """The name of the first GPU that jobs may use; or "", and why there is none."""
    built = torch_cuda()
    there = gpus() if built else []
    if not built or not there:
        return "", UNUSABLE
    seen = there if every_gpu else [gpu for _, gpu in cuda.visible(there)]
    if not seen:
        said = f"{cuda.VISIBLE}='{os.environ[cuda.VISIBLE]}'"
        return "", f"{said} names no GPU of this machine; unset it, or type --device cpu"
    driver = seen[0]["driver"]
    if cuda.too_old(driver, built):
        return "", (
            f"the driver {driver} is too old for the installed torch, which was built with CUDA "
            f"{built}; update the driver, or type --device cpu"
        )
    return seen[0]["name"], ""


def _apple_silicon() -> bool:
    return sys.platform == "darwin" and platform.machine() == "arm64"


def _metal_serves() -> bool:
    """Whether torch computes as it should on this Mac's GPU: not under an old system, and not
    under a hypervisor, which passes on a part of the GPU at most."""
    release = platform.mac_ver()[0].partition(".")[0]
    guest = processor.sysctl("kern.hv_vmm_present") == "1"
    return release.isdigit() and int(release) >= MACOS and not guest
