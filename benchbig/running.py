"""Run the jobs of a plan side by side and keep each record as soon as its job ends."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import benchbig
from benchbig import assets, device, environment, store
from benchbig.cards import ModelCard, TaskCard
from benchbig.cards.catalog import builtin
from benchbig.errors import BenchError
from benchbig.executors import make
from benchbig.executors.ended import Executor, outcome
from benchbig.job import Job
from benchbig.metrics.names import METRICS
from benchbig.planning import Options, Selection
from benchbig.record import Record, blank, fail
from benchbig.worker.request import Request

if TYPE_CHECKING:
    from benchbig.executors.cluster import Cluster
    from benchbig.view import View

Files = dict[Path, dict[str, str]]  # a card's path to its assets' paths by name
LOOK_EVERY = 0.5  # seconds between two looks at the clock while jobs run


@dataclass
class _Beside:
    """A running job, and the most others that ran at the same time."""

    request: Request
    most: int = 0


@dataclass
class Runner:
    """What is the same for all jobs of a run, and what runs now."""

    options: Options
    tasks: Mapping[str, TaskCard]
    models: Mapping[str, ModelCard]
    roots: tuple[str, ...]
    device: device.Device
    view: View
    files: Files
    there: Mapping[str, Record]
    run_fields: Record
    cluster: Cluster | None = None
    running: dict[str, _Beside] = field(default_factory=dict)
    stopping: bool = False


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


def refuse_unavailable(runner: Runner, jobs: Iterable[Job], missing: Mapping[str, str]) -> None:
    """Write a record for each job whose model lacks a package, and say so before the run."""
    for name, why in missing.items():
        runner.view.note(f"{name} {why}")
    for job in jobs:
        record = fail(_blank(runner, job), "unavailable", "plan", None, missing[job.model])
        before = runner.there.get(job.key)
        # What was measured is not overruled, and what was said is not said in a second line.
        if before is None or (before["status"] != "ok" and before["error"] != record["error"]):
            store.append(runner.options.results, record)
        runner.view.ended(record)


def execute(runner: Runner, jobs: list[Job], seconds: Mapping[str, float | None]) -> None:
    """Run every job, at most options.jobs at a time, and append each record as its job ends.

    After a first interrupt no job is started and those that run are waited for; a second one
    ends them. Raises KeyboardInterrupt once all is put away.
    """
    waiting = list(jobs)
    left = {job.key: seconds[job.key] for job in jobs}
    executor = _executor(runner, jobs)
    try:
        with _interrupts(runner):
            while runner.running or (waiting and not runner.stopping):
                while waiting and not runner.stopping and _has_room(runner):
                    _start(runner, executor, waiting.pop(0))
                for ended in executor.wait(LOOK_EVERY):
                    beside = runner.running.pop(ended.key)
                    del left[ended.key]
                    record = outcome(beside.request, ended, runner.options.timeout)
                    record["jobs_beside"] = beside.most if ended.beside is None else ended.beside
                    if ended.machine is not None:
                        record["env"] = _describe(runner, ended.machine)
                    _keep(runner, beside.request, record)
                runner.view.remaining(_time_left(runner, left.values()))
    finally:
        executor.close()
    if runner.stopping:
        raise KeyboardInterrupt


def _executor(runner: Runner, jobs: Iterable[Job]) -> Executor:
    """What runs these jobs: on this machine, or on the cluster that was joined."""
    options, plugins = runner.options, _plugin_files(runner, jobs)
    if runner.cluster is None:
        return make(options.executor, options.threads, options.offline, plugins)
    from benchbig.executors.ray import Given, Ray

    runner.view.note(f"getting data and weights on {len(runner.cluster.nodes)} nodes")
    given = Given(
        cluster=runner.cluster,
        tasks=tuple({job.task: runner.tasks[job.task] for job in jobs}.values()),
        models=tuple({job.model: runner.models[job.model] for job in jobs}.values()),
        roots=runner.roots,
        plugins=tuple(plugins),
        threads=options.threads,
        offline=options.offline,
    )
    return Ray(given, runner.view.note)


def _describe(runner: Runner, machine: Mapping[str, Any]) -> str:
    """Keep the description of a node; its name for the record."""
    digest = environment.digest(machine)
    store.keep_env(runner.options.results, digest, machine)
    return digest


def _has_room(runner: Runner) -> bool:
    """Whether one more job may start."""
    return len(runner.running) < runner.options.jobs


def _start(runner: Runner, executor: Executor, job: Job) -> None:
    request = _request(runner, job)
    store.clear(request.path)
    request.path.mkdir(parents=True)
    runner.running[job.key] = _Beside(request)
    for beside in runner.running.values():
        beside.most = max(beside.most, len(runner.running) - 1)
    runner.view.started(job)
    executor.start(request, runner.options.timeout)


def _request(runner: Runner, job: Job) -> Request:
    task, model = runner.tasks[job.task], runner.models[job.model]
    return Request(
        job=job,
        record=_blank(runner, job),
        task_card=str(task.path),
        model_card=str(model.path),
        task_files=runner.files.get(task.path, {}),  # a cluster's nodes name their own
        model_files=runner.files.get(model.path, {}),
        roots=runner.roots,
        folder=str(store.work_folder(runner.options.results, job.key).resolve()),
        cache=str(assets.cache_dir()),
        device=device.of_model(model, runner.device).kind,
        threads=runner.options.threads,
        alone=runner.options.jobs == 1,
    )


def _blank(runner: Runner, job: Job) -> Record:
    task, model = runner.tasks[job.task], runner.models[job.model]
    record = blank(job, task, model, runner.run_fields)
    before = runner.there.get(job.key)
    if before is not None:
        # A job that could not start was no attempt.
        record["attempt"] = before["attempt"] + (before["status"] != "unavailable")
    record["higher_is_better"] = METRICS[task.metric].higher_is_better
    return record


def _keep(runner: Runner, request: Request, record: Record) -> None:
    """Put a record and what belongs to it into the store; predictions first, then the line."""
    results = runner.options.results
    try:
        store.keep_predictions(results, request.path, record)
        store.append(results, record)
        if record["status"] != "ok":
            store.keep_log(results, request.path, request.job.key)
    except OSError as error:
        raise BenchError(
            f"{results}: cannot be written any more ({error.strerror}); the records so far are "
            "safe: make room, then type the same line again"
        ) from None
    store.clear(request.path)
    runner.view.ended(record)


def _time_left(runner: Runner, left: Iterable[float | None]) -> float | None:
    """Seconds to the end by the estimates of what has not ended; None where one is unknown."""
    total = 0.0
    for seconds in left:
        if seconds is None:
            return None
        total += seconds
    return total / runner.options.jobs


def _plugin_files(runner: Runner, jobs: Iterable[Job]) -> list[Path]:
    """The built-in plugin files these jobs run; their imports are safe to have beforehand."""
    cards: dict[str, Path] = {}
    for job in jobs:
        task, model = runner.tasks[job.task], runner.models[job.model]
        cards[task.name] = task.path.with_suffix(".py")
        code = model.code or model.name
        own = model.path.with_name(f"{code}.py")
        cards[code] = own if own.exists() else builtin("baselines") / own.name
    return [p for p in cards.values() if not any(p.is_relative_to(r) for r in runner.roots)]


@contextmanager
def _interrupts(runner: Runner) -> Iterator[None]:
    """Take the first Ctrl-C as a wish to stop, the second as an order."""

    def answer(number: int, frame: Any) -> None:
        if runner.stopping:
            raise KeyboardInterrupt
        runner.stopping = True
        runner.view.note(
            "stopping: the jobs that run are finished first; Ctrl-C again ends them now"
        )

    before = {number: signal.signal(number, answer) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
