"""What machine is this: the description that records refer to, without importing anything heavy."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGES = (
    "benchbig", "catboost", "datasets", "lightgbm", "numpy", "pandas", "safetensors",
    "scikit-learn", "scipy", "tokenizers", "torch", "transformers",
)  # fmt: skip
CPU_FEATURES = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16")


def describe(threads: int) -> dict[str, Any]:
    """CPU, memory, accelerators, system and package versions; threads: a job's."""
    model, features = _cpu()
    return {
        "cpu": model,
        "cpu_features": features,
        "cores": cores(),
        "threads_a_job": threads,
        "memory_bytes": memory_bytes(),
        "gpus": gpus(),
        "os": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "python": platform.python_version(),
        "packages": _versions(),
    }


def digest(description: Mapping[str, Any]) -> str:
    """16 hexadecimal digits that name the description."""
    text = json.dumps(description, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cores() -> int:
    """Cores this process may use, within a container's quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = Path("/sys/fs/cgroup/cpu.max")
    if quota.exists():
        most, period = quota.read_text().split()
        if most != "max":
            return max(1, min(allowed or 1, int(most) // int(period)))
    return allowed or 1


def memory_bytes() -> int:
    """Bytes of physical memory, or of the container's share."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (text := limit.read_text().strip()) != "max":
        return min(there, int(text))
    return there


def gpus() -> list[dict[str, str]]:
    """Name, memory and driver of each NVIDIA GPU, by its own tool; empty where there is none."""
    if not shutil.which("nvidia-smi"):
        return []
    query = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    found = subprocess.run(query, capture_output=True, text=True, timeout=30, check=False)
    rows = [line.split(", ") for line in found.stdout.splitlines() if found.returncode == 0]
    return [{"name": row[0], "memory": row[1], "driver": row[2]} for row in rows if len(row) == 3]


def git_commit(folder: Path) -> tuple[str | None, bool | None]:
    """The commit of a source tree and whether it was changed since; None, None outside of one."""

    def git(*arguments: str) -> str | None:
        command = ["git", "-C", str(folder), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        except OSError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    top = git("rev-parse", "--show-toplevel")
    if top is None or not (Path(top) / "benchbig" / "__init__.py").exists():
        return None, None
    changed = git("status", "--porcelain", "--", ".", ":!results")
    return git("rev-parse", "HEAD"), bool(changed)


def _versions() -> dict[str, str]:
    """The packages that matter here and are installed, out of the names of their folders.

    Reading their metadata by importlib.metadata gives the same and takes a tenth of a second.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        for path in Path(folder).glob("*.dist-info"):
            name, _, version = path.stem.partition("-")
            found.setdefault(name.lower().replace("_", "-"), version)
    return {name: found[name] for name in PACKAGES if name in found}


def _cpu() -> tuple[str, list[str]]:
    """The processor's name, and which of the instruction sets that matter here it has."""
    if sys.platform == "darwin":
        query = ["sysctl", "-n", "machdep.cpu.brand_string"]
        done = subprocess.run(query, capture_output=True, text=True, check=False)
        return done.stdout.strip(), []
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"^(?:model name|CPU part)\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    has = set(flags.group(1).split()) if flags else set()
    return name.group(1) if name else platform.processor(), [f for f in CPU_FEATURES if f in has]
