"""Are joules counted where counters can be read, and never guessed?"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchbig.worker.energy import NONE, Counters, between, read


def package(powercap: Path, number: int, microjoules: int, most: int = 10_000_000) -> Path:
    """A processor package as Linux's powercap interface shows it."""
    domain = powercap / f"intel-rapl:{number}"
    domain.mkdir(parents=True, exist_ok=True)
    (domain / "name").write_text(f"package-{number}\n")
    (domain / "energy_uj").write_text(f"{microjoules}\n")
    (domain / "max_energy_range_uj").write_text(f"{most}\n")
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
    assert read("cpu", True, tmp_path) == Counters("rapl", (1.0,), (10.0,))


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
