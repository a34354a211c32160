"""The sha256 of a loaded split, so that two records show whether they saw the same data."""

from __future__ import annotations

import hashlib

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
        for name, column in part.X.items():
            pieces += [str(name).encode(), _column(column)]
    elif part.X.dtype == object:
        pieces += [len(text).to_bytes(8, "little") + text.encode() for text in map(str, part.X)]
    else:
        pieces.append(np.ascontiguousarray(part.X).tobytes())
    return pieces


def _column(column: pd.Series) -> bytes:
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = "\0".join(map(str, column.cat.categories))
        return names.encode() + np.ascontiguousarray(column.cat.codes).tobytes()
    return np.ascontiguousarray(column.to_numpy()).tobytes()
