"""Everything about a store that is sound but that a maintainer should look at before merging it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchbig import store
from benchbig.cards import Catalog
from benchbig.plausible.card import of_card
from benchbig.plausible.costs import of_costs
from benchbig.plausible.origin import of_origin
from benchbig.plausible.published import Published, of_published, published
from benchbig.plausible.quality import ahead, alike, of_quality
from benchbig.record import Record


class Doubt(NamedTuple):
    """about: the record, or the task. text: what looks odd."""

    about: str
    text: str


def doubts(folder: Path, catalog: Catalog, beside: Path | None = None) -> list[Doubt]:
    """All of them, task by task.

    beside: the store that these records would join; None to look at them alone. Meant for a store
    without problems (benchbig.verification): of a damaged one the damage may be the reason.
    """
    known = published(beside) if beside else None
    found = []
    for records in store.by_task(folder):
        for record in records:
            texts = _of(folder, record, catalog, known)
            found += [Doubt(_named(record), text) for text in texts]
        others = known.of(records[0]["task"]) if known else []
        found += [Doubt(_named(record), text) for record, text in ahead(records, others)]
        found += [Doubt(records[0]["task"], text) for text in alike(records)]
    return found


def _named(record: Record) -> str:
    return f"{record['task']} {record['model']} seed {record['seed']}"


def grouped(found: Iterable[Doubt]) -> list[str]:
    """A line a text, with the first record it is of and how many more there are."""
    by_text: dict[str, list[str]] = defaultdict(list)
    for one in found:
        by_text[one.text].append(one.about)
    return [
        f"{of[0]}{f' and {len(of) - 1} more' if len(of) > 1 else ''}: {text}"
        for text, of in by_text.items()
    ]


def _of(folder: Path, record: Record, catalog: Catalog, known: Published | None) -> Iterator[str]:
    yield from of_origin(folder, record)
    yield from of_card(record, catalog)
    if record["status"] == "ok":
        yield from of_costs(record)
        yield from of_quality(folder, record)
        if known is not None:
            yield from of_published(record, known)
