"""From what was typed to the jobs that remain to be done."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchbig import environment, places
from benchbig.cards import Catalog, ModelCard, SuiteCard, TaskCard, Tuning
from benchbig.device import Device, of_model
from benchbig.errors import BenchError
from benchbig.installed import spec as installed
from benchbig.job import ALL, Job, Plan, expand
from benchbig.metrics.names import METRICS, metric
from benchbig.record import Record
from benchbig.sharding import Shard, share, weights
from benchbig.typical import asked, typical

JOB_MEMORY_BYTES = 3_000_000_000
SAME_LENGTH = ("task", "model", "device", "n_train_asked", "limit")  # jobs that take as long


@dataclass(frozen=True)
class Options:
    """What `benchbig run` was asked for; empty tuples stand for the suite's own lists.

    jobs: side by side; 0 for as many as the machine or the cluster has room for. memory, disk:
    bytes a job, None for any number. retry: times that a job which did not end well is run again,
    each time by another run. address: the cluster's.
    """

    suite: str | None
    tasks: tuple[str, ...]
    models: tuple[str, ...]
    seeds: tuple[int, ...]
    sizes: tuple[int, ...]
    jobs: int
    threads: int
    device: str
    gpu_jobs: int
    timeout: float | None
    memory: int | None
    disk: int | None
    results: Path
    plugins: tuple[str, ...]
    offline: bool
    force: bool
    retry: int
    limit: int
    shard: Shard | None
    executor: str
    address: str
    command: str


@dataclass(frozen=True)
class Selection:
    """The cards of a run. own_sizes: of single tasks, instead of sizes."""

    tasks: tuple[TaskCard, ...]
    models: tuple[ModelCard, ...]
    seeds: tuple[int, ...]
    sizes: tuple[int, ...]
    tuning: Tuning
    suite: SuiteCard | None
    own_sizes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def select(options: Options, catalog: Catalog) -> Selection:
    """The cards that are meant: a suite's, narrowed or replaced by what else was named.

    Raises BenchError for an unknown name, and where neither a suite nor a task is named.
    """
    suite = catalog.suite(options.suite) if options.suite else None
    if suite is None and not options.tasks:
        raise BenchError(
            "nothing to run: name a suite or a task, such as --suite "
            f"{(catalog.names('suites') or ['finance'])[0]}; 'benchbig list' shows what there is"
        )
    tasks = options.tasks or (suite.tasks if suite else ())
    models = options.models or (suite.models if suite else tuple(catalog.names("baselines")))
    picked = Selection(
        tasks=tuple(catalog.task(name) for name in dict.fromkeys(tasks)),
        models=tuple(catalog.model(name) for name in dict.fromkeys(models)),
        seeds=options.seeds or (suite.seeds if suite else (0, 1, 2)),
        sizes=options.sizes or (suite.n_train if suite else (ALL,)),
        tuning=suite.tuning if suite else Tuning(),
        suite=suite,
        own_sizes=suite.n_train_of if suite and not options.sizes else {},
    )
    for task in picked.tasks:
        _check_metric(task)
    return picked


def _check_metric(task: TaskCard) -> None:
    """A task's metric exists and fits its kind, and a metric of costs has costs."""
    facts = metric(task.metric, str(task.path))
    if task.kind not in facts.kinds:
        fitting = ", ".join(name for name, m in METRICS.items() if task.kind in m.kinds)
        raise BenchError(
            f"{task.path}: metric '{task.metric}' does not fit kind '{task.kind}'; "
            f"there are: {fitting}"
        )
    if task.metric == "cost_per_1000" and task.costs is None:
        raise BenchError(f"{task.path}: metric 'cost_per_1000' needs a [costs] table")


