"""The sha256 of a loaded split, so that two records show whether they saw the same data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchbig.data.histories import Histories
from benchbig.data.parts import Array, Part, Split

OBJECT = np.dtype(object)
Piece = bytes | memoryview  # of an array, whose bytes are hashed without a copy


def split_sha256(split: Split) -> str:
    """64 hexadecimal digits over the values, labels and ids of all three parts, in order."""
    digest = hashlib.sha256()
    for part in (split.train, split.valid, split.test):
        for piece in _pieces(part):
            digest.update(piece)
    return digest.hexdigest()


def ids_sha256(ids: Array) -> str:
    """64 hexadecimal digits over the ids, in order."""
    return hashlib.sha256(np.ascontiguousarray(ids, dtype="<i8").tobytes()).hexdigest()


def _pieces(part: Part) -> list[Piece]:
    pieces: list[Piece] = [np.ascontiguousarray(part.y).tobytes(), ids_sha256(part.ids).encode()]
    if isinstance(part.X, Histories):
        return pieces + _histories(part.X)
    if isinstance(part.X, pd.DataFrame):
        return pieces + _frame(part.X)
    if part.X.dtype == object:
        return pieces + _texts(part.X)
    return [*pieces, np.ascontiguousarray(part.X).tobytes()]


def _frame(frame: pd.DataFrame) -> list[Piece]:
    named = zip(frame.columns, _columns(frame), strict=True)
    return [piece for name, values in named for piece in (str(name).encode(), values)]


def _texts(texts: Array) -> list[bytes]:
    return [len(text).to_bytes(8, "little") + text.encode() for text in map(str, texts)]


def _histories(X: Histories) -> list[Piece]:
    arrays = (X.user, X.first, X.item, X.time)
    whole: list[Piece] = [np.ascontiguousarray(array, dtype="<i8").tobytes() for array in arrays]
    return [*whole, *_frame(X.users), *_frame(X.items), *_texts(X.texts)]


def _columns(frame: pd.DataFrame) -> Iterator[Piece]:
    """The values of each column; out of one array where all are of one type of number."""
    types = set(frame.dtypes)
    if len(types) == 1 and isinstance(next(iter(types)), np.dtype) and types != {OBJECT}:
        # The same bytes sooner: pandas makes an object of each column that it is asked for.
        for values in np.ascontiguousarray(frame.to_numpy().T).view(np.uint8):
            yield values.data
    else:
        for _, column in frame.items():
            yield _column(column)


def _column(column: pd.Series) -> bytes:
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = "\0".join(map(str, column.cat.categories))
        return names.encode() + np.ascontiguousarray(column.cat.codes).tobytes()
    values = column.to_numpy()
    if values.dtype == OBJECT:  # whose own bytes are addresses, others in each process
        return b"".join(_texts(values))
    return np.ascontiguousarray(values).tobytes()
