"""How many joules did a job take: by the processor's own counters, or the GPU's."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")
MOST_WATTS = 400.0  # of a processor package that does not say how much it takes at most


@dataclass(frozen=True)
class Counters:
    """Energy counters as they stood.

    method: "rapl", "nvml" or "none". joules: of each counter, which begins again from 0 after
    `turns` joules (infinity where it never does). watts: the most that each counts. at: seconds
    on a clock that never goes back.
    """

    method: str
    joules: tuple[float, ...] = ()
    turns: tuple[float, ...] = ()
    watts: tuple[float, ...] = ()
    at: float = 0.0


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
    """Joules spent between two readings; None where nothing was counted, or so much time went by
    that a counter may have gone round more than once."""
    if before.method == "none" or before.method != after.method:
        return None
    most = [(after.at - before.at) * watts for watts in before.watts]
    if any(joules >= turn for joules, turn in zip(most, before.turns, strict=True)):
        return None
    steps = zip(before.joules, after.joules, before.turns, strict=True)
    return sum(end - start if end >= start else end - start + turn for start, end, turn in steps)


def _rapl(powercap: Path) -> Counters:
    """Every processor package, in joules (the kernel's powercap interface counts microjoules)."""
    joules, turns, watts = [], [], []
    for domain in _domains(powercap):
        try:
            if not (domain / "name").read_text().startswith("package"):
                continue  # a part of a package is counted in it already
            joules.append(int((domain / "energy_uj").read_text()) / 1e6)
            turns.append(int((domain / "max_energy_range_uj").read_text()) / 1e6)
        except (OSError, ValueError):
            return NONE
        watts.append(_most_watts(domain))
    if not joules:
        return NONE
    return Counters("rapl", tuple(joules), tuple(turns), tuple(watts), time.monotonic())


def _most_watts(domain: Path) -> float:
    """What a package takes at most, by its own word (0 is none)."""
    try:
        return int((domain / "constraint_0_max_power_uw").read_text()) / 1e6 or MOST_WATTS
    except (OSError, ValueError):
        return MOST_WATTS


@cache
def _domains(powercap: Path) -> tuple[Path, ...]:
    """What RAPL counts here. Not by glob, whose patterns take longer than all of the reading."""
    try:
        names = sorted(os.listdir(powercap))
    except OSError:
        return ()
    return tuple(powercap / name for name in names if name.startswith("intel-rapl:"))


def _nvml() -> Counters:
    """The first GPU that this job may see, since its driver was loaded.

    By its name in CUDA_VISIBLE_DEVICES: a job may use it without torch, and NVML counts by the
    bus, as CUDA does in a worker.
    """
    try:
        import pynvml
    except ImportError:
        return NONE
    name = os.environ.get("CUDA_VISIBLE_DEVICES", "0").partition(",")[0].strip()
    try:
        pynvml.nvmlInit()
        if name.isdigit():
            handle = pynvml.nvmlDeviceGetHandleByIndex(int(name))
        else:
            handle = pynvml.nvmlDeviceGetHandleByUUID(name)
        joules = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1e3
    except pynvml.NVMLError:
        return NONE
    return Counters("nvml", (joules,), (float("inf"),), (0.0,), time.monotonic())
