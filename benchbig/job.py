"""A job: one task x model x seed x training size, its key, and a suite's expansion into jobs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from benchbig.cards import ModelCard, TaskCard, Tuning
from benchbig.cards.fit import misfit
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
        """20 hexadecimal digits: the hash of all that the result may depend on."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Skipped:
    """A pair that is not planned, and why."""

    task: str
    model: str
    why: str


@dataclass(frozen=True)
class Plan:
    """The jobs of a run, in the order in which they start, and the pairs left out."""

    jobs: tuple[Job, ...]
    skipped: tuple[Skipped, ...]


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
) -> Plan:
    """Every fitting combination, task by task.

    devices: each model's name to the device it runs on.
    Raises BenchError where a size is larger than a task's training part.
    """
    tasks, models, seeds, sizes = tuple(tasks), tuple(models), tuple(seeds), tuple(sizes)
    jobs, skipped = [], []
    for task in tasks:
        _check_sizes(task, sizes)
        for model in models:
            why = misfit(task, model)
            if why:
                skipped.append(Skipped(task.name, model.name, why))
                continue
            jobs += [
                _job(task, model, seed, size, tuning, devices[model.name], limit)
                for size in sizes
                for seed in seeds
            ]
    return Plan(tuple(jobs), tuple(skipped))


def _job(
    task: TaskCard,
    model: ModelCard,
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
        params=parameters(model),
        seed=seed,
        n_train=size,
        device=device,
        trials=tuning.trials,
        seconds=tuning.seconds,
        limit=limit,
    )


def _check_sizes(task: TaskCard, sizes: Iterable[int]) -> None:
    there = task.split.n_train
    for size in sizes:
        if there is not None and size > there:
            raise BenchError(
                f"--n-train {size}: {task.name} has {there} training examples; "
                f"ask for at most {there}, or for all"
            )
