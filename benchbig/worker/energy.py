"""How many joules did a job take: by the processor's own counters, or the GPU's."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")


@dataclass(frozen=True)
class Counters:
    """Energy counters as they stood.

    method: "rapl", "nvml" or "none". joules: of each counter, which begins again from 0 after
    `turns` joules (infinity where it never does).
    """

    method: str
    joules: tuple[float, ...] = ()
    turns: tuple[float, ...] = ()


NONE = Counters("none")


def read(device: str, alone: bool, powercap: Path = POWERCAP) -> Counters:
    """The counters of what this job runs on; none where they would count other jobs too.

    RAPL counts whole processor packages, NVML one whole GPU and not the CPU beside it. alone:
    whether no other job of the run shares the machine. NVML needs the extra `energy`, RAPL the
    right to read its files, which most systems give to root only.
    """
    if not alone:
        return NONE
    return _nvml() if device == "cuda" else _rapl(powercap) if device == "cpu" else NONE


def between(before: Counters, after: Counters) -> float | None:
    """Joules spent between two readings; None where nothing was counted."""
    if before.method == "none" or before.method != after.method:
        return None
    steps = zip(before.joules, after.joules, before.turns, strict=True)
    return sum(end - start if end >= start else end - start + turn for start, end, turn in steps)


def _rapl(powercap: Path) -> Counters:
    """Every processor package, in joules (the kernel's powercap interface counts microjoules)."""
    joules, turns = [], []
    for domain in _domains(powercap):
        try:
            if not (domain / "name").read_text().startswith("package"):
                continue  # a part of a package is counted in it already
            joules.append(int((domain / "energy_uj").read_text()) / 1e6)
            turns.append(int((domain / "max_energy_range_uj").read_text()) / 1e6)
        except (OSError, ValueError):
            return NONE
    return Counters("rapl", tuple(joules), tuple(turns)) if joules else NONE


@cache
def _domains(powercap: Path) -> tuple[Path, ...]:
    """What RAPL counts here. Not by glob, whose patterns take longer than all of the reading."""
    try:
        names = sorted(os.listdir(powercap))
    except OSError:
        return ()
    return tuple(powercap / name for name in names if name.startswith("intel-rapl:"))


def _nvml() -> Counters:
    """The GPU that torch uses, since its driver was loaded."""
    if importlib.util.find_spec("pynvml") is None:
        return NONE
    import pynvml

    uuid = sys.modules["torch"].cuda.get_device_properties(0).uuid
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}")
        joules = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1e3
    except pynvml.NVMLError:
        return NONE
    return Counters("nvml", (joules,), (float("inf"),))
