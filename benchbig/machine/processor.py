"""Which processor is this, what can it do, and how many of its cores may this process use?"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from benchbig.machine import cgroup
from benchbig.machine.files import ROOT, text

# Those that numeric libraries choose their code by; asimd is ARM's NEON.
FEATURES = (
    "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8",
    "asimd", "sve", "bf16", "i8mm",
)  # fmt: skip
# ARM's processors give numbers for names: util-linux, sys-utils/lscpu-arm.c.
ARM = {
    ("0x41", "0xd08"): "Cortex-A72",
    ("0x41", "0xd0b"): "Cortex-A76",
    ("0x41", "0xd0c"): "Neoverse-N1",
    ("0x41", "0xd40"): "Neoverse-V1",
    ("0x41", "0xd49"): "Neoverse-N2",
    ("0x41", "0xd4f"): "Neoverse-V2",
    ("0x41", "0xd8e"): "Neoverse-N3",
    ("0xc0", "0xac3"): "Ampere-1",
    ("0xc0", "0xac4"): "Ampere-1a",
}


class Cores(NamedTuple):
    """there: logical cores of the machine; allowed: to this process, by affinity;
    quota: cores' worth of time a control group allows, None without a limit."""

    there: int
    allowed: int
    quota: float | None

    @property
    def usable(self) -> int:
        """As many as can compute at the same time."""
        return self.allowed if self.quota is None else max(1, min(self.allowed, int(self.quota)))


def cores(root: Path = ROOT) -> Cores:
    """How many cores there are, and are to be had."""
    there = os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else there
    return Cores(there, allowed, cgroup.cores(root))


def name(root: Path = ROOT) -> str:
    """What the processor is called."""
    if sys.platform == "darwin":
        return sysctl("machdep.cpu.brand_string")
    said = text(root / "proc" / "cpuinfo")
    model, maker, part = (_line(said, label) for label in
                          ("model name", "CPU implementer", "CPU part"))  # fmt: skip
    return model or ARM.get((maker, part), part) or platform.processor()


def features(root: Path = ROOT) -> list[str]:
    """Which of FEATURES it has."""
    if sys.platform == "darwin":
        arm = platform.machine() == "arm64"  # every one of them has NEON
        return ["asimd"] * arm + ["bf16"] * (sysctl("hw.optional.arm.FEAT_BF16") == "1")
    said = text(root / "proc" / "cpuinfo")
    has = set((_line(said, "flags") or _line(said, "Features")).split())
    return [feature for feature in FEATURES if feature in has]


def virtual(root: Path = ROOT) -> str:
    """What this machine is a guest of, empty where it seems to be none."""
    maker = text(root / "sys" / "class" / "dmi" / "id" / "sys_vendor")
    kind = text(root / "sys" / "hypervisor" / "type")
    guest = "hypervisor" in _line(text(root / "proc" / "cpuinfo"), "flags").split()
    return (kind or maker or "kind unknown") if guest or kind else ""


def _line(said: str, label: str) -> str:
    """The value of the first line with this label."""
    found = re.search(rf"^{label}\s*:\s*(.+)$", said, re.MULTILINE)
    return found.group(1).strip() if found else ""


def sysctl(name: str) -> str:
    """What macOS says under this name, empty where it says nothing."""
    done = subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, check=False)
    return done.stdout.strip()
