"""Read a store and answer: is the large model worth it, task by task and overall?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchbig import store
from benchbig.cards import Catalog
from benchbig.record import Record
from benchbig.tables.row import Row
from benchbig.verdict import limits as limiting
from benchbig.verdict import money
from benchbig.verdict.contenders import CLASSICAL, LARGE
from benchbig.verdict.evidence import gather
from benchbig.verdict.limits import Limits
from benchbig.verdict.money import PriceTable
from benchbig.verdict.overall import overall
from benchbig.verdict.result import LeftOut, TaskVerdict, Verdicts
from benchbig.verdict.task import Matter, answer, look

LEVEL = 0.95


@dataclass(frozen=True)
class Settings:
    """What the user asked for.

    min_effect: by metric, "" for every metric (effects.parse). decision_value: what one more
    right decision is worth, in the price table's currency; None to go by the task's card.
    """

    prices: PriceTable = field(default_factory=money.read)
    limits: Limits = field(default_factory=Limits)
    min_effect: Mapping[str, float] = field(default_factory=dict)
    decision_value: float | None = None


def judge(
    folder: Path, catalog: Catalog, settings: Settings | None = None, suite: str | None = None
) -> Verdicts:
    """The verdicts of a store, of one suite's tasks and models where it is named.

    Raises BenchError where predictions are missing; type `benchbig check` then.
    """
    settings = settings or Settings()
    records = list(_of_suite(store.latest(folder), catalog, suite))
    names = catalog.suite(suite).tasks if suite else _order(catalog)
    known = {name: catalog.task(name) for name in names if name in catalog.names("tasks")}
    costs = {name: card.costs for name, card in known.items()}
    evidence = gather(folder, records, tuple(names), costs)
    kept, left_out = limiting.apply(evidence.rows, settings.limits, licences(catalog))
    matters = [
        look(evidence, first, rows, settings.prices, settings.decision_value)
        for first, rows in _by_task(evidence.rows, kept)
    ]
    titles = {name: card.title for name, card in known.items()}
    verdicts = answers(matters, titles, settings.min_effect, _emptied(evidence.rows, left_out))
    return Verdicts(
        store=str(folder),
        level=LEVEL,
        prices=settings.prices.about,
        limits=settings.limits.asked(),
        tasks=tuple(verdicts),
        overall=overall(evidence, matters, verdicts),
        left_out=tuple(left_out),
    )


def licences(catalog: Catalog) -> Callable[[str], tuple[str, ...] | None]:
    """A model's name to the licences of its code and weights; None where it has no card.

    A card without assets that names no licence is of code alone, which is benchbig's own.
    """
    there = set(catalog.names("baselines"))

    def of(name: str) -> tuple[str, ...] | None:
        if name not in there:
            return None
        card = catalog.model(name)
        own = (card.licence,) if card.licence else ()
        return (*own, *(asset.licence for asset in card.assets.values()))

    return of


def answers(
    matters: Iterable[Matter],
    titles: Mapping[str, str],
    given: Mapping[str, float],
    emptied: set[tuple[str, str]],
) -> list[TaskVerdict]:
    """The verdicts, their p-values corrected for the number of tasks.

    emptied: task and family of which limits have left out somebody.
    """
    from benchbig.stats.holm import holm

    matters = list(matters)
    adjusted = holm([matter.p for matter in matters])
    return [
        answer(
            matter,
            titles.get(matter.first.task, matter.first.task),
            given,
            p,
            _limited(matter, emptied),
        )
        for matter, p in zip(matters, adjusted, strict=True)
    ]


def _emptied(rows: Iterable[Row], left_out: Iterable[LeftOut]) -> set[tuple[str, str]]:
    families = {(row.task, row.model): row.family for row in rows}
    return {(one.task, families[one.task, one.model]) for one in left_out}


def _limited(matter: Matter, emptied: set[tuple[str, str]]) -> bool:
    """Whether each family that lacks a contender lost one to the limits."""
    lacking = [
        family
        for family, row in ((CLASSICAL, matter.classical), (LARGE, matter.large))
        if row is None
    ]
    return bool(lacking) and all((matter.first.task, family) in emptied for family in lacking)


def _by_task(rows: Iterable[Row], kept: Iterable[Row]) -> list[tuple[Row, list[Row]]]:
    """Each task's first row, which tells what the task is, and its rows within the limits."""
    found: dict[str, tuple[Row, list[Row]]] = {}
    for row in rows:
        found.setdefault(row.task, (row, []))
    for row in kept:
        found[row.task][1].append(row)
    return list(found.values())


def _of_suite(records: Iterable[Record], catalog: Catalog, suite: str | None) -> Iterable[Record]:
    if suite is None:
        return records
    from benchbig.hub.suite import belongs

    mine = belongs(catalog.suite(suite))
    return [one for one in records if mine(one["task"], one["model"])]


def _order(catalog: Catalog) -> tuple[str, ...]:
    """The tasks in the order of the suites, then the others."""
    suites = [catalog.suite(name) for name in catalog.names("suites")]
    named = [task for suite in suites for task in suite.tasks]
    return tuple(dict.fromkeys([*named, *catalog.names("tasks")]))
