"""Take a few examples from a task's training part, small enough for a page.

Only from the training part: a test example on a page would teach the next model.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchbig.cards import TaskCard
from benchbig.data.histories import NOTHING, Histories
from benchbig.data.parts import Array, Part
from benchbig.site.examples import Examples
from benchbig.tables.words import printable

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 4
COLUMNS = 12
LETTERS = 200
SIDE = 64  # pixels of a thumbnail
PICTURE_BYTES = 3000  # four thirds of that as base64
QUALITIES = (85, 70, 50, 30)
BEFORE = 5  # of what a user chose


def excerpt(card: TaskCard, train: Part) -> Examples:
    """EXAMPLES of them, of as many classes as there are; the same each time."""
    part = train.take(_chosen(train))
    labels = tuple(_label(card, part, row) for row in range(len(part)))
    X = part.X
    if isinstance(X, Histories):
        lists = tuple(tuple(_text(t) for t in X.texts[X.of(r)[-BEFORE:]]) for r in range(len(X)))
        return Examples(card.version, labels, lists=lists)
    if not isinstance(X, np.ndarray):
        names = list(X.columns)[:COLUMNS]
        cells = tuple(_cells(X[names].iloc[row]) for row in range(len(X)))
        columns = tuple(_text(name) for name in names)
        return Examples(card.version, labels, columns, cells, X.shape[1] - len(names))
    if X.dtype == object:
        return Examples(card.version, labels, texts=tuple(_text(text) for text in X))
    return Examples(card.version, labels, pictures=tuple(_picture(pixels) for pixels in X))


def _chosen(train: Part) -> Array:
    """Rows by chance, at most EXAMPLES; of classes that are rare as many as of common ones."""
    order = np.random.default_rng(0).permutation(len(train))
    if train.y.ndim > 1 or train.y.dtype.kind == "f":
        return order[:EXAMPLES]
    y = train.y[order]
    # The first of each class, then the second of each, and so on.
    turn = np.zeros(len(y), dtype=np.int64)
    for one in np.unique(y):
        turn[y == one] = np.arange((y == one).sum())
    taken = order[np.argsort(turn, kind="stable")[:EXAMPLES]]
    return np.asarray(taken[np.argsort(train.y[taken], kind="stable")])


def _label(card: TaskCard, part: Part, row: int) -> str:
    y = part.y[row]
    if isinstance(part.X, Histories):
        return "; ".join(_text(part.X.texts[item]) for item in y[y > NOTHING][:1])
    if part.y.dtype.kind == "f":
        return f"{float(y):.6g}"
    return card.classes[int(y)] if int(y) < len(card.classes) else str(int(y))


def _cells(values: pd.Series[Any]) -> tuple[str, ...]:
    return tuple(_cell(value) for value in values)


def _cell(value: object) -> str:
    if value is None or value != value:  # NaN
        return ""
    if not isinstance(value, (int, float, np.number)):
        return _text(value)
    number = float(value)
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e9 else f"{number:.5g}"


def _text(text: object) -> str:
    told = " ".join(printable(line) for line in str(text).split())
    return told if len(told) <= LETTERS else f"{told[: LETTERS - 1]}…"


def _picture(pixels: Array) -> str:
    """A thumbnail as a data: address: PNG where that is small, else JPEG."""
    from PIL import Image

    image = Image.fromarray(np.squeeze(pixels))
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    sides: Sequence[tuple[str, dict[str, int | bool]]] = [
        ("png", {"optimize": True}), *(("jpeg", {"quality": one}) for one in QUALITIES)
    ]  # fmt: skip
    for form, options in sides:
        sink = io.BytesIO()
        image.save(sink, form, **options)
        if sink.tell() <= PICTURE_BYTES:
            break
    return f"data:image/{form};base64,{base64.b64encode(sink.getvalue()).decode('ascii')}"
