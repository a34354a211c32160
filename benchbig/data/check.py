"""Is a loaded split sound? Refuses one that leaks, has one class or does not fit its card."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from benchbig.cards import TaskCard
from benchbig.data.check_histories import check_histories
from benchbig.data.parts import Array, Part, Split
from benchbig.errors import BenchError

PARTS = ("train", "valid", "test")


def check_split(split: Split, task: TaskCard) -> None:
    """Raise BenchError with one sentence about the first thing that is wrong."""
    if not isinstance(split, Split):
        raise BenchError(f"{task.name}: load() must return a Split, not {type(split).__name__}")
    parts = {name: getattr(split, name) for name in PARTS}
    for name, part in parts.items():
        _check_part(part, f"{task.name}: the {name} part", task)
    if task.kind == "ranking":
        check_histories(split, task)
        return
    columns = _columns(split.train)
    for name, part in parts.items():
        if part is not split.train and _columns(part) != columns:
            raise BenchError(f"{task.name}: the {name} part has other columns than the train part")
        if task.modality == "image" and _size(part) != _size(split.train):
            raise BenchError(
                f"{task.name}: the {name} part has pictures of {_size(part)}, "
                f"the train part of {_size(split.train)}; all must be of one size"
            )
    leaks = f"{task.name}: the split leaks"
    if not _distinct(np.concatenate([part.ids for part in parts.values()])):
        _check_apart({name: part.ids for name, part in parts.items()}, leaks, "id")
    groups = {name: part.groups for name, part in parts.items() if part.groups is not None}
    _check_apart(groups, leaks, "group")


def _check_part(part: Part, where: str, task: TaskCard) -> None:
    if not isinstance(part, Part):
        raise BenchError(f"{where} must be a Part, not {type(part).__name__}")
    lengths = {"X": len(part.X), "y": len(part.y), "ids": len(part.ids)}
    if len(set(lengths.values())) != 1 or not lengths["y"]:
        raise BenchError(f"{where} must have as many ids and y as X, and at least one: {lengths}")
    if part.groups is not None and len(part.groups) != len(part.X):
        raise BenchError(f"{where} has {len(part.groups)} groups for {len(part.X)} rows of X")
    if task.modality == "image":
        _check_pictures(part.X, where, task)
    if not _distinct(part.ids):
        raise BenchError(f"{where} has an id twice; ids must be unique")
    if task.kind in ("binary", "multiclass"):
        _check_classes(part.y, where, task)
    if task.kind == "regression" and not (
        part.y.dtype == np.float64 and part.y.ndim == 1 and np.isfinite(part.y).all()
    ):
        raise BenchError(
            f"{where} has y of {part.y.dtype} {part.y.shape}; real targets must be float64 (n,), "
            "none of them NaN or infinite"
        )


def _check_pictures(X: Any, where: str, task: TaskCard) -> None:
    seen = f"{X.dtype} {X.shape}" if isinstance(X, np.ndarray) else type(X).__name__
    if not isinstance(X, np.ndarray) or X.dtype != np.uint8 or X.ndim not in (3, 4):
        raise BenchError(
            f"{where} has X {seen}; pictures must be a uint8 array (n, h, w) or (n, h, w, c)"
        )
    if task.grey and X.ndim == 4:
        raise BenchError(f"{where} has X {seen}: colours, where the card says grey = true")


def _distinct(values: Array) -> bool:
    """Whether none stands there twice; in a fraction of the time that finding them takes."""
    ordered = np.sort(values)
    return not (ordered[1:] == ordered[:-1]).any()


def _columns(part: Part) -> tuple[list[Any], list[Any]]:
    """Names and types of a table's columns, categories included; none for texts and pictures."""
    types = getattr(part.X, "dtypes", None)  # asked for once: a frame makes them anew each time
    return ([], []) if types is None else (list(types.index), list(types))


def _size(part: Part) -> tuple[int, ...]:
    """What one picture measures."""
    return np.shape(np.asarray(part.X))[1:]


def _check_classes(y: Array, where: str, task: TaskCard) -> None:
    if y.dtype.kind not in "iu":
        raise BenchError(f"{where} has y of {y.dtype}; classes must be whole numbers from 0")
    least, most = y.min(), y.max()
    if least < 0 or most >= (task.n_classes or 0):
        raise BenchError(
            f"{where} has a class {most if least >= 0 else least}; "
            f"the card's n_classes {task.n_classes} allows 0 to {(task.n_classes or 0) - 1}"
        )
    if least == most:
        raise BenchError(f"{where} has labels of one class, {least}; at least two are needed")


def _check_apart(of_parts: dict[str, Array], where: str, what: str) -> None:
    for (one, a), (two, b) in combinations(of_parts.items(), 2):
        common = np.intersect1d(a, b)
        if len(common):
            raise BenchError(
                f"{where}: {what} {common[0]} and {len(common) - 1} more stand in {one} and {two}; "
                f"every {what} belongs to one part"
            )
