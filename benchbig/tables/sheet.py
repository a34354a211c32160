"""What a table of rows shows, as texts: the same for the terminal, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from benchbig.metrics.names import ABSENT, METRICS
from benchbig.tables import words
from benchbig.tables.notes import BEST, REDUCED, notes
from benchbig.tables.row import Row


@dataclass(frozen=True)
class Column:
    """One column: what it holds ("model", "value"...), its heading, its cells, its side."""

    key: str
    name: str
    cells: tuple[str, ...]
    right: bool = True


@dataclass(frozen=True)
class Sheet:
    """One table: rows of one task, training size and device.

    about: metric, test part, training size, seeds, device. notes: what the marks mean, and
    what went wrong. tones: how each line is to be read: "first", "best" (of its family),
    "missing" or "".
    """

    title: str
    about: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    tones: tuple[str, ...]


def sheets(rows: Iterable[Row], titles: Mapping[str, str] | None = None) -> list[Sheet]:
    """A sheet for each task, training size and device, in the order of the rows.

    titles: task name to title; a task without one shows its name.
    """
    tables = groupby(rows, key=lambda row: (row.task, row.n_train_asked, row.device))
    return [_sheet(tuple(table), titles or {}) for _, table in tables]


def title(task: str, titles: Mapping[str, str] | None = None) -> str:
    """'Card fraud (card_fraud)', or the name alone."""
    name, given = words.printable(task), (titles or {}).get(task)
    return f"{words.printable(given)} ({name})" if given else name


def same_seeds(rows: Sequence[Row]) -> bool:
    """Whether every row has the same number of seeds, all of them ok."""
    return len({(row.seeds, row.planned) for row in rows}) == 1 and rows[0].seeds > 0


# What a column holds, how a row fills it, whether it stands to the right. The value's heading is
# the metric's title.
CELLS: tuple[tuple[str, Callable[[Row], str], bool], ...] = (
    ("#", lambda row: ABSENT if row.rank is None else str(row.rank), True),
    ("model", lambda row: _model(row), False),
    ("family", lambda row: words.printable(row.family), False),
    ("value", lambda row: _value(row), False),
    ("fit", lambda row: words.seconds(row.fit_s), True),
    ("latency", lambda row: words.milliseconds(row.latency_p50_ms), True),
    ("throughput", lambda row: words.rate(row.throughput_per_s), True),
    ("memory", lambda row: words.size(row.peak_rss_bytes), True),
    ("GPU memory", lambda row: words.size(row.peak_vram_bytes), True),
    ("seeds", lambda row: _seeds(row), True),
)


def _sheet(rows: tuple[Row, ...], titles: Mapping[str, str]) -> Sheet:
    columns = []
    for key, cell, right in CELLS:
        if key == "GPU memory" and all(row.peak_vram_bytes is None for row in rows):
            continue
        name = METRICS[rows[0].metric].title if key == "value" else key
        columns.append(Column(key, name, tuple(map(cell, rows)), right))
    heading = title(rows[0].task, titles)
    return Sheet(heading, _about(rows), tuple(columns), notes(rows), tuple(map(_tone, rows)))


def _tone(row: Row) -> str:
    if row.rank is None:
        return "missing"
    return "first" if row.rank == 1 else "best" * row.best_of_family


def _about(rows: Sequence[Row]) -> str:
    first = next((row for row in rows if row.n_test is not None), rows[0])
    parts = [words.direction(first.metric)]
    if first.n_test is not None:
        parts.append(f"{words.count(first.n_test)} test rows")
    parts.append(f"split: {words.printable(first.scheme)}")
    full = max((row.n_train_full or 0 for row in rows), default=0)
    if first.n_train_asked:
        parts.append(f"{words.count(first.n_train_asked)} training rows")
    elif full:
        parts.append(f"all {words.count(full)} training rows")
    if same_seeds(rows):
        parts.append(words.plural(first.seeds, "seed"))
    if first.data_origin != "real":
        parts.append(f"{first.data_origin} data")
    return "; ".join([*parts, words.printable(first.device)])


def _model(row: Row) -> str:
    marks = BEST * row.best_of_family + REDUCED * row.reduced
    return words.printable(row.model) + (f" {marks}" if marks else "")


def _value(row: Row) -> str:
    if row.value is None:
        return (row.reason or "no result").partition(":")[0]
    return words.scored(row.metric, row.value, row.low, row.high)


def _seeds(row: Row) -> str:
    return str(row.seeds) if row.seeds == row.planned else f"{row.seeds}/{row.planned}"
