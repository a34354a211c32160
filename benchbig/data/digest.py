"""The sha256 of a loaded split, so that two records show whether they saw the same data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchbig.data.parts import Array, Part, Split


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


def _pieces(part: Part) -> list[bytes]:
    pieces = [np.ascontiguousarray(part.y).tobytes(), ids_sha256(part.ids).encode()]
    if isinstance(part.X, pd.DataFrame):
        for name, values in zip(part.X, _columns(part.X), strict=True):
            pieces += [str(name).encode(), values]
    elif part.X.dtype == object:
        pieces += [len(text).to_bytes(8, "little") + text.encode() for text in map(str, part.X)]
    else:
        pieces.append(np.ascontiguousarray(part.X).tobytes())
    return pieces


def _columns(frame: pd.DataFrame) -> Iterator[bytes]:
    """The values of each column; out of one array where all are of one type of number."""
    types = set(frame.dtypes)
    if len(types) == 1 and isinstance(next(iter(types)), np.dtype):
        # The same bytes sooner: pandas makes an object of each column that it is asked for.
        for values in frame.to_numpy().T:
            yield np.ascontiguousarray(values).tobytes()
    else:
        for _, column in frame.items():
            yield _column(column)


def _column(column: pd.Series) -> bytes:
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = "\0".join(map(str, column.cat.categories))
        return names.encode() + np.ascontiguousarray(column.cat.codes).tobytes()
    return np.ascontiguousarray(column.to_numpy()).tobytes()
