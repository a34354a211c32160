"""Which of these charts fits a kind of task, and what of a row is there to draw?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from benchbig.errors import BenchError
from benchbig.record import Record
from benchbig.site.predicted import classes, hits, numbers
from benchbig.site.predicted.classes import Drawn
from benchbig.site.predicted.hits import Hits
from benchbig.site.predicted.numbers import Numbers
from benchbig.store import Predicted, predictions

Seen = Drawn | Numbers | Hits
Seed = TypeVar("Seed")


def seen(folder: Path, kind: str, records: Iterable[Record]) -> Seen | None:
    """Of every ok record whose files are there and sound, all seeds together; None without any.

    The page then goes without; `benchbig check` says what is wrong.
    """
    found = [one for record in records if (one := _predicted(folder, record)) is not None]
    if kind in ("binary", "multiclass"):
        return _of(found, classes.seed, classes.drawn)
    if kind == "regression":
        return _of(found, numbers.seed, numbers.drawn)
    return _of(found, hits.seed, hits.drawn) if kind == "ranking" else None


def _of(
    found: Iterable[Predicted],
    seed: Callable[[Predicted], Seed | None],
    drawn: Callable[[Sequence[Seed]], Seen],
) -> Seen | None:
    seeds = [one for predicted in found if (one := seed(predicted)) is not None]
    return drawn(seeds) if seeds else None


def _predicted(folder: Path, record: Record) -> Predicted | None:
    try:
        return predictions(folder, record)
    except BenchError:
        return None
