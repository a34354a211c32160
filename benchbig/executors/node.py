"""What a node of a cluster does: check its code, get the files, run a job, pack what came of it.

The job still runs in a worker of its own, by the same executor as on a single machine, so that
its deadline and every end hold here too. Nothing here knows of the cluster's software.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from benchbig import assets, device, environment
from benchbig.cards import ModelCard, TaskCard
from benchbig.cards.catalog import SHELVES, builtin
from benchbig.cards.read import read
from benchbig.errors import BenchError
from benchbig.executors import make, sandbox
from benchbig.executors.ended import Ended, Executor
from benchbig.executors.fingerprint import differences, fingerprint
from benchbig.installed import spec as installed
from benchbig.worker.request import (
    LOG_BYTES,
    LOG_FILE,
    RECORD_FILE,
    STAGE_FILE,
    Request,
    from_json,
)

LOOK_EVERY = 0.2  # seconds between two counts of the jobs on this node
Place = tuple[str, str]  # a plugin's file: (shelf, name) of a built-in one, ("", path) else


@dataclass(frozen=True)
class Order:
    """One job as a driver sends it.

    request: as text, with the driver's own paths. task, model: where their cards lie.
    plugins: the built-in plugin files of the whole run. code: the driver's fingerprint.
    """

    request: str
    task: Place
    model: Place
    timeout: float | None
    offline: bool
    plugins: tuple[Place, ...]
    code: Mapping[str, str]


@dataclass(frozen=True)
class Parcel:
    """What comes back: the worker's end and the files it left, or the trouble with this node."""

    host: str
    trouble: str = ""
    ended: Ended | None = None
    files: Mapping[str, bytes] | None = None


@dataclass(frozen=True)
class Found:
    """A node looked at: its name, its accelerator, what is wrong with it."""

    host: str
    device: device.Device
    troubles: tuple[str, ...]


def place(path: Path, roots: Iterable[str]) -> Place:
    """How to name a plugin's file so that another machine finds its own copy."""
    if any(path.is_relative_to(root) for root in roots):
        return "", str(path)
    shelf = next(shelf for shelf in SHELVES if path.is_relative_to(builtin(shelf)))
    return shelf, path.name


def located(place: Place) -> Path:
    """The file on this machine."""
    shelf, name = place
    return builtin(shelf) / name if shelf else Path(name)


def look(code: Mapping[str, str]) -> Found:
    """Whether this node can serve a driver with this fingerprint."""
    found = tuple(differences(code, fingerprint(name for name in code if os.path.isabs(name))))
    # Ray hides the GPUs from what asks for none, as this does.
    return Found(socket.gethostname(), device.resolve("auto", every_gpu=True), found)


def furnish(tasks: Iterable[Place], models: Iterable[Place], offline: bool) -> list[str]:
    """Get all that these cards need into this node's cache; what is wrong, a sentence each."""
    wrong = []
    for where in models:
        card = read(located(where), ModelCard)
        lacking = [name for name in card.requires if installed(name) is None]
        if lacking:
            wrong.append(
                f"lacks {', '.join(lacking)} for {card.name}; type there: "
                f"pip install 'benchbig[{card.extra}]'"
            )
    try:
        for where in (*tasks, *models):
            _files(where, offline)
    except BenchError as error:
        wrong.append(f"cannot get data or weights: {error}")
    return wrong


def do(order: Order) -> Parcel:
    """Run the job in a worker on this node and pack what it left."""
    host = socket.gethostname()
    if wrong := _trouble(tuple(order.code.items())):
        return Parcel(host, wrong)
    asked = from_json(order.request)
    shared = Path(tempfile.gettempdir()) / f"benchbig-{asked.record['run_id']}"
    own = shared / f"{asked.job.key}-{os.getpid()}"
    own.mkdir(parents=True, mode=0o700)
    try:
        try:
            request = _here(order, asked, own)
        except BenchError as error:
            return Parcel(host, str(error))
        ended = _run(request, order)
        return Parcel(host, "", ended, _pack(own))
    finally:
        shutil.rmtree(own, ignore_errors=True)
        if not any(shared.iterdir()):
            shutil.rmtree(shared, ignore_errors=True)


@cache
def _trouble(code: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(look(dict(code)).troubles)


def _here(order: Order, asked: Request, own: Path) -> Request:
    """The request with this machine's paths, files and description."""
    described = _machine(asked.threads)
    return replace(
        asked,
        record={**asked.record, "env": environment.digest(described)},
        task_card=str(located(order.task)),
        model_card=str(located(order.model)),
        task_files=_files(order.task, order.offline),
        model_files=_files(order.model, order.offline),
        folder=str(own),
        cache=str(assets.shared_dir()),
        writable=_writable(own),
    )


def _writable(own: Path) -> tuple[str, ...]:
    return sandbox.writable(own, assets.shared_dir(), assets.stored_dir())


@cache
def _files(where: Place, offline: bool) -> dict[str, str]:
    """A card's assets by name; once a process, and once a node by the cache's own lock."""
    path = located(where)
    task = path.parent.name == "tasks"
    pinned = read(path, TaskCard).assets if task else read(path, ModelCard).assets
    return {
        name: str(assets.get(asset, assets.cache_dir(), offline=offline))
        for name, asset in pinned.items()
    }


@cache
def _machine(threads: int) -> dict[str, Any]:
    return environment.describe(threads)


@cache
def _executor(threads: int, offline: bool, plugins: tuple[Place, ...], visible: str) -> Executor:
    """Kept from job to job, so that its imports are made once; visible: the GPUs it may use."""
    return make("auto", threads, offline, [located(where) for where in plugins])


def _run(request: Request, order: Order) -> Ended:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    executor = _executor(request.threads, order.offline, order.plugins, visible)
    executor.start(request, order.timeout)
    most = 0
    while True:
        most = max(most, _beside(request.path))
        for ended in executor.wait(LOOK_EVERY):
            return replace(ended, beside=most, machine=_machine(request.threads))


def _beside(own: Path) -> int:
    """How many other jobs of this run have a living worker on this machine."""
    pids = [int(other.name.rpartition("-")[2]) for other in own.parent.iterdir() if other != own]
    return sum(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _pack(own: Path) -> dict[str, bytes]:
    """The files a driver reads; whatever else a job left in its folder stays behind."""
    found = {}
    for path in own.iterdir():
        named = path.name in (RECORD_FILE, STAGE_FILE, LOG_FILE) or path.suffix == ".npz"
        if named and path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if path.name == LOG_FILE:
                    file.seek(max(0, path.stat().st_size - LOG_BYTES))
                found[path.name] = file.read()
    return found
