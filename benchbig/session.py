"""`benchbig run` from what was asked for to the exit code, step by step."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from benchbig import device, environment, index, progress, runner, running, store
from benchbig.cards import Catalog, ModelCard, TaskCard, find
from benchbig.errors import INTERRUPTED, NOT_ALL_OK, NOTHING_MEASURED, OK, USAGE
from benchbig.executors import sandbox
from benchbig.job import Job, Plan
from benchbig.planning import (
    JOB_MEMORY_BYTES,
    Options,
    Selection,
    mine,
    missing,
    order,
    plan,
    select,
    side_by_side,
)
from benchbig.progress import Progress
from benchbig.record import Record
from benchbig.view import View, report, view
from benchbig.view.table import write_tables

if TYPE_CHECKING:
    from benchbig.executors.cluster import Cluster
    from benchbig.executors.early import Zygote
    from benchbig.executors.ended import Executor

HUB = "hf:"  # before a model's name on the Hugging Face hub


@dataclass(frozen=True)
class Session:
    """A run before it starts: what is planned, what is there and what is left to do.

    options: as asked for, with the number of jobs side by side settled. memory: bytes that the jobs
    may need together, None where their number was asked for. notes: what the user should know.
    holds: whether the store is still the one that is held.
    """

    options: Options
    catalog: Catalog
    picked: Selection
    device: device.Device
    cluster: Cluster | None
    plan: Plan
    progress: Progress
    missing: Mapping[str, str]
    memory: int | None = None
    notes: tuple[str, ...] = ()
    holds: Callable[[], bool] = bool  # of nothing: it holds none

    @property
    def left(self) -> tuple[Job, ...]:
        """The jobs that are to run."""
        return self.progress.left

    @property
    def total_s(self) -> float | None:
        """Seconds of work that is left by the estimates; None where one is unknown."""
        seconds = self.progress.seconds
        known = [seconds[job.key] for job in self.left if job.model not in self.missing]
        return None if None in known else sum(value or 0.0 for value in known)


def prepare(options: Options, holding: ExitStack | None = None) -> Session:
    """Everything that can be said, and refused, before a job starts.

    holding: where given, the store is made and held from before it is read until this is closed,
    so that no other run's record comes between the look and the work.
    """
    # A plan can be a million objects, of which none is garbage: looking for some takes a tenth of
    # the time while it is made, and again whenever it is looked through later.
    gc.disable()
    try:
        return _prepare(options, holding)
    finally:
        gc.freeze()
        gc.enable()


def _prepare(options: Options, holding: ExitStack | None) -> Session:
    catalog, options = _with_hub(find(options.plugins), options)
    picked = select(options, catalog)
    cluster = _join(options, catalog)
    where = device.resolve(options.device) if cluster is None else cluster.device
    limit = options.limit or (picked.suite.limit if picked.suite else 0)
    asked, options = options, replace(options, jobs=_slots(options, cluster), limit=limit)
    suites = tuple(catalog.suite(name) for name in catalog.names("suites"))
    made = mine(plan(picked, where, options.limit), picked, suites, options.shard)
    holds: Callable[[], bool] = bool
    if holding is not None:
        store.prepare(options.results)
        holds = holding.enter_context(store.held(options.results))
    found = progress.look(options.results, made, suites, options.force, options.retry)
    return Session(
        options, catalog, picked, where, cluster, made, found, missing(picked.models),
        None if asked.jobs or cluster else environment.memory_bytes(),
        (*_notes(asked, options), *map(str, filter(attrgetter("n_train"), made.skipped))),
        holds,
    )  # fmt: skip


def _with_hub(catalog: Catalog, options: Options) -> tuple[Catalog, Options]:
    """With a card for every model that is named by its place on the hub."""
    suite = catalog.suite(options.suite) if options.suite else None
    named = options.models or (suite.models if suite else ())
    if not any(name.startswith(HUB) for name in named):
        return catalog, options
    from benchbig import hub

    catalog, models = hub.bring(catalog, named, options.offline)
    return catalog, replace(options, models=models)


def _join(options: Options, catalog: Catalog) -> Cluster | None:
    """The cluster that was asked for, its nodes looked at; None where jobs run here."""
    if options.executor != "ray":
        return None
    from benchbig.executors.cluster import connect

    return connect(options.address, options.device, map(str, catalog.roots))


def _slots(options: Options, cluster: Cluster | None) -> int:
    """Jobs side by side: on a cluster as many as it has room for at the usual memory."""
    if cluster is None:
        return side_by_side(options.jobs, options.threads)
    return options.jobs or max(1, cluster.slots(options.threads, JOB_MEMORY_BYTES))


def _notes(asked: Options, options: Options) -> tuple[str, ...]:
    """Where a run is not what one might think."""
    found = []
    if options.jobs < asked.jobs:
        found.append(
            f"--jobs {asked.jobs}: only {options.jobs} at a time, as this machine lends "
            f"{environment.cores()} cores and each job takes {options.threads}"
        )
    if options.executor in ("auto", "fork", "spawn") and not sandbox.version():
        found.append(
            "this system has no Landlock: a job that writes outside its own folder is not held back"
        )
    return tuple(found)


def preview(options: Options, output: str) -> int:
    """Print the plan with an estimate, for --dry-run; nothing is written or fetched."""
    session = prepare(options)
    options, total = session.options, session.total_s
    report.plan(
        session.plan,
        session.left,
        session.missing,
        None if total is None else total / options.jobs,
        output,
    )
    return OK


def measure(options: Options, output: str, quiet: bool, zygote: Zygote | None = None) -> int:
    """Run what is left, by the zygote if one was started early; 0 where every job is ok."""
    with ExitStack() as holding:
        session = prepare(options, holding)
        options = session.options
        watching = view(output, sys.stdout.isatty(), quiet)
        interrupted = _run(options, session, watching, zygote)
    return _close(options, session, interrupted, output, quiet)


def _run(options: Options, session: Session, watching: View, zygote: Zygote | None) -> bool:
    """Fetch, then run; True when the user interrupted."""
    able = [job for job in session.left if job.model not in session.missing]
    total = session.total_s
    watching.begin(
        Plan(session.left, session.plan.skipped),
        len(session.plan.jobs) - len(session.left),
        None if total is None else total / options.jobs,
    )
    for text in session.notes:
        watching.note(text)
    store.clear_work(options.results)  # what a run that was killed has left
    try:
        with ExitStack() as ending:
            # Workers get themselves ready while the machine is described and files are fetched.
            there = _workers(session, able, watching, zygote) if able else nullcontext()
            executor = ending.enter_context(there)
            made = _runner(session, able, watching)
            unable = [job for job in session.left if job.model in session.missing]
            running.refuse_unavailable(made, unable, session.missing)
            seconds = session.progress.seconds
            if executor is not None:
                running.execute(made, executor, order(able, seconds), seconds)
    except KeyboardInterrupt:
        return True
    finally:
        watching.close()
        store.clear_work(options.results)
    return False


def _workers(
    session: Session, jobs: Iterable[Job], watching: View, zygote: Zygote | None
) -> AbstractContextManager[Executor]:
    """What is to run these jobs."""
    cards, roots = _cards(session, jobs), tuple(map(str, session.catalog.roots))
    return running.workers(session.options, *cards, roots, session.cluster, watching.note, zygote)


def _runner(session: Session, jobs: Iterable[Job], watching: View) -> runner.Runner:
    """What is the same for all jobs, their data and weights fetched, this machine described."""
    options = session.options
    tasks, models = _cards(session, jobs)
    description = environment.describe(options.threads)
    env = environment.digest(description)
    made = runner.Runner(
        options=options,
        tasks={card.name: card for card in session.picked.tasks},
        models={card.name: card for card in session.picked.models},
        roots=tuple(map(str, session.catalog.roots)),
        device=session.device,
        view=watching,
        # The nodes of a cluster fetch for themselves.
        files={} if session.cluster else runner.fetch((*tasks, *models), options.offline, watching),
        there=session.progress.there,
        run_fields=runner.run_fields(options, session.picked, env),
        holds=session.holds,
        memory=session.memory,
        cluster=session.cluster,
    )
    store.keep_env(options.results, env, description)
    return made


def _cards(
    session: Session, jobs: Iterable[Job]
) -> tuple[tuple[TaskCard, ...], tuple[ModelCard, ...]]:
    """The cards of these jobs."""
    jobs, picked = tuple(jobs), session.picked
    tasks, models = {job.task for job in jobs}, {job.model for job in jobs}
    return (
        tuple(card for card in picked.tasks if card.name in tasks),
        tuple(card for card in picked.models if card.name in models),
    )


def _close(options: Options, session: Session, interrupted: bool, output: str, quiet: bool) -> int:
    """Say what came out and what to type next."""
    now = session.progress
    if session.left:
        now = progress.look(options.results, session.plan, (), force=False, retry=0)
    if output == "text" and not quiet:
        _tables(session, now)
    if interrupted:
        print(
            f"benchbig: interrupted; to go on, type the same line again: {options.command}",
            file=sys.stderr,
        )
        return INTERRUPTED
    return exit_code(len(session.plan.jobs), now.ok, now.others)


def _tables(session: Session, now: Progress) -> None:
    """Print the tables of the records of this run's plan, or what a trial run gave."""
    options, titles = session.options, {task.name: task.title for task in session.picked.tasks}
    pairs, keys = progress.by_pair(session.plan), progress.keys(session.plan, now.whole)

    def wanted(task: str, model: str) -> bool:
        return (task, model) in pairs

    if options.limit:
        report.trial(index.records(options.results, keys, wanted))
    elif now.ended:
        write_tables(index.rows(options.results, tuple(titles), wanted, keys), titles)
    report.closing(now.ended, options.results, trial=bool(options.limit))


def exit_code(planned: int, ok: int, others: Iterable[Record]) -> int:
    """0 all ok; 2 where a plugin or its data is at fault; 1 other failures; 4 no ok record.

    planned, ok: how many jobs, and how many of them have an ok record; others: records that are
    not ok.
    """
    if any((record["error"] or {}).get("type") == "BenchError" for record in others):
        return USAGE
    if ok == planned:
        return OK
    return NOT_ALL_OK if ok else NOTHING_MEASURED
