"""What a fit told of itself, as plain values that a record can hold."""

from __future__ import annotations

import math
import operator
from typing import Any

from benchbig.data import Notes
from benchbig.record import Record

COUNTS = ("n_params", "n_trainable", "artifact_bytes", "n_train_used")


def plain(notes: Notes) -> Record:
    """The notes as record fields; numpy's numbers become Python's.

    Raises TypeError or ValueError, naming the note, where one is not what it must be.
    """
    return {
        **{name: _count(name, getattr(notes, name)) for name in COUNTS},
        "precision": None if notes.precision is None else str(notes.precision),
        "shared_s": _seconds(notes.shared_s),
        "warnings": [str(warning) for warning in notes.warnings],
    }


def _count(name: str, seen: Any) -> int | None:
    if seen is None:
        return None
    try:
        number = operator.index(seen)
    except TypeError:
        raise TypeError(f"notes.{name} must be a whole number or None, not {seen!r}") from None
    if number < 0:
        raise ValueError(f"notes.{name} must be 0 or more, not {number}")
    return number


def _seconds(seen: Any) -> float:
    if not math.isfinite(seen) or seen < 0:
        raise ValueError(f"notes.shared_s must be seconds, 0 or more, not {seen!r}")
    return float(seen)
