"""Are joules counted where counters can be read, and never guessed?"""

from __future__ import annotations

import math
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchbig.worker.energy import NONE, Counters, between, read


def package(powercap: Path, number: int, microjoules: int, most: int = 10_000_000) -> Path:
    """A processor package of at most 1 W, as Linux's powercap interface shows it."""
    domain = powercap / f"intel-rapl:{number}"
    domain.mkdir(parents=True, exist_ok=True)
    (domain / "name").write_text(f"package-{number}\n")
    (domain / "energy_uj").write_text(f"{microjoules}\n")
    (domain / "max_energy_range_uj").write_text(f"{most}\n")
    (domain / "constraint_0_max_power_uw").write_text("1000000\n")
    return domain


def test_the_joules_of_all_packages_are_added_up(tmp_path: Path) -> None:
    package(tmp_path, 0, 1_000_000)
    package(tmp_path, 1, 5_000_000)
    before = read("cpu", True, tmp_path)
    package(tmp_path, 0, 3_500_000)
    package(tmp_path, 1, 6_000_000)
    assert before.method == "rapl"
    assert between(before, read("cpu", True, tmp_path)) == pytest.approx(2.5 + 1.0)


def test_a_counter_that_has_turned_over_counts_on(tmp_path: Path) -> None:
    package(tmp_path, 0, 9_000_000)
    before = read("cpu", True, tmp_path)
    package(tmp_path, 0, 500_000)
    assert between(before, read("cpu", True, tmp_path)) == pytest.approx(1.5)


def test_a_part_of_a_package_is_not_counted_twice(tmp_path: Path) -> None:
    package(tmp_path, 0, 1_000_000)
    inner = package(tmp_path, 7, 4_000_000).rename(tmp_path / "intel-rapl:0:0")
    (inner / "name").write_text("core\n")
    found = read("cpu", True, tmp_path)
    assert (found.method, found.joules, found.turns) == ("rapl", (1.0,), (10.0,))


def test_nothing_is_counted_beside_other_jobs_or_without_counters(tmp_path: Path) -> None:
    assert read("cpu", True, tmp_path) == NONE
    package(tmp_path, 0, 1_000_000)
    assert read("cpu", False, tmp_path) == NONE
    assert read("mps", True, tmp_path) == NONE
    assert between(NONE, NONE) is None
    assert between(Counters("nvml", (1.0,), (math.inf,)), NONE) is None


def test_a_counter_that_may_not_be_read_counts_nothing(tmp_path: Path) -> None:
    domain = package(tmp_path, 0, 1_000_000)
    (domain / "energy_uj").unlink()
    assert read("cpu", True, tmp_path) == NONE


def test_what_may_have_gone_round_more_than_once_is_not_measured() -> None:
    """At 10 W a counter of 100 J goes round in 10 seconds at the soonest, the other in 100."""
    before = Counters("rapl", (90.0, 0.0), (100.0, 100.0), (10.0, 1.0), at=5.0)
    after = Counters("rapl", (20.0, 3.0), (100.0, 100.0), (10.0, 1.0), at=14.9)
    assert between(before, after) == pytest.approx(30.0 + 3.0)
    assert between(before, replace(after, at=15.0)) is None


@pytest.mark.parametrize(("said", "watts"), [("125000000", 125.0), ("0", 400.0), (None, 400.0)])
def test_a_package_that_does_not_say_what_it_takes_may_take_much(
    tmp_path: Path, said: str | None, watts: float
) -> None:
    most = package(tmp_path, 0, 1_000_000) / "constraint_0_max_power_uw"
    if said is None:
        most.unlink()
    else:
        most.write_text(said)
    before = time.monotonic()
    found = read("cpu", True, tmp_path)
    assert found.watts == (watts,)
    assert before <= found.at <= time.monotonic()


class NVMLError(Exception):
    """As pynvml names it."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int | str]:
    """Stand in for NVIDIA's library on a machine of three GPUs; gives which were asked for."""
    found: list[int | str] = []

    def by_index(number: int) -> int:
        found.append(number)
        return number

    def by_uuid(name: str) -> int:
        found.append(name)
        if name != "GPU-5a":
            raise NVMLError
        return 1

    library = SimpleNamespace(
        NVMLError=NVMLError,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=by_index,
        nvmlDeviceGetHandleByUUID=by_uuid,
        nvmlDeviceGetTotalEnergyConsumption=lambda handle: 1000 * handle + 500,  # millijoules
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    return found


@pytest.mark.parametrize(
    ("visible", "gpu", "joules"),
    [(None, 0, 0.5), ("2,0", 2, 2.5), ("GPU-5a", "GPU-5a", 1.5), ("MIG-1", "MIG-1", None)],
)
def test_a_gpu_is_counted_by_its_name_whether_torch_was_imported_or_not(
    asked: list[int | str],
    monkeypatch: pytest.MonkeyPatch,
    visible: str | None,
    gpu: int | str,
    joules: float | None,
) -> None:
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    found = read("cuda", True)
    assert asked == [gpu]
    assert found.joules == (() if joules is None else (joules,))
    if joules is not None:
        assert between(found, replace(found, joules=(joules + 2,), at=found.at + 1e6)) == 2


def test_without_nvidia_s_library_a_gpu_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert read("cuda", True) == NONE
