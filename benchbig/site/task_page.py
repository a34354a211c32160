"""What the page of a task shows: its tables, charts, facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchbig.site.answer_words import crossover, told
from benchbig.site.answers import Answer
from benchbig.site.board import Board, Place, Table, Task, place
from benchbig.site.charts.cost import cost_figure
from benchbig.site.charts.curves import curves_figure
from benchbig.site.charts.figure import Figure
from benchbig.site.charts.probabilities import (
    Contender,
    calibration_figure,
    confusion_figure,
    share_figure,
)
from benchbig.site.charts.seeds import seeds_figure
from benchbig.site.language import Language
from benchbig.site.notes import notes
from benchbig.site.quality import Drawn
from benchbig.tables.row import Row

LINES = 100  # of a table in the page; the full table holds the rest
CLASSES = 12
Charts = list[tuple[Figure, str]]
Seen = Mapping[Place, Drawn]


def task_page(language: Language, board: Board, answer: Answer, seen: Seen) -> dict[str, Any]:
    """The context of task.html.j2."""
    task = answer.task
    parts = [_part(language, board, task, table, seen) for table in reversed(task.tables)]
    classes, more = _balance(answer, seen)
    return {
        "task": task,
        "answer": told(language, answer),
        "parts": [part for part in parts if part is not None],
        "curves": _curves(language, answer),
        "facts": facts(language, task, board),
        "classes": classes,
        "more_classes": more,
        "repeat": f"benchbig run --task {task.name}",
    }


def _part(
    language: Language, board: Board, task: Task, table: Table, seen: Seen
) -> dict[str, Any] | None:
    """A table with its notes and, for the largest size, its charts."""
    charts: Charts = []
    mistakes: list[dict[str, Any]] = []
    if table.main:
        charts, mistakes = _charts(language, board, task, table, seen)
    return {
        "heading": _heading(language, task, table),
        "rows": table.rows[:LINES],
        "hidden": max(0, len(table.rows) - LINES),
        "notes": notes(language, table.rows),
        "charts": charts,
        "mistakes": mistakes,
    }


def _heading(language: Language, task: Task, table: Table) -> str:
    given = max((row.n_train or 0 for row in table.rows), default=0)
    if table.asked:
        size = language.t("task.rows_some", n=table.asked)
    else:
        size = language.t("task.rows_all", n=given) if given else language.t("task.rows_full")
    several = len({other.device for other in task.tables}) > 1 or table.device != "cpu"
    return f"{size} · {table.device}" if several else size


def _charts(
    language: Language, board: Board, task: Task, table: Table, seen: Seen
) -> tuple[Charts, list[dict[str, Any]]]:
    seeds = {
        row.model: [r["value"] for r in board.records[place(row)] if r["status"] == "ok"]
        for row in table.rows
    }
    costs = (
        ("cost_fit", lambda row: row.fit_s, language.seconds),
        ("cost_latency", lambda row: row.latency_p50_ms, language.milliseconds),
    )
    found: list[tuple[Figure | None, str]] = [
        (seeds_figure(language, task.metric, table.rows, seeds), "")
    ]
    for key, cost, write in costs:
        figure = cost_figure(
            language, task.metric, table.rows, cost, language.t(f"chart.{key}"), write
        )
        caption = f"{figure.title}. {language.t('chart.cost_caption')}" if figure else ""
        found.append((figure, caption))
    drawn, mistakes = _predictions(language, task, table, seen)
    found += [(figure, "") for figure in drawn]
    return [(figure, text) for figure, text in found if figure is not None], mistakes


def _predictions(
    language: Language, task: Task, table: Table, seen: Seen
) -> tuple[list[Figure | None], list[dict[str, Any]]]:
    """Charts of what the two contenders predicted, where that was classes."""
    rows = [row for row in (table.best("classical"), table.best("pretrained")) if row]
    found = [
        (Contender(row.model, row.family), seen[place(row)]) for row in rows if place(row) in seen
    ]
    if not found:
        return [], []
    drawn: list[Figure | None] = [
        calibration_figure(language, [(who, one.bins) for who, one in found])
    ]
    for kind in ("precision_recall", "gains"):
        lines = [(who, getattr(one, kind)) for who, one in found if getattr(one, kind)]
        drawn.append(share_figure(language, kind, lines) if lines else None)
    classes = task.card.classes if task.card else ()
    mistakes = []
    for who, one in found:
        if one.confusion is None:
            continue
        drawn.append(confusion_figure(language, who, one.confusion, classes))
        if one.confusion.counts is None and one.confusion.pairs:
            pairs = [(_class(classes, i), _class(classes, j), n) for i, j, n in one.confusion.pairs]
            mistakes.append({"model": who.model, "pairs": pairs})
    return drawn, mistakes


def _class(classes: Sequence[str], index: int) -> str:
    return classes[index] if index < len(classes) else str(index)


def _curves(language: Language, answer: Answer) -> Charts:
    """A chart a device; where the lead changes is marked in the one of both contenders' device."""
    task, finding, found = answer.task, answer.finding, []
    for device in answer.devices:
        rows = [row for table in task.tables if table.device == device for row in table.rows]
        mark = None
        if finding and finding.crossover and (finding.large or ("", ""))[1] == device:
            mark = (*finding.crossover, crossover(language, answer))
        figure = curves_figure(language, task.metric, rows, mark)
        if figure is not None:
            several = len(answer.devices) > 1
            found.append((figure, figure.title + (f" · {device}" if several else "")))
    return found


