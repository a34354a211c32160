"""Keep a worker from writing anywhere but to its own folder, the shared cache and the devices.

By Landlock (Linux 5.13 and later), which needs no privilege and works inside containers: a process
gives up rights for itself and all that it will ever start. Reading stays free. From Linux 6.12 on
it also keeps signals inside. Changing a file's mode or times is not among the rights it knows.
Numbers and structures: <linux/landlock.h>, https://docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from benchbig.executors import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # system calls, the same on every machine
VERSION = 1  # landlock_create_ruleset: say the version, make nothing
PATH_BENEATH = 1
SET_NO_NEW_PRIVS = 38  # <linux/prctl.h>

WRITE_FILE = 1 << 1
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_ANY = 0b1111111 << 6  # devices, folders, files, sockets, pipes, links
REFER, TRUNCATE = 1 << 13, 1 << 14
SCOPE_SIGNAL = 1 << 1
THREADS = "/proc/self/task"  # of whichever process it is that opens it
REFER_SINCE, TRUNCATE_SINCE, SCOPE_SINCE = 2, 3, 6  # versions


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


@cache
def version() -> int:
    """Which Landlock this kernel has; 0 where it has none, or a container forbids it."""
    if sys.platform != "linux":
        return 0
    found = kernel.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION))
    return max(found, 0)


def writable(own: Path, shared: Path, assets: Path) -> tuple[str, ...]:
    """Where a job may write, for `confine`; nowhere named where this system cannot hold it to that.

    Its own folder, the shared cache, devices, other libraries' caches, the names of its own
    threads, and the folder for temporary files unless the store lies in it. own: the job's folder.
    shared, assets: what of benchbig's cache jobs write to, and what they must not change.
    """
    return (str(own), str(shared), THREADS, *_others(own.parent, assets)) if version() else ()


@cache
def _others(*kept: Path) -> tuple[str, ...]:
    """The usual places besides, none of which holds what is kept."""
    real = [one.resolve() for one in kept]

    def free(path: Path) -> bool:
        return not any(one.is_relative_to(path.resolve()) for one in real)

    home, found = Path.home(), [Path(tempfile.gettempdir())]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    for folder in (Path("/dev"), home / ".nv", home / ".triton", caches):
        if free(folder):
            found.append(folder)
        else:  # all that lies in it but the one branch
            with contextlib.suppress(OSError):
                found += folder.iterdir()
    return tuple(str(path) for path in found if free(path))


def confine(folders: Iterable[str]) -> bool:
    """Give up, for ever, the right to write beneath any other folder; whether that could be done.

    Also, where the kernel knows how, to signal a process that was there before.
    Raises OSError where it began and failed.
    """
    known = version()
    if not known:
        return False
    handled = WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_ANY
    handled |= REFER if known >= REFER_SINCE else 0
    handled |= TRUNCATE if known >= TRUNCATE_SINCE else 0
    scoped = SCOPE_SIGNAL if known >= SCOPE_SINCE else 0
    asked = _Ruleset(handled, 0, scoped)
    size = ctypes.sizeof(asked) if scoped else 8  # older kernels know the first field alone
    ruleset = _done(kernel.syscall(CREATE_RULESET, ctypes.byref(asked), ctypes.c_size_t(size), 0))
    try:
        for folder in folders:
            _allow(ruleset, folder, handled)
        kernel.library().prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _done(kernel.syscall(RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, folder: str, access: int) -> None:
    try:
        place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not there: nothing to write to
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            access &= WRITE_FILE | TRUNCATE  # the others are rights on folders
        rule = _Beneath(access, place)
        _done(kernel.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        # NVIDIA's driver (570 on) names a thread as CUDA begins, and gives up where it may not. A
        # rule is one for this folder only as long as the kernel keeps it in memory, which of
        # /proc it does for certain while it is open.
        if folder != THREADS:
            os.close(place)


def _done(answer: int) -> int:
    if answer < 0:
        raise OSError(-answer, f"Landlock: {errno.errorcode.get(-answer, answer)}")
    return answer
