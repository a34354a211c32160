"""How a worker ended, and the record that comes of it."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from benchbig.executors.watch import Over, size
from benchbig.record import Record, fail
from benchbig.worker.request import RECORD_FILE, STAGE_FILE, Request

# What C code dies of that was refused memory and did not look.
REFUSED = (signal.SIGABRT, signal.SIGBUS, signal.SIGSEGV)
NEAR = 0.8  # of the memory allowed, held at such a death


@dataclass(frozen=True)
class Ended:
    """One worker's end.

    status: as os.wait gives it. cpu_s, peak_rss_bytes: the kernel's own accounting of that
    process and the children it waited for; None where it was not a process of its own.
    beside, machine: on another machine than the driver's, how many other jobs ran there at the
    same time at most, and its description. over: the limit it broke. why: what ended it, where
    that was not the job. record: what it measured, where it was no process and left no file.
    rest: where the job is over and its process still gives its memory back: waits for that, and
    gives the end with the status and the accounting known only then.
    """

    key: str
    status: int
    cpu_s: float | None = None
    peak_rss_bytes: int | None = None
    over: Over | None = None
    beside: int | None = None
    machine: Mapping[str, Any] | None = None
    why: str = ""
    record: Record | None = None
    rest: Callable[[], Ended] | None = None


class Executor(Protocol):
    """Where jobs run: three calls, and what was started ends in exactly one Ended."""

    def start(self, request: Request, timeout: float | None) -> None:
        """Begin a job; past timeout seconds it is ended by force."""

    def wait(self, seconds: float) -> Iterable[Ended]:
        """The workers that have ended, waiting at most so long for the first."""

    def close(self) -> None:
        """End whatever still runs."""


def outcome(request: Request, ended: Ended) -> Record:
    """The record the worker left, or the one that says why it left none."""
    path = request.path / RECORD_FILE
    if ended.record is not None:
        record = ended.record
    elif path.exists():
        record = json.loads(path.read_text(encoding="utf-8"))
    else:
        record = _lost(request, ended)
    record.update(cpu_s=ended.cpu_s, peak_rss_bytes=ended.peak_rss_bytes)
    return record


def _lost(request: Request, ended: Ended) -> Record:
    stage_file = request.path / STAGE_FILE
    named = stage_file.read_text(encoding="utf-8").strip() if stage_file.exists() else ""
    stage = named or "start"
    if ended.why:
        return fail(request.record, "killed", stage, None, ended.why)
    if ended.over is not None:
        message = f"{ended.over.said}; ended in stage {stage}"
        return fail(request.record, ended.over.status, stage, None, message)
    number = ended.status & 0x7F
    if number:
        return _killed(request, ended, number, stage)
    code = ended.status >> 8
    message = f"the worker left with exit code {code} in stage {stage} and gave no record"
    return fail(request.record, "failed", stage, None, message)


def _killed(request: Request, ended: Ended, number: int, stage: str) -> Record:
    # Real-time signals have numbers but no names.
    name = next((s.name for s in signal.Signals if s == number), f"signal {number}")
    message = f"ended by {name} in stage {stage}"
    peak = ended.peak_rss_bytes or 0
    if number in REFUSED and request.memory is not None and peak > NEAR * request.memory:
        message += f" with {size(peak)} of memory in use, {size(request.memory)} allowed"
        return fail(request.record, "oom", stage, name, message)
    return fail(request.record, "killed", stage, name, message)
