"""Which charts show what a task's two contenders predicted?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchbig.site.board import Place, Table, Task, place
from benchbig.site.charts.contenders import Contender
from benchbig.site.charts.figure import Figure
from benchbig.site.charts.hits import hits_figure
from benchbig.site.charts.numbers import errors_figure, tenths_figure
from benchbig.site.charts.probabilities import calibration_figure, confusion_figure, share_figure
from benchbig.site.language import Language
from benchbig.site.predicted.classes import Drawn
from benchbig.site.predicted.hits import Hits
from benchbig.site.predicted.numbers import Numbers
from benchbig.site.predicted.seen import Seen

Places = Mapping[Place, Seen]
Mistakes = list[dict[str, Any]]


def predictions(
    language: Language, task: Task, table: Table, seen: Places
) -> tuple[list[Figure], Mistakes]:
    """The charts of the table's best classical and best large model, and where there are too many
    classes for a picture their most frequent mistakes.
    """
    rows = [row for row in (table.best("classical"), table.best("pretrained")) if row]
    found = [
        (Contender(row.model, row.family), seen[place(row)]) for row in rows if place(row) in seen
    ]
    numbers = [(who, one) for who, one in found if isinstance(one, Numbers)]
    if numbers:
        return [tenths_figure(language, numbers), errors_figure(language, numbers)], []
    hits = [(who, one) for who, one in found if isinstance(one, Hits)]
    if hits:
        return [hits_figure(language, hits)], []
    drawn = [(who, one) for who, one in found if isinstance(one, Drawn)]
    return (
        _of_classes(language, drawn, task.card.classes if task.card else ()) if drawn else ([], [])
    )


def _of_classes(
    language: Language, found: Sequence[tuple[Contender, Drawn]], classes: Sequence[str]
) -> tuple[list[Figure], Mistakes]:
    figures: list[Figure | None] = [
        calibration_figure(language, [(who, one.bins) for who, one in found])
    ]
    for kind in ("precision_recall", "gains"):
        lines = [(who, getattr(one, kind)) for who, one in found if getattr(one, kind)]
        figures.append(share_figure(language, kind, lines) if lines else None)
    mistakes = []
    for who, one in found:
        if one.confusion is None:
            continue
        figures.append(confusion_figure(language, who, one.confusion, classes))
        if one.confusion.counts is None and one.confusion.pairs:
            pairs = [(named(classes, i), named(classes, j), n) for i, j, n in one.confusion.pairs]
            mistakes.append({"model": who.model, "pairs": pairs})
    return [figure for figure in figures if figure is not None], mistakes


def named(classes: Sequence[str], index: int) -> str:
    """A class by its name, by its number where it has none."""
    return classes[index] if index < len(classes) else str(index)
