"""Is a ranking task's split sound? Each user's past leads up to what was held out."""

from __future__ import annotations

import numpy as np

from benchbig.cards import TaskCard
from benchbig.data.histories import NOTHING, Histories
from benchbig.data.parts import Array, Part, Split
from benchbig.errors import BenchError


def check_histories(split: Split, task: TaskCard) -> None:
    """Raise BenchError with one sentence about the first thing that is wrong.

    A user may stand in all three parts; what he chose in training must be the beginning of what
    is known of him at validation, and that the beginning of what is known at the test.
    """
    for name in ("train", "valid", "test"):
        part: Part = getattr(split, name)
        where = f"{task.name}: the {name} part"
        if not isinstance(part.X, Histories):
            raise BenchError(f"{where} has X {type(part.X).__name__}; ranking needs Histories")
        if part.X.n_items != task.n_items or len(part.X.items) != task.n_items:
            raise BenchError(
                f"{where} has {part.X.n_items} texts and {len(part.X.items)} rows of items; "
                f"the card's n_items is {task.n_items}"
            )
        if name != "train":
            _check_held(part.X, part.y, where, task)
    _check_past(split.train, split.valid, f"{task.name}: the split leaks", ("train", "valid"))
    _check_past(split.valid, split.test, f"{task.name}: the split leaks", ("valid", "test"))
    _check_past(split.train, split.test, f"{task.name}: the split leaks", ("train", "test"))


def _check_held(X: Histories, y: Array, where: str, task: TaskCard) -> None:
    """Every user has items held out, each of them once, new to him unless the card allows not."""
    if y.ndim != 2 or y.dtype.kind != "i" or not (y > NOTHING).any(axis=1).all():
        raise BenchError(
            f"{where} has y of {y.dtype} {y.shape}; it must be (n, m) items held out, filled up "
            f"with {NOTHING}, at least one a user"
        )
    if y.min() < NOTHING or y.max() >= X.n_items:
        raise BenchError(f"{where} has an item {y.max()}; items are 0 to {X.n_items - 1}")
    row, place = np.nonzero(y > NOTHING)
    held = row * X.n_items + y[row, place]
    if len(np.unique(held)) != len(held):
        raise BenchError(f"{where} holds an item out twice for one user")
    if not task.repeats and np.isin(held, X.row * X.n_items + X.item).any():
        raise BenchError(
            f"{where} holds out what its user is known to have chosen; drop it, or say "
            "'repeats = true' on the card"
        )


def _check_past(early: Part, late: Part, where: str, names: tuple[str, str]) -> None:
    """Where a user stands in both parts, the earlier history begins the later one."""
    a, b = early.X, late.X
    assert isinstance(a, Histories)
    assert isinstance(b, Histories)
    _, rows, others = np.intersect1d(a.user, b.user, return_indices=True)
    for row, other in zip(rows, others, strict=True):
        past = a.of(row)
        if not np.array_equal(past, b.of(other)[: len(past)]):
            raise BenchError(
                f"{where}: what user {a.user[row]} chose in {names[0]} is not the beginning of "
                f"his history in {names[1]}"
            )
