"""A job: one task x model x seed x training size, its key, and a suite's expansion into jobs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from operator import attrgetter
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
            why = misfit(task, model, devices[model.name])
            if why:
                skipped.append(Skipped(task.name, model.name, why))
                continue
            params = parameters(model)
            for size in sizes:
                alike = [
                    _job(task, model, params, seed, size, tuning, devices[model.name], limit)
                    for seed in seeds
                ]
                _keep_keys(alike)
                jobs += alike
    return Plan(tuple(jobs), tuple(skipped))


def _keep_keys(jobs: Sequence[Job]) -> None:
    """Work out together the keys of jobs that differ in their seeds alone, as `Job.key` would.

    What stands before the seed is hashed once: a third of the time, where a plan is large.
    """
    if not jobs:
        return
    texts = dict(zip(NAMES, map(_json, VALUES(jobs[0])), strict=True))
    before, after = (CANONICAL % tuple({**texts, "seed": "\0"}.values())).split("\0")
    start = hashlib.sha256(before.encode())
    for job in jobs:
        digest = start.copy()
        digest.update(f"{_json(job.seed)}{after}".encode())
        vars(job)["key"] = digest.hexdigest()[:20]  # where its cached property looks first


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


def _check_sizes(task: TaskCard, sizes: Iterable[int]) -> None:
    there = task.split.n_train
    for size in sizes:
        if there is not None and size > there:
            raise BenchError(
                f"--n-train {size}: {task.name} has {there} training examples; "
                f"ask for at most {there}, or for all"
            )
