"""What the page of a task shows: its tables, charts, facts."""

from __future__ import annotations

import shlex
from typing import Any

from benchbig.site import examples
from benchbig.site.answer_words import crossover, told
from benchbig.site.answers import Answer
from benchbig.site.board import Board, Table, Task, place
from benchbig.site.charts.cost import cost_figure
from benchbig.site.charts.curves import curves_figure
from benchbig.site.charts.figure import Figure
from benchbig.site.charts.seeds import seeds_figure
from benchbig.site.contenders import Mistakes, Places, named, predictions
from benchbig.site.language import Language
from benchbig.site.notes import notes
from benchbig.site.predicted.classes import Drawn
from benchbig.site.task_facts import facts
from benchbig.tables.row import Row

LINES = 100  # of a table in the page; the full table holds the rest
CLASSES = 12
Charts = list[tuple[Figure, str]]


def task_page(language: Language, board: Board, answer: Answer, seen: Places) -> dict[str, Any]:
    """The context of task.html.j2."""
    task = answer.task
    parts = [(_part(language, board, task, table, seen), table.main)
             for table in reversed(task.tables)]  # fmt: skip
    classes, more = _balance(answer, seen)
    return {
        "task": task,
        "answer": told(language, answer),
        "parts": [part for part, main in parts if main],
        "smaller": [part for part, main in parts if not main],
        "curves": _curves(language, answer),
        "facts": facts(language, task),
        "examples": examples.read(task.card),
        "classes": classes,
        "more_classes": more,
        "repeat": f"benchbig run --task {shlex.quote(task.name)}",
    }


def _part(
    language: Language, board: Board, task: Task, table: Table, seen: Places
) -> dict[str, Any]:
    """A table with its notes and, for the main one, its charts."""
    charts: Charts = []
    mistakes: Mistakes = []
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
    language: Language, board: Board, task: Task, table: Table, seen: Places
) -> tuple[Charts, Mistakes]:
    seeds = {row.model: board.values[place(row)] for row in table.rows}
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
    drawn, mistakes = predictions(language, task, table, seen)
    found += [(figure, "") for figure in drawn]
    return [(one, _caption(language, one, text)) for one, text in found if one], mistakes


def _caption(language: Language, figure: Figure, text: str) -> str:
    """What stands below a chart, and how many rows it has no room for."""
    told = text or figure.title
    more = language.t("chart.left_out", n=figure.left_out) if figure.left_out else ""
    return f"{told.removesuffix('.')}. {more}" if more else text


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


def _balance(answer: Answer, seen: Places) -> tuple[list[tuple[str, float]], int]:
    """The classes' shares in the test part, largest first, and how many are not shown."""
    card = answer.task.card
    for row in (answer.classical, answer.large):
        drawn = seen.get(place(row)) if row is not None else None
        if isinstance(drawn, Drawn):
            shares = drawn.balance
            classes = card.classes if card else ()
            called = [(named(classes, i), share) for i, share in enumerate(shares)]
            ordered = sorted(called, key=lambda pair: -pair[1])
            return ordered[:CLASSES], max(0, len(shares) - CLASSES)
    return [], 0


def rival(table: Table, row: Row) -> Row | None:
    """The contender of the other side: classical for a large model, large for any other."""
    return table.best("classical" if row.family == "pretrained" else "pretrained")
