"""What this machine has to give to jobs: cores, memory, GPUs; and which job has what of it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from benchbig import cuda, environment

CPU = Path("/sys/devices/system/cpu")
CLAIMS = "benchbig-cores"


class Needs(NamedTuple):
    """What a job is given while it runs. memory: bytes."""

    memory: int
    gpu: bool


class Place(NamedTuple):
    """What a job has been given. cores: those it is kept to, none where it is not; gpu: as
    CUDA_VISIBLE_DEVICES names it, or ""."""

    slot: int
    memory: int
    cores: tuple[int, ...]
    gpu: str


@dataclass
class Places:
    """The machine of a run.

    slots: jobs side by side. threads: cores a job. cores: those to keep jobs to, slot by slot;
    none where they may run anywhere. memory: bytes that the running jobs may need together; None
    for any number. gpus: by name, each as often as jobs may share it.
    """

    slots: int
    threads: int = 1
    cores: tuple[int, ...] = ()
    memory: int | None = None
    gpus: tuple[str, ...] = ()
    _taken: dict[str, Place] = field(default_factory=dict)

    def take(self, key: str, needs: Needs) -> Place | None:
        """A place for this job, None where there is none now. A job alone always has room."""
        taken = self._taken.values()
        slot = next(iter(set(range(self.slots)) - {place.slot for place in taken}), None)
        if slot is None:
            return None
        together = needs.memory + sum(place.memory for place in taken)
        if taken and self.memory is not None and together > self.memory:
            return None
        gpu = self._free_gpu() if needs.gpu else ""
        if gpu is None:
            return None
        own = self.cores[slot * self.threads : (slot + 1) * self.threads]
        self._taken[key] = Place(slot, needs.memory, own, gpu)
        return self._taken[key]

    def give_back(self, key: str) -> None:
        del self._taken[key]

    def _free_gpu(self) -> str | None:
        """The GPU that the fewest jobs have; "" where GPUs are not told apart."""
        if not self.gpus:
            return ""
        free = list(self.gpus)
        for place in self._taken.values():
            if place.gpu:
                free.remove(place.gpu)
        return max(free, key=lambda name: (free.count(name), -self.gpus.index(name)), default=None)


def cores_in_order() -> tuple[int, ...]:
    """The cores this process may use; second threads of one physical core come last."""
    if not hasattr(os, "sched_getaffinity"):
        return ()
    every = sorted(os.sched_getaffinity(0))
    firsts = [core for core in every if core == _first_of(core, every)]
    return (*firsts, *(core for core in every if core not in firsts))


def physical_cores() -> int:
    """Cores this process may use, second threads of one core not counted."""
    every = cores_in_order()
    firsts = sum(core == _first_of(core, every) for core in every)
    return max(1, min(environment.cores(), firsts or environment.cores()))


def _first_of(core: int, usable: Iterable[int]) -> int:
    """The lowest usable number of those that are threads of the same physical core."""
    try:
        listed = (CPU / f"cpu{core}" / "topology" / "thread_siblings_list").read_text()
    except OSError:
        return core
    twins: set[int] = set()
    for piece in listed.strip().split(","):
        low, _, high = piece.partition("-")
        twins.update(range(int(low), int(high or low) + 1))
    return min(twins & set(usable))


@contextmanager
def claimed(count: int) -> Iterator[tuple[int, ...]]:
    """So many cores that no other run of this machine keeps its jobs to, while this lasts.

    None at all where there are not so many free, or where the cores are shared out by time (a
    container with a quota): there the system moves jobs about better than a fixed choice would.
    """
    every = cores_in_order()
    if environment.cores() < len(every):
        yield ()
        return
    with ExitStack() as stack:
        found: list[int] = []
        for core in every:
            if len(found) < count and _claim(core, stack):
                found.append(core)
        yield tuple(found) if len(found) == count else ()


def _claim(core: int, stack: ExitStack) -> bool:
    """Hold this core until the stack closes, or the process ends; False where another has it."""
    folder = Path(tempfile.gettempdir()) / CLAIMS
    path, flags = folder / str(core), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(0o1777)
        # Not with O_CREAT at once: in such a folder that is refused for another user's file.
        there = flags if path.exists() else flags | os.O_CREAT
        file = os.open(path, there, 0o644)
        stack.callback(os.close, file)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def visible_gpus(jobs_each: int) -> tuple[str, ...]:
    """The GPUs like the first that may be seen, each as often as jobs may share it, as CUDA would
    name them."""
    seen = cuda.visible(environment.gpus())
    alike = [name for name, gpu in seen if gpu["name"] == seen[0][1]["name"]]
    return tuple(name for name in alike for _ in range(jobs_each))
