"""What is published of a suite: its rows, its verdicts, and where they were measured?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from benchbig import store
from benchbig.cards import Catalog, SuiteCard, find
from benchbig.cards.fit import misfit
from benchbig.hub.reference import is_one
from benchbig.hub.suite import belongs
from benchbig.record import Record
from benchbig.tables.row import Row
from benchbig.tables.rows import rows
from benchbig.tables.words import plural
from benchbig.verdict.contenders import by_size, main_size
from benchbig.verdict.judge import judge
from benchbig.verdict.result import TaskVerdict, Verdicts


@dataclass(frozen=True)
class Published:
    """A suite's records in a store, read.

    rows: of every training size. titles: task name to title, in the suite's order.
    """

    store: Path
    suite: SuiteCard
    titles: Mapping[str, str]
    rows: tuple[Row, ...]
    verdicts: Verdicts

    @property
    def main(self) -> list[Row]:
        """The rows of the size that counts on each task: the largest that both families have."""
        tasks: dict[str, list[Row]] = {}
        for row in self.rows:
            tasks.setdefault(row.task, []).append(row)
        sizes = {task: by_size(found) for task, found in tasks.items()}
        main = [row for found in sizes.values() for row in found[main_size(found)]]
        return sorted(main, key=self.rows.index)

    def of(self, verdict: TaskVerdict) -> list[Row]:
        """The task's rows of the size that its verdict is about."""
        return [row for row in self.main if row.task == verdict.task]


@cache
def records(folder: Path) -> Sequence[Record]:
    """The records that count, trial runs left out."""
    return tuple(store.results(store.latest(folder)))


@cache
def catalog() -> Catalog:
    """The cards that come along."""
    return find()


def suites(folder: Path) -> list[str]:
    """The suites that some record was made for, or that others' records cover, by name."""
    made = {record["suite"] for record in records(folder)}
    there = {(record["task"], record["model"]) for record in records(folder)}

    def covered(suite: SuiteCard) -> bool:
        named = not any(map(is_one, suite.models))
        return named and not suite.limit and there.issuperset(pairs(suite))

    names = catalog().names("suites")
    return [name for name in names if name in made or covered(catalog().suite(name))]


def pairs(suite: SuiteCard) -> list[tuple[str, str]]:
    """Task and model of what a suite plans on a CPU, but for the models of the hub."""
    models = [catalog().model(name) for name in suite.models if not is_one(name)]
    tasks = [catalog().task(name) for name in suite.tasks]
    return [
        (task.name, model.name)
        for task in tasks
        for model in models
        if misfit(task, model, "cpu") is None
    ]


@cache
def of(folder: Path, name: str) -> Published | None:
    """What a store holds of a suite, None where that is nothing."""
    suite = catalog().suite(name)
    mine = belongs(suite)
    found = [one for one in records(folder) if mine(one["task"], one["model"])]
    if not found:
        return None
    titles = {task: catalog().task(task).title for task in suite.tasks}
    table = tuple(rows(found, suite.tasks))
    return Published(folder, suite, titles, table, judge(folder, catalog(), suite=name))


def machines(folder: Path, table: Iterable[Row]) -> str:
    """Where these rows were measured, from the machines' own descriptions; "" without any.

    Where it was on several, each with the tasks that were measured there.
    """
    found: dict[str, list[str]] = {}
    for name, task in dict.fromkeys((env, row.task) for row in table for env in row.envs):
        machine = store.env(folder, name)
        if machine is None:
            continue
        gpus = ", ".join(gpu["name"] for gpu in machine["gpus"]) or "no GPU"
        tasks = found.setdefault(
            f"{machine['cpu']} ({plural(machine['cores'], 'core')}, "
            f"{machine['memory_bytes'] / 2**30:.0f} GiB, {gpus}), "
            f"Python {machine['python']}, {plural(machine['threads_a_job'], 'thread')} a job",
            [],
        )
        if task not in tasks:
            tasks.append(task)
    told = [
        f"{machine}: {', '.join(tasks)}" if len(found) > 1 else machine
        for machine, tasks in found.items()
    ]
    return f"Measured on {'; '.join(told)}." if found else ""


def typical_seconds(folder: Path, name: str) -> str:
    """A job's median wall time, on a CPU and the task's largest size, as a suite's card has it."""
    suite = catalog().suite(name)
    seconds: dict[str, dict[str, list[float]]] = {}
    for record in records(folder):
        whole = record["n_train_asked"] == suite.largest(record["task"], record["model"])
        if whole and record["status"] == "ok" and record["device"] == "cpu":
            models = seconds.setdefault(record["task"], {})
            models.setdefault(record["model"], []).append(record["job_s"])
    lines = []
    for task in suite.tasks:
        there = seconds.get(task, {})
        known = {m: median(there[m]) for m in suite.models if m in there}
        if known:
            told = ", ".join(f"{model} = {s:.1f}" for model, s in known.items())
            lines.append(f"{task} = {{ {told} }}\n")
    return "".join(["[typical_s]\n", *lines]) if lines else ""