def plan(picked: Selection, device: Device, limit: int) -> Plan:
    """All jobs of a selection. Raises BenchError where no model fits any task."""
    devices = {model.name: of_model(model, device).name for model in picked.models}
    made = expand(
        picked.tasks, picked.models, picked.seeds, picked.sizes, picked.tuning, devices, limit,
        picked.own_sizes,
    )  # fmt: skip
    if not made.jobs:
        first = next(skipped for skipped in made.skipped if skipped.model)
        raise BenchError(f"no model fits: {first.model} {first.why} ({first.task})")
    return made


def mine(made: Plan, picked: Selection, suites: Iterable[SuiteCard], shard: Shard | None) -> Plan:
    """The plan, or this machine's part of it."""
    if shard is None:
        return made
    jobs = tuple(made.jobs)
    heavy = weights(jobs, {task.name: task for task in picked.tasks}, suites)
    return replace(made, jobs=share(jobs, heavy, shard))


def missing(models: Iterable[ModelCard]) -> dict[str, str]:
    """Models whose packages are not installed, and the line to type for each."""
    found = {}
    for model in models:
        lacking = [name for name in model.requires if installed(name) is None]
        if lacking:
            found[model.name] = (
                f"needs {', '.join(lacking)}; type: pip install 'benchbig[{model.extra}]'"
            )
    return found


def remaining(
    jobs: Iterable[Job], there: Mapping[str, Record], force: bool, retry: int
) -> list[Job]:
    """The jobs without an ok record; one that failed is tried `retry` times more, unless forced."""
    return [job for job in jobs if force or _is_due(there.get(job.key), retry)]


def _is_due(record: Record | None, retry: int) -> bool:
    """Whether a job with this record, or none, is to be run."""
    if record is None or record["status"] == "unavailable":
        return True
    if (record.get("error") or {}).get("stage") == "store":
        return True  # it was well; the machine lost what it had predicted
    return bool(record["status"] != "ok" and record["attempt"] <= retry)


def estimates(
    jobs: Iterable[Job], there: Iterable[Record], suites: Iterable[SuiteCard]
) -> dict[str, float | None]:
    """Seconds each job will take, by its key: as in this store, else as on a suite's card.

    None where neither knows. A card's seconds are those of its largest size on a CPU; a smaller
    one is taken to need as much, which errs on the safe side.
    """
    suites = tuple(suites)
    measured: dict[tuple[object, ...], list[float]] = {}
    for record in there:
        if record["status"] == "ok":
            kind = tuple(record[field] for field in SAME_LENGTH)
            measured.setdefault(kind, []).append(record["job_s"])
    found: dict[str, float | None] = {}
    for job in jobs:
        same = measured.get((job.task, job.model, job.device, job.n_train, job.limit))
        found[job.key] = float(statistics.median(same)) if same else _on_card(job, suites)
    return found


def _on_card(job: Job, suites: Iterable[SuiteCard]) -> float | None:
    """The seconds of a card's size that is not below the job's."""
    if job.device != "cpu" or job.limit:
        return None
    found = typical(job, suites)
    return found.seconds if found is not None and found.size >= asked(job) else None


def order(jobs: Iterable[Job], seconds: Mapping[str, float | None]) -> list[Job]:
    """The quickest job first, so that a result shows at once; then the longest first.

    Starting long jobs early keeps all workers busy to the end. Unknown ones count as long; equals
    stay in their order.
    """
    jobs = list(jobs)

    def length(job: Job) -> float:
        known = seconds[job.key]
        return math.inf if known is None else known

    quickest = [min(jobs, key=length)] if jobs else []
    return quickest + [job for job in sorted(jobs, key=length, reverse=True) if job not in quickest]


def side_by_side(asked: int, threads: int) -> int:
    """Jobs at a time on this machine, of those asked for (0: as many as it has cores).

    Never more than cores at this many threads each. Raises BenchError where one job asks for more
    threads than there are cores.
    """
    there = environment.cores()
    if threads > there:
        raise BenchError(
            f"--threads {threads}: this machine lends {there} "
            f"core{'s' * (there > 1)}; ask for at most {there}"
        )
    if not asked:
        return max(1, places.physical_cores() // threads)
    return min(asked, there // threads)
