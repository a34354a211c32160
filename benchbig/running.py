"""Run the jobs of a plan side by side and keep each record as soon as its job ends."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import benchbig
from benchbig import assets, device, environment, store
from benchbig.cards import ModelCard, TaskCard
from benchbig.cards.catalog import builtin
from benchbig.errors import BenchError
from benchbig.executors import make, sandbox
from benchbig.executors.ended import Ended, Executor, outcome
from benchbig.job import Job
from benchbig.metrics.names import METRICS
from benchbig.places import Needs, Place, Places, claimed, visible_gpus
from benchbig.planning import Options, Selection
from benchbig.record import Record, blank, fail
from benchbig.waiting import Waiting
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
    """What is the same for all jobs of a run, and what runs now.

    memory: bytes that the jobs of this machine may need together; None for any number.
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
    memory: int | None = None
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
    waiting = Waiting(jobs, partial(_needs, runner))
    left = {job.key: seconds[job.key] for job in jobs}
    store.clear_work(runner.options.results)  # what a run that was killed has left
    executor = _executor(runner, jobs)
    try:
        with _interrupts(runner), _places(runner) as places:
            while runner.running or (waiting and not runner.stopping):
                while not runner.stopping and (found := waiting.next(places)):
                    _start(runner, executor, *found)
                for ended in executor.wait(LOOK_EVERY):
                    places.give_back(ended.key)
                    del left[ended.key]
                    _end(runner, ended)
                runner.view.remaining(_time_left(runner, left.values()))
    finally:
        executor.close()
        store.clear_work(runner.options.results)
    if runner.stopping:
        raise KeyboardInterrupt


def _needs(runner: Runner, job: Job) -> Needs:
    """By the model's card; no more memory than a job is allowed."""
    model, allowed = runner.models[job.model], runner.options.memory
    memory = int(model.memory_gb * 10**9)
    return Needs(
        memory=memory if allowed is None else min(memory, allowed),
        gpu=device.of_model(model, runner.device).kind == "cuda",
    )


@contextmanager
def _places(runner: Runner) -> Iterator[Places]:
    """What there is to give to jobs; on a cluster its own scheduler gives."""
    options = runner.options
    if runner.cluster is not None or options.executor == "serial":
        yield Places(options.jobs)
        return
    gpus = visible_gpus(options.gpu_jobs) if runner.device.kind == "cuda" else ()
    with claimed(options.jobs * options.threads) as cores:
        yield Places(options.jobs, options.threads, cores, runner.memory, gpus)


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


def _start(runner: Runner, executor: Executor, job: Job, place: Place) -> None:
    request = _request(runner, job, place)
    request.path.mkdir(parents=True)
    runner.running[job.key] = _Beside(request)
    for beside in runner.running.values():
        beside.most = max(beside.most, len(runner.running) - 1)
    runner.view.started(job)
    executor.start(request, runner.options.timeout)


def _request(runner: Runner, job: Job, place: Place) -> Request:
    options, task, model = runner.options, runner.tasks[job.task], runner.models[job.model]
    own = store.work_folder(options.results, runner.run_fields["run_id"], job.key).resolve()
    shared = assets.shared_dir()
    return Request(
        job=job,
        record=_blank(runner, job),
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


def _blank(runner: Runner, job: Job) -> Record:
    task, model = runner.tasks[job.task], runner.models[job.model]
    record = blank(job, task, model, runner.run_fields)
    before = runner.there.get(job.key)
    if before is not None:
        # A job that could not start was no attempt.
        record["attempt"] = before["attempt"] + (before["status"] != "unavailable")
    record["higher_is_better"] = METRICS[task.metric].higher_is_better
    return record


def _end(runner: Runner, ended: Ended) -> None:
    """Make the record of a worker's end and keep it."""
    beside = runner.running.pop(ended.key)
    record = outcome(beside.request, ended)
    record["jobs_beside"] = beside.most if ended.beside is None else ended.beside
    if ended.machine is not None:
        record["env"] = _describe(runner, ended.machine)
    _keep(runner, beside.request, record)


def _keep(runner: Runner, request: Request, record: Record) -> None:
    """Put a record and what belongs to it into the store; predictions first, then the line."""
    results = runner.options.results
    try:
        if record["status"] != "ok" and (full := store.full(results)):
            raise full  # a job that could not write is the disk's failure
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
