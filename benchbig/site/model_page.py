"""What the page of a model shows: where it wins and loses, its card, how to run it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from benchbig.cards import ModelCard
from benchbig.site.board import Model, Table, Task
from benchbig.site.language import Language
from benchbig.site.notes import notes
from benchbig.site.ranking import Standing
from benchbig.site.task_page import rival
from benchbig.tables.row import Row

LINES = 100  # of its tasks in the page; the full table holds the rest
NOTES = 20
Place = tuple[Task, Table, Row, float]


def model_page(
    language: Language, model: Model, places: Sequence[Place], standings: Sequence[Standing]
) -> dict[str, Any]:
    """The context of model.html.j2. places: the model's rows of main tables, each
    with the share of the table that it leaves behind.
    """
    # Where it leaves most rivals behind comes first; equal ones keep the order of the tasks.
    lines = sorted(places, key=lambda place: -place[3])
    return {
        "model": model,
        "standings": [
            {
                "failed": one.failed,
                "told": _standing(language, one, standings),
            }
            for one in standings
            if one.model == model.name
        ],
        "lines": [
            {
                "task": task,
                "row": row,
                "of": len(table.rows),
                "several": len(task.main) > 1,
                "rival": rival(table, row),
            }
            for task, table, row, _ in lines[:LINES]
        ],
        "hidden": max(0, len(lines) - LINES),
        "notes": _notes(language, lines[:LINES])[:NOTES],
        "facts": facts(language, model),
        "repeat": _repeat(model, lines[0][0].name if lines else ""),
    }


def _standing(language: Language, one: Standing, standings: Sequence[Standing]) -> str:
    """Where the model stands among those of its kind of data."""
    modality = language.word("modality", one.modality)
    if one.rank is None:
        return language.t("model.unranked", modality=modality)
    of = sum(other.modality == one.modality for other in standings)
    first = language.t("count.tasks", n=one.first)
    return language.t("model.standing", modality=modality, rank=one.rank, of=of,
                      win=language.share(one.win), first=first)  # fmt: skip


def _notes(language: Language, lines: Sequence[Place]) -> list[str]:
    """What the rows rest on, each note once, with the tasks that it is about."""
    about: dict[str, list[str]] = {}
    for task, _, row, _ in lines:
        for text in notes(language, [row]):
            if text != language.t("note.marks"):
                about.setdefault(text, []).append(_title(language, task))
    everywhere = {_title(language, task) for task, *_ in lines}
    return [
        text if set(titles) == everywhere else f"{', '.join(dict.fromkeys(titles))}: {text}"
        for text, titles in about.items()
    ]


def _title(language: Language, task: Task) -> str:
    return language.title("task", task.name, task.title)


def _repeat(model: Model, task: str) -> str:
    named = f"--task {shlex.quote(task)} " if task else ""
    lines = [f"benchbig run {named}--model {shlex.quote(model.name)}"]
    if model.card and model.card.extra:
        lines.insert(0, f"pip install 'benchbig[{model.card.extra}]'")
    return "\n".join(lines)


def facts(language: Language, model: Model) -> list[tuple[str, str, bool]]:
    """Label, text, and whether the text is the card's own English."""
    found = [
        (language.t("model.family"), language.word("family", model.family), False),
        (language.t("model.adaptation"), language.word("adaptation", model.adaptation), False),
        (language.t("column.params"), language.large(model.n_params), False),
    ]
    if model.card is not None:
        found += _card(language, model.card)
    return found


def _card(language: Language, card: ModelCard) -> list[tuple[str, str, bool]]:
    t = language.t
    found = []
    for asset in card.assets.values():
        source = asset.pypi or asset.debian or asset.npm or asset.hub or asset.name
        digest = asset.sha256 or asset.archive_sha256
        found.append((t("model.weights"), f"{source} · sha256 {digest}", True))
        found.append((t("model.origin"), asset.origin, True))
    licence = card.licence or (t("model.none") if not card.assets else "")
    takes = ", ".join(
        [*(language.word("modality", name) for name in card.modalities),
         *(language.word("kind", name) for name in card.kinds)]
    )  # fmt: skip
    named = (
        ("model.licence", licence, False),
        ("model.takes", takes, False),
        ("model.limits", card.limits, True),
        ("model.params", ", ".join(f"{k} = {v}" for k, v in card.params.items()), True),
        ("model.search", "; ".join(f"{k}: {_range(v)}" for k, v in card.search.items()), True),
        ("model.needs", ", ".join(card.requires), True),
    )
    return found + [(t(key), text, english) for key, text, english in named if text]


def _range(choice: object) -> str:
    """A search range as the card has it."""
    if isinstance(choice, dict):
        return f"{choice['low']} .. {choice['high']}" + (" (log)" if choice.get("log") else "")
    return ", ".join(map(str, choice)) if isinstance(choice, list) else str(choice)
