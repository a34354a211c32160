"""Which texts has this frozen encoder seen before? Embed the others, and keep them.

Seeds, heads, trials and training sizes share their texts, so each text is embedded once. The
seconds a text took are kept with its vector: whoever is spared them still owes them to its record.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from benchbig.finetune import encoder as encoders
from benchbig.finetune.encoder import Encoder

Floats = np.ndarray[Any, np.dtype[np.float32]]
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


class Shelf(NamedTuple):
    """What is kept: names (m,) of texts, ascending; vectors (m, h); seconds (m,) each took."""

    names: np.ndarray[Any, np.dtype[np.bytes_]]
    vectors: Floats
    seconds: Floats


class Shared(NamedTuple):
    """vectors: (n, h) in the texts' order; shared_s: seconds spared by what was kept;
    filled_s: seconds spent on what was not."""

    vectors: Floats
    shared_s: float
    filled_s: float


def shelf_path(cache: Path, weights: str, encoder: Encoder, device: str) -> Path:
    """Where the embeddings of these weights lie, as computed in this type on this device."""
    around: tuple[Any, ...] = (encoder.pooling, encoder.before, encoder.after)
    around += (encoder.prefix,) if encoder.prefix else ()
    kind = str(encoder.network.dtype)
    padded = f"to {encoders.GRAIN}"
    identity = (weights, kind, encoder.max_tokens, padded, *around, device, torch.__version__)
    name = hashlib.sha256(repr(identity).encode()).hexdigest()[:16]
    return cache / "embeddings" / f"{name}.npz"


def embed(encoder: Encoder, texts: Sequence[str], path: Path, device: str) -> Shared:
    """The texts' embeddings, those at `path` read, the others computed and added to it."""
    names = np.array([hashlib.sha256(str(text).encode()).hexdigest() for text in texts], "S64")
    kept = read(path, encoder.width)
    missing = np.unique(names[~np.isin(names, kept.names)])
    spared = float(kept.seconds[np.isin(kept.names, names)].sum())
    began = time.perf_counter()
    if len(missing):
        first = {name: at for at, name in reversed(list(enumerate(names)))}
        rows = encoders.tokenise(encoder, [texts[first[name]] for name in missing])
        vectors = encoders.embed(encoder, rows, device)
        tokens = np.array([len(row) for row in rows], dtype=np.float32)
        seconds = tokens / tokens.sum() * np.float32(time.perf_counter() - began)
        # Read again: another job may have added to the file meanwhile.
        kept = merge(read(path, encoder.width), Shelf(missing, vectors, seconds))
        write(path, kept)
    filled_s = time.perf_counter() - began if len(missing) else 0.0
    return Shared(kept.vectors[np.searchsorted(kept.names, names)], spared, filled_s)


def merge(kept: Shelf, new: Shelf) -> Shelf:
    """Both, each text once."""
    names, first = np.unique(np.concatenate([kept.names, new.names]), return_index=True)
    vectors = np.concatenate([kept.vectors, new.vectors])[first]
    return Shelf(names, vectors, np.concatenate([kept.seconds, new.seconds])[first])


def read(path: Path, width: int) -> Shelf:
    """What is kept at `path`; nothing where there is no such file or it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return Shelf(file["names"], file["vectors"], file["seconds"])
    except UNREADABLE:
        return Shelf(np.empty(0, "S64"), np.empty((0, width), np.float32), np.empty(0, np.float32))


def write(path: Path, shelf: Shelf) -> None:
    """Put the file in place in one step, so that a reader never meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, names=shelf.names, vectors=shelf.vectors, seconds=shelf.seconds)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
