"""Have a process that mostly waits woken at once, though others compute on every core."""

from __future__ import annotations

import ctypes
import os
import sys

from benchbig.executors import kernel

SETATTR = {"x86_64": 314, "aarch64": 274}  # the call's number, <asm/unistd.h>
RESET_ON_FORK = 1  # <linux/sched.h>
SLICE_NS = 200_000  # a slice is one to three milliseconds otherwise


class Asked(ctypes.Structure):
    """struct sched_attr, sched_setattr(2)."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime", ctypes.c_uint64),
        ("deadline", ctypes.c_uint64),
        ("period", ctypes.c_uint64),
    )


def answer_soon() -> None:
    """Ask for short slices of time, so that none has to be waited for; on Linux from 6.12 on.

    This process gets no more time than before, in shorter pieces; those that it forks are as all
    others. One that was given a priority or a class of its own keeps it.
    """
    number = SETATTR.get(os.uname().machine) if sys.platform == "linux" else None
    if number is None or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    if nice < 0:
        return  # what is forked would not keep it
    asked = Asked(ctypes.sizeof(Asked), flags=RESET_ON_FORK, nice=nice, runtime=SLICE_NS)
    kernel.syscall(number, 0, ctypes.byref(asked), 0)
