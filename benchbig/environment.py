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

from benchbig.installed import spec as installed
from benchbig.machine import processor
from benchbig.machine.memory import memory

PACKAGES = (
    "benchbig", "catboost", "datasets", "lightgbm", "numpy", "pandas", "safetensors",
    "scikit-learn", "scipy", "tokenizers", "torch", "transformers",
)  # fmt: skip
CODE = ("benchbig", "tasks", "baselines", "suites")  # what a record depends on, of a source tree
# What else, set from outside, makes numeric libraries faster or slower.
VARIABLES = (
    "ATEN_CPU_CAPABILITY", "BLIS_ARCH_TYPE", "MKL_DEBUG_CPU_TYPE", "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES", "NVIDIA_TF32_OVERRIDE", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
)  # fmt: skip


def describe(threads: int) -> dict[str, Any]:
    """CPU, memory, accelerators, system and package versions; threads: a job's.

    Nothing that changes while a machine stays the same, such as its load: equal machines are to
    have equal names.
    """
    there = processor.cores()
    return {
        "cpu": processor.name(),
        "cpu_features": processor.features(),
        "cores": there.usable,
        "cores_there": there.there,
        "threads_a_job": threads,
        "memory_bytes": memory_bytes(),
        "swap_bytes": memory().swap,
        "virtual": processor.virtual(),
        "gpus": [{name: gpu[name] for name in ("name", "memory", "driver")} for gpu in gpus()],
        "os": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "python": platform.python_version(),
        "packages": versions(),
        "torch_cuda": torch_cuda(),
        "variables": variables(),
    }


def digest(description: Mapping[str, Any]) -> str:
    """16 hexadecimal digits that name the description."""
    text = json.dumps(description, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cores() -> int:
    """Cores this process may use, within a container's quota."""
    return processor.cores().usable


def memory_bytes() -> int:
    """Bytes of physical memory, or of the container's share."""
    return memory().usable


def gpus() -> list[dict[str, str]]:
    """Name, memory, driver and uuid of each NVIDIA GPU in their order on the PCI bus, by its own
    tool; empty where there is none."""
    if not shutil.which("nvidia-smi"):
        return []
    asked = "--query-gpu=name,memory.total,driver_version,uuid"
    query = ["nvidia-smi", asked, "--format=csv,noheader"]
    try:
        found = subprocess.run(query, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):  # a driver that hangs is none that serves
        return []
    rows = [line.split(", ") for line in found.stdout.splitlines() if found.returncode == 0]
    fields = ("name", "memory", "driver", "uuid")
    return [dict(zip(fields, row, strict=True)) for row in rows if len(row) == len(fields)]


def git_commit(folder: Path) -> tuple[str | None, bool | None]:
    """The commit of a source tree and whether it was changed since; None, None outside of one."""
    # A file where the tree is one of several of a repository. Of a tree around an installed
    # package, such as the one that a virtual environment lies in, nothing is to be said.
    if not (folder.parent / ".git").exists():
        return None, None
    command = ["git", "-C", str(folder.parent), "status", "--porcelain=v2", "--branch",
               "--no-ahead-behind", "--", *CODE]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return None, None
    if done.returncode != 0:
        return None, None
    lines = done.stdout.splitlines()
    about = [line.split() for line in lines if line.startswith("# ")]
    commit = next((words[2] for words in about if words[1] == "branch.oid"), None)
    return None if commit == "(initial)" else commit, len(lines) > len(about)


def variables() -> dict[str, str]:
    """Those of VARIABLES that are set."""
    return {name: os.environ[name] for name in VARIABLES if name in os.environ}


def torch_cuda() -> str | None:
    """The CUDA version that the installed torch was built with, read from its version file."""
    there = installed("torch")
    if there is None or not there.submodule_search_locations:
        return None
    version = Path(there.submodule_search_locations[0]) / "version.py"
    if not version.exists():
        return None
    found = re.search(r"^cuda\b.*=\s*'([^']+)'", version.read_text(), re.MULTILINE)
    return found.group(1) if found else None


def versions() -> dict[str, str]:
    """The packages that matter here and are installed, out of the names of their folders.

    Reading their metadata by importlib.metadata gives the same and takes a tenth of a second.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        for path in Path(folder).glob("*.dist-info"):
            name, _, version = path.stem.partition("-")
            found.setdefault(name.lower().replace("_", "-"), version)
    return {name: found[name] for name in PACKAGES if name in found}
