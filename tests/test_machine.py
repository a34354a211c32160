"""What is read of a machine, from files laid out as its kernel would: no test asks this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchbig.machine import cgroup, memory, processor
from benchbig.machine.conditions import conditions
from benchbig.machine.processor import Cores

XEON = (
    "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Platinum 8481C\n"
    "flags\t\t: fpu sse2 avx2 avx512f avx512_vnni avx512_bf16 hypervisor amx_bf16 amx_tile\n"
)
GRAVITON = (
    "processor\t: 0\nFeatures\t: fp asimd sve bf16 i8mm\nCPU implementer\t: 0x41\n"
    "CPU part\t: 0xd40\n"
)
CPU0 = "sys/devices/system/cpu/cpu0"
CGROUP = "sys/fs/cgroup"


def lay(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


@pytest.mark.parametrize(
    ("said", "name", "features", "guest"),
    [
        (
            XEON,
            "Intel(R) Xeon(R) Platinum 8481C",
            ["avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16"],
            "Google",
        ),
        (GRAVITON, "Neoverse-V1", ["asimd", "sve", "bf16", "i8mm"], ""),
        (GRAVITON.replace("0xd40", "0xfff"), "0xfff", ["asimd", "sve", "bf16", "i8mm"], ""),
    ],
    ids=["x86", "ARM", "unknown ARM"],
)
def test_a_processor_is_named(
    tmp_path: Path, said: str, name: str, features: list[str], guest: str
):
    root = lay(tmp_path, {"proc/cpuinfo": said, "sys/class/dmi/id/sys_vendor": "Google\n"})
    assert processor.name(root) == name
    assert processor.features(root) == features
    assert processor.virtual(root) == guest


@pytest.mark.parametrize(
    ("files", "cores", "memory_bytes"),
    [
        ({}, None, None),
        ({"proc/self/cgroup": "0::/\n", f"{CGROUP}/cpu.max": "max 100000\n",
          f"{CGROUP}/memory.max": "max\n"}, None, None),
        ({"proc/self/cgroup": "0::/\n", f"{CGROUP}/cpu.max": "150000 100000\n",
          f"{CGROUP}/memory.max": "8589934592\n"}, 1.5, 8 << 30),
        # the limits of the groups above hold too: 2 cores there, 4 here; 4 GiB here, 16 there
        ({"proc/self/cgroup": "0::/user.slice/job_7\n",
          f"{CGROUP}/user.slice/cpu.max": "200000 100000\n",
          f"{CGROUP}/user.slice/job_7/cpu.max": "400000 100000\n",
          f"{CGROUP}/user.slice/memory.max": "17179869184\n",
          f"{CGROUP}/user.slice/job_7/memory.max": "4294967296\n"}, 2.0, 4 << 30),
        # version 1, a group a controller; 2**63 less a page means no limit
        ({"proc/self/cgroup": "4:memory:/box\n2:cpu,cpuacct:/box\n0::/\n",
          f"{CGROUP}/cpu,cpuacct/box/cpu.cfs_quota_us": "50000\n",
          f"{CGROUP}/cpu,cpuacct/box/cpu.cfs_period_us": "100000\n",
          f"{CGROUP}/memory/memory.limit_in_bytes": "9223372036854771712\n",
          f"{CGROUP}/memory/box/memory.limit_in_bytes": "1073741824\n"}, 0.5, 1 << 30),
        ({"proc/self/cgroup": "2:cpu:/\n",
          f"{CGROUP}/cpu/cpu.cfs_quota_us": "-1\n",
          f"{CGROUP}/cpu/cpu.cfs_period_us": "100000\n"}, None, None),
        # in a container the path is the host's, and only the top of the tree is to be seen
        ({"proc/self/cgroup": "4:memory:/docker/0123\n",
          f"{CGROUP}/memory/memory.limit_in_bytes": "2147483648\n"}, None, 2 << 30),
    ],
    ids=["none", "v2 unlimited", "v2", "v2 nested", "v1", "v1 unlimited", "v1 in a container"],
)  # fmt: skip
def test_the_limits_of_control_groups_are_found(
    tmp_path: Path, files: dict[str, str], cores: float | None, memory_bytes: int | None
):
    lay(tmp_path, files)
    assert cgroup.cores(tmp_path) == cores
    assert cgroup.memory_bytes(tmp_path) == memory_bytes


@pytest.mark.parametrize(
    ("cores", "usable"),
    [
        (Cores(8, 8, None), 8),
        (Cores(8, 2, None), 2),
        (Cores(8, 8, 3.9), 3),
        (Cores(8, 8, 0.5), 1),
        (Cores(8, 2, 6.0), 2),
    ],
)
def test_the_narrowest_limit_says_how_many_cores_compute(cores: Cores, usable: int):
    assert cores.usable == usable


def test_memory_is_what_a_control_group_leaves_of_it(tmp_path: Path):
    lay(
        tmp_path,
        {
            "proc/meminfo": "MemTotal:       1000 kB\nMemAvailable:    400 kB\nSwapTotal:  0 kB\n",
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": "512000\n",
        },
    )
    assert memory.memory(tmp_path) == (1_024_000, 512_000, 409_600, 0)
    assert memory.memory(tmp_path).usable == 512_000


def test_a_machine_at_rest_is_in_good_condition(tmp_path: Path):
    lay(
        tmp_path,
        {
            "proc/loadavg": "0.05 0.10 0.20 1/100 4242\n",
            "proc/stat": "cpu  100 0 100 800 0 0 0 0 0 0\n",
            f"{CPU0}/cpufreq/scaling_governor": "performance\n",
            "sys/devices/system/cpu/intel_pstate/no_turbo": "0\n",
            f"{CPU0}/thermal_throttle/core_throttle_count": "0\n",
            "sys/class/power_supply/AC/type": "Mains\n",
            "sys/class/power_supply/AC/online": "1\n",
            "sys/class/power_supply/BAT0/type": "Battery\n",
            "sys/class/power_supply/BAT0/status": "Full\n",
        },
    )
    assert conditions(tmp_path) == (0.05, 0.0, ("performance",), False, 0, False, True)


def test_a_tired_machine_is_not(tmp_path: Path):
    """A tenth of the time since the start was stolen: 100 of 1000 ticks."""
    lay(
        tmp_path,
        {
            "proc/loadavg": "7.50 3.10 2.20 9/100 4242\n",
            "proc/stat": "cpu  400 0 100 400 0 0 0 100 0 0\n",
            f"{CPU0}/cpufreq/scaling_governor": "powersave\n",
            "sys/devices/system/cpu/cpufreq/boost": "0\n",
            f"{CPU0}/thermal_throttle/core_throttle_count": "3\n",
            f"{CPU0}/thermal_throttle/package_throttle_count": "12\n",
            "sys/class/power_supply/BAT0/type": "Battery\n",
            "sys/class/power_supply/BAT0/status": "Discharging\n",
        },
    )
    assert conditions(tmp_path) == (7.5, 0.1, ("powersave",), True, 12, True, False)


@pytest.mark.parametrize(
    ("governor", "wish", "saving"),
    [
        ("powersave", "balance_performance", False),  # intel_pstate's usual state
        ("powersave", "balance_power", True),
        ("powersave", "power", True),
        ("performance", "power", False),
        ("schedutil", None, False),
    ],
)
def test_a_driver_that_chooses_the_clock_itself_is_asked_for_its_wish(
    tmp_path: Path, governor: str, wish: str | None, saving: bool
):
    lay(tmp_path, {f"{CPU0}/cpufreq/scaling_governor": governor})
    if wish:
        lay(tmp_path, {f"{CPU0}/cpufreq/energy_performance_preference": wish})
    assert conditions(tmp_path).saving is saving


def test_a_mouse_s_battery_is_not_the_machine_s(tmp_path: Path):
    supply = "sys/class/power_supply/mouse"
    lay(tmp_path, {f"{supply}/type": "Battery", f"{supply}/scope": "Device",
                   f"{supply}/status": "Discharging"})  # fmt: skip
    assert conditions(tmp_path).on_battery is None
