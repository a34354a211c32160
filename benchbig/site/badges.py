"""Badges: a small picture a task and a model that others can put beside their own text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchbig.site.answers import Answer
from benchbig.site.language import Language
from benchbig.site.ranking import Standing
from benchbig.tables.words import printable

# Verdana at 11 pixels: about so wide by the kind of letter; textLength makes it fit to the pixel.
NARROW, WIDE = frozenset("iljtfrI.,:;|!'()[] "), frozenset("mwMW@%")
MOST = 40  # letters of a name; a very long one is cut
COLOURS = {
    "adopt_large": "#a8430f", "means_large": "#a8430f",
    "keep_classical": "#1b5e88", "means_classical": "#1b5e88",
}  # fmt: skip
OTHERWISE = "#5c6369"


@dataclass(frozen=True)
class Badge:
    """label and message: its two halves; left, right: their widths in pixels."""

    label: str
    message: str
    colour: str

    @property
    def left(self) -> int:
        return width(self.label)

    @property
    def right(self) -> int:
        return width(self.message)

    @property
    def text(self) -> str:
        return f"{self.label}: {self.message}"


def width(text: str) -> int:
    """Pixels of a half with its margins."""
    letters = sum(4 if c in NARROW else 10 if c in WIDE else 7 if c.isascii() else 11 for c in text)
    return letters + 14


def of_task(language: Language, answer: Answer) -> Badge:
    """The verdict on the task, else which mean is ahead."""
    name = answer.finding.verdict if answer.finding else _ahead(answer)
    key = f"verdict.{name}" if answer.finding else f"badge.{name}"
    return Badge(_cut(answer.task.name), language.t(key), COLOURS.get(name, OTHERWISE))


def _ahead(answer: Answer) -> str:
    difference = answer.difference
    if difference is None:
        return "open" if _measured(answer) else "none"
    digits, higher = answer.task.metric.digits, answer.task.metric.higher_is_better
    gain = round(difference if higher else -difference, digits)
    return "means_tie" if gain == 0 else "means_large" if gain > 0 else "means_classical"


def _measured(answer: Answer) -> bool:
    return any(row.value is not None for table in answer.task.main for row in table.rows)


def of_model(language: Language, model: str, standings: Sequence[Standing]) -> Badge:
    """The model's win rate over its tasks, in the modality where it has most of them."""
    own = [one for one in standings if one.model == model and one.tasks]
    if not own:
        return Badge(_cut(model), language.t("badge.none"), OTHERWISE)
    most = max(own, key=lambda one: one.tasks)
    return Badge(_cut(model), language.t("badge.win", win=language.share(most.win)), "#2f6b4f")


def _cut(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= MOST else f"{shown[: MOST - 1]}…"
