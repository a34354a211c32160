"""What a worker bounds of itself before any plugin runs: memory, cores, places to write."""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import tempfile
from pathlib import Path

from benchbig.executors import sandbox
from benchbig.worker.request import Request

FIRST_TO_GO = 300  # added to what the kernel reckons when memory runs out, of 1000
SOCKET_ROOM = 32  # a name that multiprocessing makes in the temporary folder
SOCKET_PATH = 107  # bytes that the path of a Unix socket may have


def apply(request: Request) -> None:
    """Take on the limits of this request; for this process and all that it starts."""
    _temporary(request.path)
    _memory(request)
    if request.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, request.cores)
    if request.gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = request.gpu  # before any CUDA library looks
    if request.device == "cuda":
        _driver_cache()
    if request.writable:
        sandbox.confine(request.writable)


def _temporary(own: Path) -> None:
    """Temporary files go with the job's folder, unless sockets would have too long a path there."""
    mine = own / "tmp"
    mine.mkdir(exist_ok=True)
    shared = Path(tempfile.gettempdir())
    if len(os.fsencode(mine)) + SOCKET_ROOM <= SOCKET_PATH or own.is_relative_to(shared):
        os.environ["TMPDIR"] = str(mine)
        tempfile.tempdir = str(mine)  # where it has been asked for before


def _driver_cache() -> None:
    """Make the folder in which NVIDIA's driver keeps what it compiles; later it may not."""
    with contextlib.suppress(OSError):
        (Path.home() / ".nv").mkdir(exist_ok=True)


def _memory(request: Request) -> None:
    _bound(resource.RLIMIT_CORE, 0)
    # What a CUDA context reserves without using it counts here; there only watching tells.
    if request.memory is not None and request.device == "cpu":
        _bound(resource.RLIMIT_DATA, request.memory + _unused(), soft=True)
    if sys.platform == "linux":
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "r+") as file:
            now = int(file.read())
            file.seek(0)
            file.write(str(min(1000, now + FIRST_TO_GO)))


def _unused() -> int:
    """Bytes of private memory that this process has mapped and never touched, as imports do."""
    with contextlib.suppress(OSError, KeyError):
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        said = dict(line.split(":", 1) for line in lines)
        mapped, touched = (int(said[name].split()[0]) for name in ("VmData", "RssAnon"))
        return max(0, 1024 * (mapped - touched))
    return 0


def _bound(what: int, most: int, soft: bool = False) -> None:
    """Lower a limit, never past the one there is. soft: the worker may lift it again."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, hard if soft else most))
