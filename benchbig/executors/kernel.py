"""Call the system where Python has no function for it: by the C library, or by a call's number."""

from __future__ import annotations

import ctypes
from functools import cache


@cache
def library() -> ctypes.CDLL:
    """The C library, which keeps the error number of each call."""
    found = ctypes.CDLL(None, use_errno=True)
    found.syscall.restype = ctypes.c_long
    return found


def syscall(number: int, *arguments: object) -> int:
    """The system call's answer, or minus its error number."""
    answer: int = library().syscall(ctypes.c_long(number), *arguments)
    return -ctypes.get_errno() if answer < 0 else answer