def _balance(answer: Answer, seen: Seen) -> tuple[list[tuple[str, float]], int]:
    """The classes' shares in the test part, largest first, and how many are not shown."""
    card = answer.task.card
    for row in (answer.classical, answer.large):
        if row is not None and place(row) in seen:
            shares = seen[place(row)].balance
            classes = card.classes if card else ()
            named = [(_class(classes, i), share) for i, share in enumerate(shares)]
            ordered = sorted(named, key=lambda pair: -pair[1])
            return ordered[:CLASSES], max(0, len(shares) - CLASSES)
    return [], 0


def facts(language: Language, task: Task, board: Board) -> list[tuple[str, str, bool]]:
    """Label, text, and whether the text is the card's own English."""
    card = task.card
    licence = f"{task.licence} · {language.word('origin', task.data_origin)}"
    metric = language.metric(task.metric.name)
    found = [
        (language.t("task.kind"),
         f"{language.word('modality', task.modality)}, {language.word('kind', task.kind)}", False),
        (language.t("task.metric"), metric, False),
        (language.t("task.licence"), licence, False),
    ]  # fmt: skip
    if card:
        found.append((language.t("task.origin"), card.origin, True))
        found.append((language.t("task.size"), _size(language, task), False))
        found.append((language.t("task.split"), card.split.scheme, True))
        found.append((language.t("task.leak"), card.split.why, True))
        if card.costs:
            text = language.t("task.costs_text", missed=f"{card.costs.missed:g}",
                              false_alarm=f"{card.costs.false_alarm:g}",
                              currency=card.costs.currency)  # fmt: skip
            found.append((language.t("task.costs"), f"{text}. {card.costs.why}", True))
    else:
        found.append((language.t("task.split"), task.scheme, True))
    for digest in _digests(task, board):
        found.append((language.t("task.sha"), digest, True))
    return found


def _size(language: Language, task: Task) -> str:
    card = task.card
    assert card is not None
    parts = (card.split.n_train, card.split.n_valid, card.split.n_test)
    if None in parts:
        return language.t("task.of", n=card.n_examples)
    named = zip(("train", "valid", "test"), parts, strict=True)
    return language.t("task.sizes", n=card.n_examples, **dict(named))


def _digests(task: Task, board: Board) -> list[str]:
    """The data's sha256 in the first records there are: one a seed, at most three."""
    for row in (row for table in task.main for row in table.rows):
        digests = [r["data_sha256"] for r in board.records[place(row)] if r["data_sha256"]]
        if digests:
            return list(dict.fromkeys(digests))[:3]
    return []


def rival(table: Table, row: Row) -> Row | None:
    """The contender of the other side: classical for a large model, large for any other."""
    return table.best("classical" if row.family == "pretrained" else "pretrained")
