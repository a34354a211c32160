"""What a table of records shows, one line a job: for Markdown and LaTeX."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from benchbig.metrics.names import METRICS
from benchbig.record import Record
from benchbig.store.read import results
from benchbig.tables import words
from benchbig.tables.sheet import Column, Sheet, title


def record_sheets(records: Iterable[Record], titles: Mapping[str, str]) -> list[Sheet]:
    """A sheet a task, its records by model, training size, device and seed.

    titles: task name to title, in the order of the tasks; others follow alphabetically.
    """
    by_task: dict[str, list[Record]] = defaultdict(list)
    for record in results(records):
        by_task[record["task"]].append(record)
    order = {name: place for place, name in enumerate(titles)}
    names = sorted(by_task, key=lambda name: (order.get(name, len(order)), name))
    return [_sheet(title(name, titles), sorted(by_task[name], key=_place)) for name in names]


def _place(record: Record) -> tuple[str, int, str, int]:
    return record["model"], record["n_train_asked"], record["device"], record["seed"]


def _sheet(heading: str, records: list[Record]) -> Sheet:
    metric = records[0]["metric"]
    lines = [_cells(record) for record in records]
    columns = [
        Column(name, METRICS[metric].title if name == "value" else name, cells, name not in LEFT)
        for name, cells in zip(NAMES, zip(*lines, strict=True), strict=True)
    ]
    tones = tuple("" if record["status"] == "ok" else "missing" for record in records)
    return Sheet(heading, words.direction(metric), tuple(columns), (), tones)


NAMES = ("model", "seed", "n_train", "device", "status", "value", "fit", "latency", "memory")
LEFT = ("model", "device", "status", "value")


def _cells(record: Record) -> tuple[str, ...]:
    ends = (record["ci_low"], record["ci_high"])
    return (
        words.printable(record["model"]),
        str(record["seed"]),
        words.count(record["n_train"]),
        words.printable(record["device"]),
        record["status"],
        words.scored(record["metric"], record["value"], *ends),
        words.seconds(record["fit_s"]),
        words.milliseconds((record["latency_ms"] or {}).get("p50")),
        words.size(record["peak_rss_bytes"]),
    )
