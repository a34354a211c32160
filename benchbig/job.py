"""A job: one task x model x seed x training size, its key, and a suite's expansion into jobs."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, overload

from benchbig.cards import ModelCard, TaskCard, Tuning
from benchbig.cards.fit import misfit
from benchbig.cards.schema import LEARNS_NOTHING
from benchbig.errors import BenchError

ALL = 0  # n_train: every training row there is; limit: no limit


@dataclass(frozen=True)
class Job:
    """What one worker does, in strings and numbers alone.

    device: "cpu" or the accelerator's name. n_train: training rows asked for, ALL for every one.
    limit: at most so many examples a part, a trial run; ALL for none.
    """

    task: str
    task_version: int
    model: str
    model_version: int
    params: str
    seed: int
    n_train: int
    device: str
    trials: int
    seconds: float
    limit: int = ALL

    @cached_property
    def key(self) -> str:
        """20 hexadecimal digits: the hash of all that the result may depend on.

        Of compact JSON with sorted keys, put together from its values' texts: most values are
        the same in thousands of jobs, and json.dumps of the whole takes ten times as long.
        """
        canonical = CANONICAL % tuple(map(_json, VALUES(self)))
        return hashlib.sha256(canonical.encode()).hexdigest()[:20]


NAMES = sorted(field.name for field in fields(Job))
VALUES = attrgetter(*NAMES)
CANONICAL = "{" + ",".join(f'"{name}":%s' for name in NAMES) + "}"


@lru_cache(maxsize=4096, typed=True)  # typed: 30 and 30.0 are equal, but not as texts
def _json(value: str | int | float) -> str:
    return json.dumps(value)


@dataclass(frozen=True)
class Skipped:
    """What is not planned, and why: a pair, or a training size that a task is too small for.

    model: "" stands for every one; n_train: ALL for every size.
    """

    task: str
    model: str
    why: str
    n_train: int = ALL

    def __str__(self) -> str:
        what = f"n_train {self.n_train:,}" if self.n_train else self.model
        return f"{self.task} is planned without {what}: it {self.why}"


@dataclass(frozen=True)
class Alike:
    """Jobs that differ in their seeds alone. first: the one of the first seed."""

    first: Job
    seeds: tuple[int, ...]

    @cached_property
    def _shared(self) -> dict[str, Any]:
        return dict(zip(NAMES, VALUES(self.first), strict=True))

    def __len__(self) -> int:
        return len(self.seeds)

    def keyed(self) -> Iterator[tuple[int, str]]:
        """Each seed with the key of its job, as `Job.key` would work it out.

        What stands before the seed is hashed once: a third of the time, where a plan is large.
        """
        if len(self) == 1:
            yield self.first.seed, self.first.key
            return
        texts = {**{name: _json(value) for name, value in self._shared.items()}, "seed": "\0"}
        before, after = (CANONICAL % tuple(texts.values())).split("\0")
        start = hashlib.sha256(before.encode())
        for seed in self.seeds:
            digest = start.copy()
            digest.update(f"{_json(seed)}{after}".encode())
            yield seed, digest.hexdigest()[:20]

    def job(self, seed: int, key: str) -> Job:
        """The job of this seed, whose key is known."""
        made = Job(**{**self._shared, "seed": seed})
        vars(made)["key"] = key  # where its cached property looks first
        return made


class Jobs(Sequence[Job]):
    """Jobs in their order, each made when it is asked for: a million of them need no memory."""

    def __init__(self, alike: Iterable[Alike]) -> None:
        self.alike = tuple(alike)

    def __len__(self) -> int:
        return sum(map(len, self.alike))

    def __iter__(self) -> Iterator[Job]:
        return (one.job(seed, key) for one in self.alike for seed, key in one.keyed())

    @overload
    def __getitem__(self, place: int) -> Job: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Job]: ...

    def __getitem__(self, place: int | slice) -> Job | Sequence[Job]:
        return tuple(self)[place]  # slow: who asks for many makes the tuple first


@dataclass(frozen=True)
class Plan:
    """The jobs of a run, in the order in which they start, and the pairs left out."""

    jobs: Sequence[Job]
    skipped: tuple[Skipped, ...]

    @property
    def alike(self) -> tuple[Alike, ...]:
        """The jobs in groups of those that are alike, in their order."""
        if isinstance(self.jobs, Jobs):
            return self.jobs.alike
        return tuple(Alike(job, (job.seed,)) for job in self.jobs)


def parameters(model: ModelCard) -> str:
    """The card's parameters and search ranges as one canonical text."""
    table: Mapping[str, Any] = {"params": dict(model.params), "search": dict(model.search)}
    return json.dumps(table, sort_keys=True, separators=(",", ":"))


def expand(
    tasks: Iterable[TaskCard],
    models: Iterable[ModelCard],
    seeds: Iterable[int],
    sizes: Iterable[int],
    tuning: Tuning,
    devices: Mapping[str, str],
    limit: int = ALL,
    own: Mapping[str, Sequence[int]] = MappingProxyType({}),
) -> Plan:
    """Every fitting combination, task by task.

    devices: each model's name to the device it runs on. own: sizes of single tasks, or of a model
    on one, instead of `sizes` (SuiteCard.n_train_of). A size that some tasks are too small for is
    left out of theirs. A model that learns nothing says the same at every size: it is planned
    once, on all rows. Raises BenchError where all tasks are too small.
    """
    tasks, models, seeds, sizes = tuple(tasks), tuple(models), tuple(seeds), tuple(sizes)
    _check_sizes(tasks, sizes)
    alike, skipped = [], []
    for task in tasks:
        of_task = own.get(task.name, sizes)
        of_models = {m.name: own.get(f"{task.name}/{m.name}", of_task) for m in models}
        skipped += [
            Skipped(task.name, "", f"has {task.split.n_train:,} training examples", size)
            for size in dict.fromkeys(itertools.chain(of_task, *of_models.values()))
            if _lacks(task, size)
        ]
        for model in models:
            why = misfit(task, model, devices[model.name])
            if why:
                skipped.append(Skipped(task.name, model.name, why))
                continue
            wanted = of_models[model.name] if model.adaptation != LEARNS_NOTHING else (ALL,)
            params = parameters(model)
            made = (
                _job(task, model, params, seeds[0], size, tuning, devices[model.name], limit)
                for size in wanted
                if seeds and not _lacks(task, size)
            )
            alike += [Alike(job, seeds) for job in made]
    return Plan(Jobs(alike), tuple(skipped))


def _job(
    task: TaskCard,
    model: ModelCard,
    params: str,
    seed: int,
    size: int,
    tuning: Tuning,
    device: str,
    limit: int,
) -> Job:
    return Job(
        task=task.name,
        task_version=task.version,
        model=model.name,
        model_version=model.version,
        params=params,
        seed=seed,
        n_train=size,
        device=device,
        trials=tuning.trials,
        seconds=tuning.seconds,
        limit=limit,
    )


def _lacks(task: TaskCard, size: int) -> bool:
    """Whether the task's card says that it has fewer training examples."""
    there = task.split.n_train
    return there is not None and size > there


def _check_sizes(tasks: Iterable[TaskCard], sizes: Iterable[int]) -> None:
    """Every size is one that some task has, or may have."""
    largest = max(tasks, key=lambda task: task.split.n_train or math.inf)
    for size in sizes:
        if _lacks(largest, size):
            raise BenchError(
                f"--n-train {size}: {largest.name} has {largest.split.n_train} training examples; "
                f"ask for at most {largest.split.n_train}, or for all"
            )
