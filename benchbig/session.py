"""`benchbig run` from what was asked for to the exit code, step by step."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig import device, environment, running, store
from benchbig.cards import Catalog, ModelCard, TaskCard, find
from benchbig.errors import INTERRUPTED, NOT_ALL_OK, NOTHING_MEASURED, OK, USAGE
from benchbig.job import Job, Plan
from benchbig.planning import (
    JOB_MEMORY_BYTES,
    Options,
    Selection,
    estimates,
    mine,
    missing,
    order,
    plan,
    remaining,
    select,
)
from benchbig.record import Record
from benchbig.view import View, report, view

if TYPE_CHECKING:
    from benchbig.executors.cluster import Cluster


@dataclass(frozen=True)
class Session:
    """A run before it starts: what is planned, what is there and what is left to do.

    options: as asked for, with the number of jobs side by side settled.
    """

    options: Options
    catalog: Catalog
    picked: Selection
    device: device.Device
    cluster: Cluster | None
    plan: Plan
    there: Mapping[str, Record]
    left: tuple[Job, ...]
    seconds: Mapping[str, float | None]
    missing: Mapping[str, str]

    @property
    def total_s(self) -> float | None:
        """Seconds of work that is left by the estimates; None where one is unknown."""
        known = [self.seconds[job.key] for job in self.left if job.model not in self.missing]
        return None if None in known else sum(value or 0.0 for value in known)


def prepare(options: Options) -> Session:
    """Everything that can be said, and refused, before a job starts."""
    catalog = find(options.plugins)
    picked = select(options, catalog)
    cluster = _join(options, catalog)
    where = device.resolve(options.device) if cluster is None else cluster.device
    options = replace(options, jobs=options.jobs or _slots(cluster, options.threads))
    suites = [catalog.suite(name) for name in catalog.names("suites")]
    made = mine(plan(picked, where, options.limit), picked, suites, options.shard)
    there = _there(options.results)
    left = remaining(made.jobs, there, options.force)
    seconds = estimates(left, there.values(), suites)
    lacking = missing(picked.models)
    return Session(
        options, catalog, picked, where, cluster, made, there, tuple(left), seconds, lacking
    )


def _join(options: Options, catalog: Catalog) -> Cluster | None:
    """The cluster that was asked for, its nodes looked at; None where jobs run here."""
    if options.executor != "ray":
        return None
    from benchbig.executors.cluster import connect

    return connect(options.address, options.device, map(str, catalog.roots))


def _slots(cluster: Cluster | None, threads: int) -> int:
    """As many jobs as a cluster has room for at the usual memory, at least one."""
    return 1 if cluster is None else max(1, cluster.slots(threads, JOB_MEMORY_BYTES))


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


def measure(options: Options, output: str, quiet: bool) -> int:
    """Run what is left and report; 0 where every job of the plan has an ok record."""
    session = prepare(options)
    options = session.options
    store.prepare(options.results)
    watching = view(output, sys.stdout.isatty(), quiet)
    with store.held(options.results):
        interrupted = _run(options, session, watching)
    return _close(options, session, interrupted, output, quiet)


def _run(options: Options, session: Session, watching: View) -> bool:
    """Fetch, then run; True when the user interrupted."""
    able = [job for job in session.left if job.model not in session.missing]
    total = session.total_s
    watching.begin(
        Plan(session.left, session.plan.skipped),
        len(session.plan.jobs) - len(session.left),
        None if total is None else total / options.jobs,
    )
    for skipped in session.plan.skipped:
        if skipped.n_train:
            watching.note(str(skipped))
    try:
        cards = _cards(session, able)
        description = environment.describe(options.threads)
        env = environment.digest(description)
        runner = running.Runner(
            options=options,
            tasks={card.name: card for card in session.picked.tasks},
            models={card.name: card for card in session.picked.models},
            roots=tuple(map(str, session.catalog.roots)),
            device=session.device,
            view=watching,
            # The nodes of a cluster fetch for themselves.
            files={} if session.cluster else running.fetch(cards, options.offline, watching),
            there=session.there,
            run_fields=running.run_fields(options, session.picked, env),
            cluster=session.cluster,
        )
        store.keep_env(options.results, env, description)
        unable = [job for job in session.left if job.model in session.missing]
        running.refuse_unavailable(runner, unable, session.missing)
        running.execute(runner, order(able, session.seconds), session.seconds)
    except KeyboardInterrupt:
        return True
    finally:
        watching.close()
    return False


def _cards(session: Session, jobs: Iterable[Job]) -> list[TaskCard | ModelCard]:
    """The cards whose files these jobs need."""
    names = {name for job in jobs for name in (job.task, job.model)}
    every: list[TaskCard | ModelCard] = [*session.picked.tasks, *session.picked.models]
    return [card for card in every if card.name in names]


def _close(options: Options, session: Session, interrupted: bool, output: str, quiet: bool) -> int:
    """Say what came out and what to type next."""
    records = _planned(session.plan, options.results)
    if output == "text" and not quiet:
        titles = {task.name: task.title for task in session.picked.tasks}
        report.closing(records, titles, options.results, trial=bool(options.limit))
    if interrupted:
        print(
            f"benchbig: interrupted; to go on, type the same line again: {options.command}",
            file=sys.stderr,
        )
        return INTERRUPTED
    return exit_code(session.plan, records)


def exit_code(made: Plan, records: Iterable[Record]) -> int:
    """0 all ok; 2 where a plugin or its data is at fault; 1 other failures; 4 no ok record."""
    found = {record["key"]: record for record in records}
    ok = [key for key, record in found.items() if record["status"] == "ok"]
    faults = [r for r in found.values() if (r["error"] or {}).get("type") == "BenchError"]
    if faults:
        return USAGE
    if len(ok) == len({job.key for job in made.jobs}):
        return OK
    return NOT_ALL_OK if ok else NOTHING_MEASURED


def _there(results: Path) -> dict[str, Record]:
    """The records that count, by key; none where there is no store yet."""
    return {record["key"]: record for record in store.latest(results)}


def _planned(made: Plan, results: Path) -> list[Record]:
    there = _there(results)
    return [there[job.key] for job in made.jobs if job.key in there]
