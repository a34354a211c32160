"""Which device do jobs run on? On machines whose nvidia-smi is a script of this file's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchbig import cuda, device, environment, places
from benchbig.device import CPU, Device, resolve
from benchbig.errors import BenchError
from benchbig.executors import make, node
from benchbig.executors.fingerprint import fingerprint
from benchbig.executors.settings import variables
from benchbig.machine import processor

# As nvidia-smi prints two GPUs by their place on the bus; the slower one comes first.
NVIDIA_SMI = """#!/bin/sh
test "$*" = "--query-gpu=name,memory.total,driver_version,uuid --format=csv,noheader" || exit 1
echo "NVIDIA T4, 15360 MiB, 535.54.03, GPU-11aa"
echo "NVIDIA H100, 81559 MiB, 535.54.03, GPU-22bb"
"""
T4, H100 = Device("cuda", "NVIDIA T4"), Device("cuda", "NVIDIA H100")


@pytest.fixture(autouse=True)
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of two GPUs and a torch that can use them; gives an empty folder."""
    script = tmp_path / "bin" / "nvidia-smi"
    script.parent.mkdir()
    script.write_text(NVIDIA_SMI)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(device, "torch_cuda", lambda: "12.8")
    monkeypatch.setattr(cuda, "COMPATIBLE", tmp_path / "compat")
    return tmp_path


@pytest.mark.parametrize("asked", ["auto", "cuda"])
@pytest.mark.parametrize(
    ("chosen", "found"),
    [(None, T4), ("0", T4), ("1", H100), ("1,0", H100), ("GPU-22", H100), (" 1 ,7", H100),
     ("MIG-3c/1/0", T4)],
)  # fmt: skip
def test_the_first_gpu_that_may_be_seen_is_named(
    monkeypatch: pytest.MonkeyPatch, asked: str, chosen: str | None, found: Device
):
    if chosen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert resolve(asked) == found


@pytest.mark.parametrize("chosen", ["", "-1", "NoDevFiles", "2", "-1,0", "GPU-33"])
def test_gpus_that_are_hidden_are_not_used(monkeypatch: pytest.MonkeyPatch, chosen: str):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert resolve("auto") == CPU
    assert places.visible_gpus(1) == ()
    with pytest.raises(BenchError, match=f"^--device cuda: CUDA_VISIBLE_DEVICES='{chosen}' names"):
        resolve("cuda")


def test_a_node_tells_of_gpus_that_ray_hides_from_who_asks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert node.look(fingerprint(())).device == T4


def test_gpus_are_numbered_alike_by_nvidia_smi_and_in_every_worker(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "FASTEST_FIRST")
    assert variables(1, offline=False)["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    make("serial", 1, False, ())
    assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


@pytest.mark.parametrize(
    ("driver", "built", "old"),
    [
        ("535.54.03", "12.8", False),
        ("525.60.13", "12.1", False),
        ("515.43.04", "12.1", True),
        ("570.86.15", "13.0", True),
        ("580.65.06", "13.0", False),
        ("450.80.02", "11.8", False),
        ("[N/A]", "12.8", False),
        ("600.00", "14.0", False),
    ],
)
def test_a_driver_serves_the_cuda_of_its_time_and_older_ones(driver: str, built: str, old: bool):
    assert cuda.too_old(driver, built) is old


def test_a_torch_that_is_too_new_for_the_driver_leaves_the_gpu_alone(
    two: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(device, "torch_cuda", lambda: "13.0")
    assert resolve("auto") == CPU
    with pytest.raises(
        BenchError, match=r"cuda: the driver 535.54.03 is too old .* with CUDA 13.0"
    ):
        resolve("cuda")
    (two / "compat").mkdir()  # NVIDIA's package by which it serves all the same
    assert resolve("auto") == T4


def test_a_torch_for_the_cpu_alone_has_no_gpu(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(device, "torch_cuda", lambda: None)
    assert resolve("auto") == CPU
    with pytest.raises(BenchError, match="the installed torch cannot use it"):
        resolve("cuda")


def test_equal_machines_have_equal_descriptions():
    gpus = environment.describe(1)["gpus"]
    assert gpus[1] == {"name": "NVIDIA H100", "memory": "81559 MiB", "driver": "535.54.03"}


@pytest.mark.parametrize(
    ("release", "guest", "found"),
    [("14.0", "0", "mps"), ("26.1", "0", "mps"), ("13.6.9", "0", "cpu"), ("15.5", "1", "cpu")],
)
def test_apple_s_gpu_is_taken_unasked_where_it_computes_as_it_should(
    monkeypatch: pytest.MonkeyPatch, release: str, guest: str, found: str
):
    monkeypatch.setattr(device, "torch_cuda", lambda: None)
    monkeypatch.setattr(device, "_apple_silicon", lambda: True)
    monkeypatch.setattr(device.platform, "mac_ver", lambda: (release, ("", "", ""), "arm64"))
    monkeypatch.setattr(processor, "sysctl", {"kern.hv_vmm_present": guest}.__getitem__)
    assert resolve("auto").kind == found
    assert resolve("mps") == Device("mps", "Apple GPU")
