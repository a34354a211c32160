"""Run the jobs of a plan side by side and keep each record as soon as its job ends."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from benchbig import environment, store
from benchbig.cards import ModelCard, TaskCard
from benchbig.errors import BenchError
from benchbig.executors import make
from benchbig.executors.ended import Ended, Executor, outcome
from benchbig.job import Job
from benchbig.places import Place, Places, claimed, visible_gpus
from benchbig.planning import Options
from benchbig.record import Record, fail
from benchbig.runner import Beside, Runner, ask, blank_record, needs, plugin_files
from benchbig.waiting import Left, Waiting
from benchbig.worker.request import Request

if TYPE_CHECKING:
    from benchbig.executors.cluster import Cluster
    from benchbig.executors.early import Zygote

LOOK_EVERY = 0.5  # seconds between two looks at the clock while jobs run


def refuse_unavailable(runner: Runner, jobs: Iterable[Job], missing: Mapping[str, str]) -> None:
    """Write a record for each job whose model lacks a package, and say so before the run."""
    for name, why in missing.items():
        runner.view.note(f"{name} {why}")
    for job in jobs:
        record = fail(blank_record(runner, job), "unavailable", "plan", None, missing[job.model])
        before = runner.there.get(job.key)
        # What was measured is not overruled, and what was said is not said in a second line.
        if before is None or (before["status"] != "ok" and before["error"] != record["error"]):
            with _writing(runner):
                store.append(runner.options.results, record)
        runner.view.ended(record)


def execute(
    runner: Runner, executor: Executor, jobs: list[Job], seconds: Mapping[str, float | None]
) -> None:
    """Run every job, at most options.jobs at a time, and append each record as its job ends.

    After a first interrupt no job is started and those that run are waited for; a second one
    ends the wait for them. Raises KeyboardInterrupt in either case.
    """
    waiting = Waiting(jobs, partial(needs, runner))
    left = Left([seconds[job.key] for job in jobs])
    with _interrupts(runner), _places(runner) as places:
        gone: list[tuple[Beside, Ended]] = []
        while runner.running or gone or (waiting and not runner.stopping):
            try:
                while not runner.stopping and (found := waiting.next(places)):
                    _start(runner, executor, *found)
            finally:
                for one, ended in gone:  # while the next ones run already
                    _end(runner, one, ended)
            over = _wait(runner, executor) if runner.running else ()
            gone = [(runner.running.pop(ended.key), ended) for ended in over]
            for _, ended in gone:
                places.give_back(ended.key)
                left.take(seconds[ended.key])
            runner.view.remaining(left.seconds(runner.options.jobs))
    if runner.stopping:
        raise KeyboardInterrupt


def _wait(runner: Runner, executor: Executor) -> list[Ended]:
    """Who has ended. Here alone a second interrupt strikes: what has ended is kept before."""
    runner.waiting = True
    try:
        if runner.at_once:
            raise KeyboardInterrupt
        return list(executor.wait(LOOK_EVERY))
    except OSError:  # a job in this very process found its folder gone
        _check_store(runner)
        raise
    finally:
        runner.waiting = False


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


@contextmanager
def workers(
    options: Options,
    tasks: tuple[TaskCard, ...],
    models: tuple[ModelCard, ...],
    roots: tuple[str, ...],
    cluster: Cluster | None,
    note: Callable[[str], None],
    zygote: Zygote | None = None,
) -> Iterator[Executor]:
    """What runs these tasks and models: on this machine, or on the cluster that was joined.

    It makes itself ready while the caller goes on, and ends what still runs at the end.
    zygote: one that was started early.
    """
    plugins = plugin_files(tasks, models, roots)
    if cluster is None:
        spare_core = options.jobs * options.threads < environment.cores()
        made = make(options.executor, options.threads, options.offline, plugins, spare_core, zygote)
        with closing(made):
            yield made
        return
    from benchbig.executors.ray import Given, Ray

    note(f"getting data and weights on {len(cluster.nodes)} nodes")
    given = Given(cluster, tasks, models, roots, tuple(plugins), options.threads, options.offline)
    with closing(Ray(given, note)) as ray:
        yield ray


def _describe(runner: Runner, machine: Mapping[str, Any]) -> str:
    """Keep the description of a node; its name for the record."""
    digest = environment.digest(machine)
    with _writing(runner):
        store.keep_env(runner.options.results, digest, machine)
    return digest


def _start(runner: Runner, executor: Executor, job: Job, place: Place) -> None:
    request = ask(runner, job, place)
    _check_store(runner)  # a folder of a job's own would make a store that is gone anew
    with _writing(runner):
        request.path.mkdir(parents=True, exist_ok=runner.one_folder)
    runner.running[job.key] = Beside(request)
    for beside in runner.running.values():
        beside.most = max(beside.most, len(runner.running) - 1)
    runner.view.started(job)
    executor.start(request, runner.options.timeout)


def _end(runner: Runner, beside: Beside, ended: Ended) -> None:
    """Make the record of a worker's end and keep it."""
    if ended.rest is not None:
        ended = ended.rest()
    record = outcome(beside.request, ended)
    record["jobs_beside"] = beside.most if ended.beside is None else ended.beside
    if ended.machine is not None:
        record["env"] = _describe(runner, ended.machine)
    _keep(runner, beside.request, record)


def _keep(runner: Runner, request: Request, record: Record) -> None:
    """Put a record and what belongs to it into the store; predictions first, then the line."""
    results = runner.options.results
    _check_store(runner)
    with _writing(runner):
        if record["status"] != "ok" and (full := store.full(results)):
            raise full  # a job that could not write is the disk's failure
        store.keep_predictions(results, request.path, record)
        store.append(results, record)
        if record["status"] != "ok":
            store.keep_log(results, request.path, request.job.key)
    store.clear(request.path, keep=runner.one_folder)
    runner.view.ended(record)


@contextmanager
def _writing(runner: Runner) -> Iterator[None]:
    """A full disk, or a store that is gone, becomes one sentence."""
    try:
        yield
    except OSError as error:
        _check_store(runner)
        raise BenchError(
            f"{runner.options.results}: cannot be written any more ({error.strerror}); the records "
            "so far are safe: make room, then type the same line again"
        ) from None


def _check_store(runner: Runner) -> None:
    """Raise BenchError where the store was removed, or another put in its place."""
    if not runner.holds():
        raise BenchError(
            f"{runner.options.results}: is not the folder any more that this run began to write "
            "to: someone has removed it, its records too; type the same line again to begin anew"
        )


@contextmanager
def _interrupts(runner: Runner) -> Iterator[None]:
    """Take the first Ctrl-C as a wish to stop, the second as an order."""

    def answer(number: int, frame: Any) -> None:
        if runner.stopping:
            runner.at_once = True
            if runner.waiting:
                raise KeyboardInterrupt
            return
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
