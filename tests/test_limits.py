"""Are a worker's limits seen rightly, one by one, also by what only other systems need?"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_job import JOB
from waiting import gone, until

from benchbig.executors import limits, processes, sandbox, watch
from benchbig.executors.ended import Ended, outcome
from benchbig.executors.watch import Over, Watch
from benchbig.worker import failure
from benchbig.worker.request import LOG_BYTES, Request

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone")
MB = 10**6
# Holds 60 MB, and so does a child in a session of its own that shares 40 MB more with it.
HOLDS = """
import mmap, os, time
shared = mmap.mmap(-1, 40_000_000)
shared.write(b"x" * 40_000_000)
if not os.fork():
    os.setsid()
own = bytearray(b"x") * 60_000_000
os.write(1, b"ready\\n")
time.sleep(300)
"""


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    return Request(
        job=JOB, record={}, task_card="", model_card="", task_files={}, model_files={}, roots=(),
        folder=str(tmp_path), cache="", device="cpu", threads=1, alone=True,
    )  # fmt: skip


@pytest.fixture
def holder() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", HOLDS], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == [b"ready\n"] * 2
    every = processes.tree(process.pid)
    yield process.pid
    for pid in every:  # a test may have ended the first, and the second is an orphan then
        os.kill(pid, signal.SIGKILL)
    process.communicate()


@linux
def test_memory_is_that_of_all_processes_and_shared_pages_count_once(holder: int):
    held = watch.memory_of(holder, 0)
    assert 160 * MB < held < 190 * MB  # 60 + 60 + 40, and two small interpreters
    assert watch.memory_of(holder, 195 * MB) == 0


@linux
def test_what_ps_says_is_near_enough_where_there_is_no_proc(holder: int):
    """It knows the group alone, and counts what is shared for each."""
    assert 95 * MB < watch._by_ps(holder) < 130 * MB


@linux
def test_children_are_found_without_the_kernel_s_list_too(holder: int):
    assert processes.children(holder) == processes._children_by_stat(holder)
    assert len(processes.children(holder)) == 1
    assert processes.tree(holder) == [holder, *processes.children(holder)]


@linux
def test_who_holds_too_much_is_ended_and_its_record_says_so(request_: Request, holder: int):
    looks = Watch()
    looks.begin(replace(request_, memory=100 * MB), None, holder)
    assert looks.pause(60) <= watch.LOOK_EVERY
    assert until(lambda: looks.look() or gone(holder, 0.1), 10)
    over = looks.end(JOB.key, signal.SIGKILL)
    assert over is not None
    assert over.status == "oom"
    record = outcome(request_, Ended(JOB.key, signal.SIGKILL, 1.0, 10, over))
    assert record["error"]["message"].endswith(" of memory, 0.1 GB allowed; ended in stage start")


@pytest.mark.parametrize(
    ("kills", "status", "found"), [(1, 9, "oom"), (0, 9, None), (1, 11, None), (1, 0, None)]
)
def test_a_sigkill_while_the_kernel_ended_processes_for_memory_is_an_oom(
    request_: Request, monkeypatch: pytest.MonkeyPatch, kills: int, status: int, found: str | None
):
    looks, counted = Watch(), iter((7, 7 + kills))
    monkeypatch.setattr(watch, "kernel_kills", lambda: next(counted))
    looks.begin(request_, None, os.getpid())
    over = looks.end(JOB.key, status)
    assert (over and over.status) == found


@linux
def test_the_kernel_counts_whom_it_ends():
    assert watch.kernel_kills() >= 0
    assert "oom_kill " in Path("/proc/vmstat").read_text()


@pytest.mark.parametrize(
    ("number", "peak", "status"),
    [(signal.SIGABRT, 95, "oom"), (signal.SIGSEGV, 95, "oom"), (signal.SIGABRT, 50, "killed"),
     (signal.SIGTERM, 95, "killed")],
)  # fmt: skip
def test_c_code_that_dies_at_the_edge_of_its_memory_was_refused_some(
    request_: Request, number: int, peak: int, status: str
):
    ended = Ended(JOB.key, number, 1.0, peak * MB)
    assert outcome(replace(request_, memory=100 * MB), ended)["status"] == status
    assert outcome(request_, ended)["status"] == "killed"


class OutOfMemoryError(RuntimeError):
    """As torch names it."""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MemoryError(), "oom"),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), "oom"),
        (RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be"), "oom"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate"), "oom"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), "oom"),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5.00 GB"), "oom"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"), "oom"),
        (ValueError("std::bad_alloc"), "oom"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "oom"),
        (OSError(errno.ENOSPC, "No space left on device"), "failed"),
        (RuntimeError("a memory of better days"), "failed"),
    ],
)
def test_memory_that_was_refused_is_known_by_every_library_s_word(
    request_: Request, error: Exception, status: str
):
    record = failure.failed(request_, {}, "fit", error)
    assert record["status"] == status
    assert record["error"]["stage"] == "fit"


def test_a_log_is_begun_anew_when_it_is_too_long(tmp_path: Path):
    log = tmp_path / "log"
    with log.open("ab", buffering=0) as file:
        file.write(b"x" * LOG_BYTES)
        watch.cut_log(log)
        assert log.stat().st_size == LOG_BYTES
        file.write(b"x")
        watch.cut_log(log)
        file.write(b"after")
    assert log.read_bytes() == watch.CUT + b"after"
    other = tmp_path / "other"
    other.write_bytes(bytes(LOG_BYTES + 1))
    log.unlink()
    log.symlink_to(other)
    watch.cut_log(log)
    assert other.stat().st_size == LOG_BYTES + 1


def test_a_folder_s_size_is_what_it_takes_on_the_disk(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "full").write_bytes(b"x" * MB)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**9)
    os.sync()
    assert MB <= watch.bytes_below(tmp_path) < 1.1 * MB
    assert watch.bytes_below(tmp_path / "nowhere") == 0


def test_a_late_worker_is_ended_on_time(request_: Request):
    process = subprocess.Popen(["sleep", "300"], start_new_session=True)
    looks, began = Watch(), time.monotonic()
    looks.begin(request_, 0.2, process.pid)
    while process.poll() is None:
        time.sleep(looks.pause(60))
        looks.look()
        assert time.monotonic() - began < 10
    assert looks.end(JOB.key, -process.returncode) == Over(
        "timeout", "ran longer than the 0.2 seconds allowed"
    )


CONFINED = """
import sys, threading
from pathlib import Path
from benchbig.executors import sandbox
own, shared, store = map(Path, sys.argv[1:])
assert sandbox.confine(sandbox.writable(own, shared, store.parent / "assets"))
for path in (own / "a", shared / "a", Path("/dev/null")):
    path.write_text("x")
