"""What the site shows, taken from a store: tasks with their tables, models, answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from benchbig.cards import Catalog, ModelCard, TaskCard
from benchbig.metrics.names import METRICS, Metric
from benchbig.record import Record
from benchbig.site.names import slug
from benchbig.store.read import results
from benchbig.tables.row import Row
from benchbig.tables.rows import rows
from benchbig.tables.select import select
from benchbig.verdict.contenders import by_size, main_size

Place = tuple[str, str, int, str]  # task, model, n_train_asked, device


@dataclass(frozen=True)
class Table:
    """The rows of one task, one training size and one device, by rank.

    main: whether the size is the verdict's on this device: the largest at which a classical and a
    pretrained model have a value, else the largest; answers and ranks over all tasks come from
    main tables alone.
    """

    asked: int
    device: str
    rows: tuple[Row, ...]
    main: bool

    def best(self, family: str) -> Row | None:
        """The row that its family sends into comparisons, chosen on the validation part."""
        found = (row for row in self.rows if row.best_of_family and row.family == family)
        return next(found, None)


@dataclass(frozen=True)
class Task:
    """A task of the store. card: None where the record's task is in no catalogue.

    digests: the data's sha256 as first measured, one a seed, at most three.
    """

    name: str
    slug: str
    title: str
    card: TaskCard | None
    sector: str
    modality: str
    kind: str
    scheme: str
    data_origin: str
    licence: str
    metric: Metric
    tables: tuple[Table, ...]
    digests: tuple[str, ...] = ()

    @property
    def rows(self) -> list[Row]:
        return [row for table in self.tables for row in table.rows]

    @property
    def main(self) -> tuple[Table, ...]:
        """One table a device, the CPU's first."""
        found = (table for table in self.tables if table.main)
        return tuple(sorted(found, key=lambda table: (table.device != "cpu", table.device)))


@dataclass(frozen=True)
class Model:
    """A model of the store. card: None where the record's model is in no catalogue."""

    name: str
    slug: str
    title: str
    card: ModelCard | None
    family: str
    adaptation: str
    licence: str
    n_params: int | None


@dataclass(frozen=True)
class Read:
    """One task, read. behind: the records of each row, by seed. newest: when the last ended."""

    task: Task
    behind: Mapping[Place, tuple[Record, ...]]
    newest: str | None


@dataclass(frozen=True)
class Board:
    """The whole store. values: of each row of a main table, the value of each ok seed.

    statuses: planned jobs by how they ended, over all rows. newest: when the last record ended.
    """

    tasks: tuple[Task, ...]
    models: tuple[Model, ...]
    values: Mapping[Place, tuple[float, ...]]
    statuses: Mapping[str, int]
    newest: str | None

    @property
    def rows(self) -> list[Row]:
        return [row for task in self.tasks for row in task.rows]

    def task(self, name: str) -> Task:
        return next(task for task in self.tasks if task.name == name)


def read(records: Iterable[Record], catalog: Catalog) -> Read | None:
    """One task's records; None where they are trial runs alone."""
    kept = results(records)
    if not kept:
        return None
    behind = {_place(chosen.records[0]): chosen.records for chosen in select(kept)}
    name, made = kept[0]["task"], rows(kept)
    newest = max((r["finished_at"] for r in kept if r["finished_at"]), default=None)
    return Read(_task(name, made, kept[-1]["licence"], catalog, behind), behind, newest)


def values(found: Read) -> dict[Place, tuple[float, ...]]:
    """What the board keeps of a task's records."""
    return {
        place(row): tuple(r["value"] for r in found.behind[place(row)] if r["status"] == "ok")
        for table in found.task.main
        for row in table.rows
    }


def assembled(
    tasks: Iterable[Task],
    values: Mapping[Place, tuple[float, ...]],
    newest: str | None,
    catalog: Catalog,
) -> Board:
    """The board of these tasks.

    They stand in the order of the suites, then alphabetically; models alphabetically.
    """
    order = {name: index for index, name in enumerate(suite_order(catalog))}
    ordered = sorted(tasks, key=lambda task: (order.get(task.name, len(order)), task.name))
    by_model: dict[str, list[Row]] = defaultdict(list)
    for row in (row for task in ordered for row in task.rows):
        by_model[row.model].append(row)
    return Board(
        tasks=tuple(ordered),
        models=tuple(_model(name, by_model[name], catalog) for name in sorted(by_model)),
        values=values,
        statuses=_statuses(row for of in by_model.values() for row in of),
        newest=newest,
    )


def board(records: Iterable[Record], catalog: Catalog) -> Board:
    """The board of all these records at once; trial runs are left out."""
    by_task: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_task[record["task"]].append(record)
    found = [one for group in by_task.values() if (one := read(group, catalog))]
    known = {at: seeds for one in found for at, seeds in values(one).items()}
    newest = max((one.newest for one in found if one.newest), default=None)
    return assembled((one.task for one in found), known, newest, catalog)


def suite_order(catalog: Catalog) -> tuple[str, ...]:
    """The tasks of all suites, suite after suite."""
    suites = (catalog.suite(name) for name in catalog.names("suites"))
    return tuple(dict.fromkeys(task for suite in suites for task in suite.tasks))


def place(row: Row) -> Place:
    """Where a row's records stand in Board.records."""
    return row.task, row.model, row.n_train_asked, row.device


def _place(record: Record) -> Place:
    return record["task"], record["model"], record["n_train_asked"], record["device"]


def _task(
    name: str,
    made: Sequence[Row],
    licence: str,
    catalog: Catalog,
    behind: Mapping[Place, tuple[Record, ...]],
) -> Task:
    card = catalog.task(name) if name in catalog.files["tasks"] else None
    first, tables = made[0], _tables(made)
    return Task(
        name=name,
        slug=slug(name),
        title=card.title if card else name,
        card=card,
        sector=first.sector,
        modality=first.modality,
        kind=first.kind,
        scheme=first.scheme,
        data_origin=first.data_origin,
        licence=licence,
        metric=METRICS[first.metric],
        tables=tables,
        digests=_digests(tables, behind),
    )


def _digests(
    tables: Iterable[Table], behind: Mapping[Place, tuple[Record, ...]]
) -> tuple[str, ...]:
    for row in (row for table in tables if table.main for row in table.rows):
        digests = [r["data_sha256"] for r in behind[place(row)] if r["data_sha256"]]
        if digests:
            return tuple(dict.fromkeys(digests))[:3]
    return ()


def _tables(made: Iterable[Row]) -> tuple[Table, ...]:
    found = [
        (asked, device, tuple(group))
        for (asked, device), group in groupby(made, key=lambda r: (r.n_train_asked, r.device))
    ]
    by_device: dict[str, list[Row]] = defaultdict(list)
    for _, device, group in found:
        by_device[device] += group
    main = {device: main_size(by_size(of)) for device, of in by_device.items()}
    return tuple(
        Table(asked, device, group, main=asked == main[device]) for asked, device, group in found
    )


def _model(name: str, made: Sequence[Row], catalog: Catalog) -> Model:
    card = catalog.model(name) if name in catalog.files["baselines"] else None
    sizes = [row.n_params for row in made if row.n_params is not None]
    return Model(
        name=name,
        slug=slug(name),
        title=card.title if card else name,
        card=card,
        family=made[0].family,
        adaptation=made[0].adaptation,
        licence=card.licence if card else "",
        n_params=max(sizes, default=None),
    )


def _statuses(made: Iterable[Row]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for row in made:
        total.update(row.statuses)
    return dict(total)
