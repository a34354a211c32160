"""A few real examples of a task, as they were taken from its training part and stored.

`leaderboard/examples/TASK.json` beside the `tasks/` folder of the task's card, built-in or a
plugin's; written by `benchbig leaderboard examples`. A site is built without the data.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchbig.cards import TaskCard
from benchbig.errors import BenchError


@dataclass(frozen=True)
class Examples:
    """labels: what is true of each of n examples, in words.

    One of: columns with cells (an example's, as texts) and more, how many columns are not shown;
    texts; pictures as data: addresses; lists, what each of n users chose before, oldest first.
    version: of the task.
    """

    version: int
    labels: tuple[str, ...]
    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    more: int = 0
    texts: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    lists: tuple[tuple[str, ...], ...] = ()

    @property
    def lines(self) -> list[tuple[str, tuple[str, ...]]]:
        """A line a column: its name, and what each example has there."""
        return list(zip(self.columns, zip(*self.cells, strict=True), strict=True))


def stored(card: TaskCard) -> Path:
    """Where a task's examples lie."""
    return card.path.parent.parent / "leaderboard" / "examples" / f"{card.name}.json"


def read(card: TaskCard | None) -> Examples | None:
    """What is stored of a task; None where nothing is, or of another version of it.

    Raises BenchError for a file that is broken.
    """
    if card is None or not card.examples or not stored(card).is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(stored(card).read_text(encoding="utf-8"))
        made = Examples(**{name: _frozen(value) for name, value in found.items()})
    except (ValueError, TypeError):
        raise BenchError(
            f"{stored(card)}: not a task's examples; type: benchbig leaderboard examples "
            f"--task {card.name}"
        ) from None
    safe = all(picture.startswith("data:image/") for picture in made.pictures)
    return made if made.version == card.version and safe else None


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def write(card: TaskCard, examples: Examples) -> Path:
    """Store a task's examples, a line a field."""
    path = stored(card)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {name: value for name, value in asdict(examples).items() if value or name == "version"}
    lines = (f"{json.dumps(name)}: {json.dumps(v, ensure_ascii=False)}" for name, v in told.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path
