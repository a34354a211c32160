"""Which of this machine's NVIDIA GPUs may jobs use, and is the driver new enough for torch?"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

Gpu = Mapping[str, str]  # as environment.gpus has it
VISIBLE = "CUDA_VISIBLE_DEVICES"
# The oldest driver for each CUDA, of whatever minor version:
# https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html
OLDEST = {"11": 450, "12": 525, "13": 580}
# NVIDIA's package that lets an older driver serve a newer CUDA. Where it is, as in NVIDIA's own
# containers, the driver's version says nothing.
COMPATIBLE = Path("/usr/local/cuda/compat")


def visible(there: Sequence[Gpu]) -> list[tuple[str, Gpu]]:
    """The GPUs that jobs may see, in CUDA's order: each as CUDA names it, and what it is.

    there: all of this machine, by their place on the PCI bus. CUDA_VISIBLE_DEVICES names some of
    them; whatever comes after a name that is no GPU's is hidden, too (CUDA C++ Programming Guide,
    "CUDA Environment Variables").
    """
    chosen = os.environ.get(VISIBLE)
    if chosen is None:
        return [(str(number), gpu) for number, gpu in enumerate(there)]
    found: list[tuple[str, Gpu]] = []
    for name in map(str.strip, chosen.split(",")):
        gpu = _named(name, there)
        if gpu is None:
            break
        found.append((name, gpu))
    return found


def too_old(driver: str, cuda: str) -> bool:
    """Whether a driver ("535.54.03") cannot serve what was built with a CUDA ("12.8")."""
    oldest, major = OLDEST.get(cuda.partition(".")[0]), driver.partition(".")[0]
    if oldest is None or not major.isdigit() or COMPATIBLE.exists():
        return False
    return int(major) < oldest


def _named(name: str, there: Sequence[Gpu]) -> Gpu | None:
    """The GPU that this is the number of, or the beginning of its UUID; None where it is none's."""
    if name.isdigit():
        return there[int(name)] if int(name) < len(there) else None
    if name.startswith("MIG-"):  # a part of a GPU; of which, the name does not tell
        return there[0] if there else None
    return next((gpu for gpu in there if name and gpu["uuid"].startswith(name)), None)
