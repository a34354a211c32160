"""All that is found on this machine, without importing any library that jobs use."""

from __future__ import annotations

import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import benchbig
from benchbig import assets, environment
from benchbig.doctor import extras, folder, network, torch
from benchbig.doctor.extras import Extra
from benchbig.doctor.folder import Folder
from benchbig.doctor.network import Answer
from benchbig.doctor.torch import Torch
from benchbig.executors import sandbox
from benchbig.installed import spec as installed
from benchbig.machine import conditions, memory, processor
from benchbig.machine.conditions import Conditions
from benchbig.machine.files import ROOT
from benchbig.machine.memory import Memory
from benchbig.machine.processor import Cores
from benchbig.worker import energy

NVIDIA = "0x10de"  # the PCI number of its maker


@dataclass(frozen=True)
class Facts:
    """What was found. gpus: as environment.gpus. undriven: NVIDIA devices that no driver serves.
    executor: what --executor auto is. landlock: its version, 0 for none. indexes: None where the
    network was not to be asked."""

    benchbig: str
    python: str
    os: str
    machine: str
    cpu: str
    cpu_features: tuple[str, ...]
    virtual: str
    cores: Cores
    usable_cores: int
    memory: Memory
    conditions: Conditions
    gpus: tuple[dict[str, str], ...]
    undriven: int
    torch: Torch | None
    executor: str
    landlock: int
    energy: str
    cache: Folder
    results: Folder
    extras: tuple[Extra, ...]
    indexes: tuple[Answer, ...] | None
    variables: dict[str, str]


def gather(results: Path, offline: bool, root: Path = ROOT) -> Facts:
    """Look at everything; what takes long is asked at the same time."""
    with ThreadPoolExecutor() as pool:
        # Given up after some seconds each, so that leaving this block does not wait for long.
        indexes = None if offline else pool.submit(network.ask)
        found = pool.submit(environment.gpus)
        cache = pool.submit(folder.look, assets.cache_dir(), sizes=True)
        there = processor.cores(root)
        gpus = tuple(found.result())
        return Facts(
            benchbig=benchbig.__version__,
            python=platform.python_version(),
            os=f"{platform.system()} {platform.release()}",
            machine=platform.machine(),
            cpu=processor.name(root),
            cpu_features=tuple(processor.features(root)),
            virtual=processor.virtual(root),
            cores=there,
            usable_cores=there.usable,
            memory=memory.memory(root),
            conditions=conditions.conditions(root),
            gpus=gpus,
            undriven=0 if gpus else _nvidia_devices(root),
            torch=torch.look(asking=bool(gpus)),
            executor="fork" if sys.platform == "linux" else "spawn",
            landlock=sandbox.version(),
            energy=_energy(gpus, root),
            cache=cache.result(),
            results=folder.look(results),
            extras=tuple(extras.look()),
            indexes=None if indexes is None else tuple(indexes.result()),
            variables=environment.variables(),
        )


def _nvidia_devices(root: Path) -> int:
    """Display and compute controllers (PCI class 03) of NVIDIA on the bus, with a driver or not."""
    devices = (root / "sys" / "bus" / "pci" / "devices").glob("*")
    said = [[(device / name).read_text().strip() for name in ("vendor", "class")]
            for device in devices if (device / "class").is_file()]  # fmt: skip
    return sum(vendor == NVIDIA and kind.startswith("0x03") for vendor, kind in said)


def _energy(gpus: tuple[dict[str, str], ...], root: Path) -> str:
    """Which counters jobs on the CPU, or else on the GPU, can be measured by."""
    cpu = energy.read("cpu", alone=True, powercap=root / "sys" / "class" / "powercap").method
    return "nvml" if cpu == "none" and gpus and installed("pynvml") else cpu
