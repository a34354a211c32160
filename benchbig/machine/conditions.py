"""In which condition is this machine now: load, power, clock, neighbours?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from benchbig.machine.files import ROOT, text, whole

CORES = Path("sys", "devices", "system", "cpu")


class Conditions(NamedTuple):
    """load: jobs that wanted a core, mean of the last minute. stolen: part of the time since the
    start that a hypervisor gave to others. governors: how the clock is chosen, each once.
    saving: whether energy is preferred to speed. throttled: times since the start that a core
    was slowed for its heat. on_battery: None where there is none. boost: None where not said."""

    load: float
    stolen: float | None
    governors: tuple[str, ...]
    saving: bool
    throttled: int
    on_battery: bool | None
    boost: bool | None


def conditions(root: Path = ROOT) -> Conditions:
    """What there is to know without special rights."""
    own = sorted((root / CORES).glob("cpu[0-9]*"))
    governors = {text(core / "cpufreq" / "scaling_governor") for core in own} - {""}
    wishes = {text(core / "cpufreq" / "energy_performance_preference") for core in own}
    heat = Path("thermal_throttle")
    counts = [whole(core / heat / "core_throttle_count") or 0 for core in own]
    counts += [whole(core / heat / "package_throttle_count") or 0 for core in own]
    return Conditions(
        load=_load(root),
        stolen=_stolen(root),
        governors=tuple(sorted(governors)),
        saving=_saving(governors, wishes - {""}),
        throttled=max(counts, default=0),
        on_battery=_on_battery(root),
        boost=_boost(root),
    )


def _saving(governors: set[str], wishes: set[str]) -> bool:
    """Drivers that choose the clock themselves call their usual governor powersave as well; there
    the preference counts (the kernel's Documentation/admin-guide/pm/intel_pstate.rst)."""
    if wishes:
        return bool(wishes & {"power", "balance_power"}) and "performance" not in governors
    return "powersave" in governors


def _load(root: Path) -> float:
    said = text(root / "proc" / "loadavg").split()
    return float(said[0]) if said else os.getloadavg()[0]


def _stolen(root: Path) -> float | None:
    """From the first line of /proc/stat: user nice system idle iowait irq softirq steal ..."""
    found = re.match(r"cpu +([\d ]+)", text(root / "proc" / "stat"))
    ticks = [int(tick) for tick in found.group(1).split()][:8] if found else []
    total = sum(ticks)
    return ticks[7] / total if len(ticks) == 8 and total else None


def _on_battery(root: Path) -> bool | None:
    """Whether a battery gives the power: it says "Discharging", or a mains plug that it is out."""
    if sys.platform == "darwin" and root == ROOT:
        done = subprocess.run(["pmset", "-g", "batt"], capture_output=True, text=True, check=False)
        return None if "InternalBattery" not in done.stdout else "'Battery Power'" in done.stdout
    supplies = list((root / "sys" / "class" / "power_supply").glob("*"))
    kinds = {supply: text(supply / "type") for supply in supplies}
    # The batteries of a mouse or a headset are of this kind too, and have a scope of their own.
    own = [s for s in supplies if kinds[s] == "Battery" and text(s / "scope") != "Device"]
    if not own:
        return None
    plugs = [whole(supply / "online") for supply in supplies if kinds[supply] == "Mains"]
    return any(text(s / "status") == "Discharging" for s in own) or (bool(plugs) and not any(plugs))


def _boost(root: Path) -> bool | None:
    no_turbo = whole(root / CORES / "intel_pstate" / "no_turbo")
    if no_turbo is not None:
        return not no_turbo
    boost = whole(root / CORES / "cpufreq" / "boost")
    return None if boost is None else bool(boost)
