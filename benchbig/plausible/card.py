"""Are a record's task and model those whose cards are here, or code that nobody here has read?"""

from __future__ import annotations

from collections.abc import Iterator

from benchbig.cards import Catalog
from benchbig.job import parameters
from benchbig.record import Record, job_of

FACTS = ("sector", "kind", "modality", "metric", "data_origin", "licence")


def of_card(record: Record, catalog: Catalog) -> Iterator[str]:
    """Where the record and the cards differ."""
    yield from _task(record, catalog)
    yield from _model(record, catalog)


def _task(record: Record, catalog: Catalog) -> Iterator[str]:
    name = record["task"]
    if name not in catalog.files["tasks"]:
        yield f"no card of the task {name} is here: read how it splits its data"
        return
    card = catalog.task(name)
    if record["task_version"] != card.version:
        yield f"version {record['task_version']} of the task; the card here is {card.version}"
        return
    other = [fact for fact in FACTS if record[fact] != getattr(card, fact)]
    if other:
        yield f"{', '.join(other)} are not those of the task's card"


def _model(record: Record, catalog: Catalog) -> Iterator[str]:
    name = record["model"]
    if name not in catalog.files["baselines"]:
        yield f"no card of the model {name} is here: read its code"
        return
    card = catalog.model(name)
    if record["model_version"] != card.version:
        yield f"version {record['model_version']} of the model; the card here is {card.version}"
    elif job_of(record).params != parameters(card):
        yield "its parameters are not those of the model's card"
    elif (record["family"], record["adaptation"]) != (card.family, card.adaptation):
        yield "its family or adaptation is not that of the model's card"
