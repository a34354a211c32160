"""What is the same for all jobs of a run, and what each is asked with: its record, its request."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import benchbig
from benchbig import assets, device, environment, store
from benchbig.cards import ModelCard, TaskCard
from benchbig.cards.catalog import builtin
from benchbig.executors import sandbox
from benchbig.job import Job
from benchbig.metrics.names import METRICS
from benchbig.places import Needs, Place
from benchbig.planning import Options, Selection
from benchbig.record import Record, blank
from benchbig.worker.request import Request

if TYPE_CHECKING:
    from benchbig.executors.cluster import Cluster
    from benchbig.view import View

Files = dict[Path, dict[str, str]]  # a card's path to its assets' paths by name


@dataclass
class Beside:
    """A running job, and the most others that ran at the same time."""

    request: Request
    most: int = 0


@dataclass
class Runner:
    """What is the same for all jobs of a run, and what runs now.

    holds: whether the store is still the one that this run holds. memory: bytes that the jobs of
    this machine may need together; None for any number.
    stopping, at_once: an interrupt has come, a second one. waiting: nothing is being written.
    """

    options: Options
    tasks: Mapping[str, TaskCard]
    models: Mapping[str, ModelCard]
    roots: tuple[str, ...]
    device: device.Device
    view: View
    files: Files
    there: Mapping[str, Record]
    run_fields: Record
    holds: Callable[[], bool]
    memory: int | None = None
    cluster: Cluster | None = None
    running: dict[str, Beside] = field(default_factory=dict)
    waiting: bool = False
    stopping: bool = False
    at_once: bool = False

    @property
    def one_folder(self) -> bool:
        """Whether jobs follow each other in one folder, emptied between them, in this process."""
        return self.options.executor == "serial"

    @cached_property
    def work(self) -> Path:
        """The folder of the jobs' own ones, without links on the way."""
        return store.work_folder(self.options.results, self.run_fields["run_id"], "").resolve()


def fetch(cards: Iterable[TaskCard | ModelCard], offline: bool, view: View) -> Files:
    """Every card's assets by name; what is not in the cache is downloaded now."""
    cache = assets.cache_dir()
    files: Files = {}
    for card in cards:
        files[card.path] = {}
        for name, asset in card.assets.items():
            if assets.find(asset, cache) is None and not offline:
                size = f" ({asset.bytes / 1e6:,.0f} MB)" if asset.bytes else ""
                view.note(f"fetching {name}{size}")
            files[card.path][name] = str(assets.get(asset, cache, offline=offline))
    return files


def run_fields(options: Options, picked: Selection, env: str) -> Record:
    """The fields that every record of this run shares."""
    commit, dirty = environment.git_commit(Path(benchbig.__file__).parent)
    return {
        "run_id": uuid.uuid4().hex,
        "suite": picked.suite.name if picked.suite else None,
        "env": env,
        "git_commit": commit,
        "dirty": dirty,
        "command": options.command,
    }


def blank_record(runner: Runner, job: Job) -> Record:
    task, model = runner.tasks[job.task], runner.models[job.model]
    record = blank(job, task, model, runner.run_fields)
    before = runner.there.get(job.key)
    if before is not None:
        # A job that could not start was no attempt.
        record["attempt"] = before["attempt"] + (before["status"] != "unavailable")
    record["higher_is_better"] = METRICS[task.metric].higher_is_better
    return record


def ask(runner: Runner, job: Job, place: Place) -> Request:
    options, task, model = runner.options, runner.tasks[job.task], runner.models[job.model]
    own = runner.work if runner.one_folder else runner.work / job.key
    shared = assets.shared_dir()
    return Request(
        job=job,
        record=blank_record(runner, job),
        task_card=str(task.path),
        model_card=str(model.path),
        task_files=runner.files.get(task.path, {}),  # a cluster's nodes name their own
        model_files=runner.files.get(model.path, {}),
        roots=runner.roots,
        folder=str(own),
        cache=str(shared),
        device=device.of_model(model, runner.device).kind,
        threads=options.threads,
        alone=options.jobs == 1,
        memory=options.memory,
        disk=options.disk,
        cores=place.cores,
        gpu=place.gpu,
        writable=sandbox.writable(own, shared, assets.stored_dir()),
    )


def needs(runner: Runner, job: Job) -> Needs:
    """By the model's card; no more memory than a job is allowed."""
    model, allowed = runner.models[job.model], runner.options.memory
    memory = int(model.memory_gb * 10**9)
    return Needs(
        memory=memory if allowed is None else min(memory, allowed),
        gpu=device.of_model(model, runner.device).kind == "cuda",
    )


def plugin_files(
    tasks: Iterable[TaskCard], models: Iterable[ModelCard], roots: Iterable[str]
) -> list[Path]:
    """The built-in plugin files of these cards; their imports are safe to have beforehand."""
    files = {task.path.with_suffix(".py"): None for task in tasks}
    for model in models:
        own = model.path.with_name(f"{model.code or model.name}.py")
        files[own if own.exists() else builtin("baselines") / own.name] = None
    return [path for path in files if not any(path.is_relative_to(root) for root in roots)]
