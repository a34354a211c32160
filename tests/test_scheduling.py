"""Does a process that waits get short slices of time, and nothing else that it did not have?"""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys

import pytest

from benchbig.executors.scheduling import SLICE_NS, Asked

GETATTR = {"x86_64": 315, "aarch64": 275}  # <asm/unistd.h>

SCRIPT = """
import os, sys
from test_scheduling import seen
from benchbig.executors.scheduling import answer_soon
os.nice(int(sys.argv[1]))
print(*seen(), flush=True)
answer_soon()
print(*seen(), flush=True)
if not os.fork():
    print(*seen(), flush=True)
    os._exit(0)
os.wait()
"""


def seen() -> tuple[int, int, int]:
    """Of this process: its policy, its nice value, its slice in ns; 0 where it is not told."""
    asked = Asked()
    number = GETATTR[platform.machine()]
    if ctypes.CDLL(None).syscall(number, 0, ctypes.byref(asked), ctypes.sizeof(asked), 0):
        return os.SCHED_OTHER, os.getpriority(os.PRIO_PROCESS, 0), 0
    return asked.policy, asked.nice, asked.runtime


def told(nice: int) -> list[tuple[int, ...]]:
    """What `seen` tells of a process with this nice value: before and after it asked, then of one
    that it forked."""
    here = os.path.dirname(__file__)
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(nice)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in GETATTR, reason="asks Linux by number"
)
@pytest.mark.parametrize("nice", [0, 5])
def test_the_one_that_asked_is_woken_soon_and_those_it_forks_are_as_before(nice: int):
    before = os.getpriority(os.PRIO_PROCESS, 0)
    usual, asked, forked = told(nice)
    assert usual[:2] == asked[:2] == forked[:2] == (os.SCHED_OTHER, min(19, before + nice))
    if not usual[2]:
        pytest.skip("this kernel has no slices that can be asked for: it is older than 6.12")
    assert asked[2] == SLICE_NS
    assert forked[2] == usual[2]