(own / "a").rename(shared / "b")
thread = Path("/proc/self/task", str(threading.get_native_id()))
(thread / "comm").write_text("mine")
print((thread / "comm").read_text().strip())
by_the_thread = thread / "root" / (store / "record").relative_to("/")
for what in (
    lambda: by_the_thread.write_text("x"), lambda: Path("/proc/self/oom_score_adj").write_text("0"),
    lambda: (store / "record").write_text("x"), lambda: (store / "record").unlink(),
    lambda: (store / "record").rename(own / "record"), lambda: (store / "new").mkdir(),
):
    try:
        what()
    except PermissionError:
        print("refused")
print((store / "record").read_text())
"""


@pytest.mark.skipif(not sandbox.version(), reason="this kernel has no Landlock")
def test_what_is_confined_writes_in_its_own_places_alone(tmp_path: Path):
    store = tmp_path / "store"
    own, shared = store / ".work" / "run" / "key", tmp_path / "shared"
    for folder in (own, shared):
        folder.mkdir(parents=True)
    (store / "record").write_text("kept")
    line = [sys.executable, "-c", CONFINED, own, shared, store]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["mine", *["refused"] * 6, "kept"], done.stderr


@pytest.mark.parametrize(("device", "there"), [("cuda", True), ("cpu", False)])
def test_the_folder_of_nvidia_s_driver_is_made_before_a_worker_gives_up_its_rights(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str, there: bool
):
    monkeypatch.setenv("HOME", str(tmp_path))
    seen = []
    monkeypatch.setattr(limits, "_temporary", lambda own: None)
    monkeypatch.setattr(limits, "_memory", lambda request: None)
    monkeypatch.setattr(sandbox, "confine", lambda places: seen.append((tmp_path / ".nv").exists()))
    limits.apply(replace(request_, device=device, writable=(str(tmp_path),)))
    assert seen == [there]


def test_where_nothing_can_be_confined_nothing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sandbox, "version", lambda: 0)
    assert sandbox.writable(tmp_path, tmp_path, tmp_path) == ()
    assert sandbox.confine([]) is False


def test_a_wide_place_that_holds_the_store_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sandbox, "version", lambda: 1)
    monkeypatch.setattr(sandbox.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    cache, store = tmp_path / "caches" / "benchbig", tmp_path / "results"
    for folder in (cache / "assets", cache / "shared", tmp_path / "caches" / "other", store):
        folder.mkdir(parents=True)
    named = sandbox.writable(store / ".work" / "r" / "k", cache / "shared", cache / "assets")
    assert str(tmp_path) not in named
    assert str(tmp_path / "caches") not in named
    assert str(cache) not in named
    assert {str(tmp_path / "caches" / "other"), str(cache / "shared"), "/dev"} <= set(named)
