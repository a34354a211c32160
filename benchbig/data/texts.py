"""How does a file's list of labelled texts become a Part? Copies dropped, rows numbered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchbig.data.parts import Array, Part


def distinct(texts: Sequence[str], y: Array, groups: Array | None = None) -> Part:
    """Each different text once, as one Part in the file's order, before it is cut.

    texts: n texts of a file; y: (n,) classes; groups: (n,) what must not be torn apart. Of texts
    that are the `same` the first is kept, or none where they carry different classes; a text
    without a letter or digit is dropped. The row numbers in the file become the ids.
    """
    classes: dict[str, set[int]] = {}
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        key = same(text)
        classes.setdefault(key, set()).add(int(y[row]))
        first.setdefault(key, row)
    rows = [row for key, row in first.items() if key and len(classes[key]) == 1]
    everything = Part(
        np.array(texts, dtype=object),
        np.asarray(y, dtype=np.int64),
        np.arange(len(texts), dtype=np.int64),
        groups,
    )
    return everything.take(np.array(rows, dtype=np.int64))


def same(text: str) -> str:
    """What two texts share when they are one: their letters and digits, case aside."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
