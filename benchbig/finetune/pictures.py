"""How does an image network, left as it came, embed pictures as fast as it can without loss?"""

from __future__ import annotations

import functools
import hashlib
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from benchbig.data import Notes
from benchbig.data.parts import Array
from benchbig.finetune import efficientnet, embeddings, pixels, precision, vision
from benchbig.finetune import weights as files
from benchbig.finetune.efficientnet import EfficientNetLite0
from benchbig.finetune.embeddings import Shared, Shelf
from benchbig.finetune.vision import Vision
from benchbig.preprocess.resize import resize
from benchbig.preprocess.shared import charged

Floats = np.ndarray[Any, np.dtype[np.float32]]
TRIED = 32  # pictures on which bf16 must agree with fp32 before it is used
BATCH = 64


class Eye(NamedTuple):
    """A network that learns nothing. side: pixels a side that it is shown; path: where its
    embeddings are kept; bf16: whether it computes in that; seconds: what reading it took."""

    network: EfficientNetLite0 | Vision
    side: int
    path: Path
    device: str
    bf16: bool
    seconds: float = 0.0


def prepare(weights: Path, side: int, cache: Path, device: str, X: Array, notes: Notes) -> Eye:
    """Read the network, in bf16 where the chip is fast at it and the first pictures agree.

    notes: told what was spared or spent (`charged`).
    """
    few = np.ascontiguousarray(X[:TRIED])
    return charged(_prepare, notes, weights, side, cache, device, few.shape, few.tobytes())


def shared(eye: Eye, X: Array) -> Shared:
    """The embeddings, kept ones where there are any, the others computed and kept."""
    names = np.array([hashlib.sha256(picture.tobytes()).hexdigest() for picture in X], "S64")
    kept = embeddings.read(eye.path, 0)
    missing, first = np.unique(names, return_index=True)
    new = ~np.isin(missing, kept.names)
    missing, first = missing[new], first[new]
    spared = float(kept.seconds[np.isin(kept.names, names)].sum())
    began = time.perf_counter()
    if len(missing):
        # In whole batches: in one of another size a picture's last digits may differ, and what is
        # kept is met again among others.
        vectors = anew(eye, X[np.resize(first, -(-len(first) // BATCH) * BATCH)])[: len(first)]
        seconds = np.full(len(missing), (time.perf_counter() - began) / len(missing), np.float32)
        # Read again: another job may have added to the file meanwhile.
        kept = embeddings.read(eye.path, vectors.shape[1])
        kept = embeddings.merge(kept, Shelf(missing, vectors, seconds))
        embeddings.write(eye.path, kept)
    filled_s = time.perf_counter() - began if len(missing) else 0.0
    return Shared(kept.vectors[np.searchsorted(kept.names, names)], spared, filled_s)


def anew(eye: Eye, X: Array) -> Floats:
    """The embeddings (n, width) of length 1, computed now."""
    parts = [_embed(eye, X[start : start + BATCH]) for start in range(0, len(X), BATCH)]
    return np.concatenate(parts)


def side_for(X: Array, least: int, most: int) -> int:
    """Pixels a side at which pictures (n, h, w[, c]) are shown: their own, within these bounds."""
    return int(min(max(*X.shape[1:3], least), most))


def tensor(X: Array, device: str) -> torch.Tensor:
    """Pictures (n, h, w[, c]) of bytes as the network wants them, its channels last in memory."""
    return pixels.tensor(X, device).to(memory_format=torch.channels_last)


def _embed(eye: Eye, X: Array) -> Floats:
    """One batch, scaled to side x side."""
    x = tensor(resize(X, eye.side, eye.side), eye.device)
    with torch.inference_mode(), torch.autocast(eye.device, torch.bfloat16, enabled=eye.bf16):
        found = eye.network.embed(x).float()
    return np.asarray(torch.nn.functional.normalize(found, dim=1).cpu().numpy())


@functools.lru_cache(maxsize=1)  # the trials of a search share one network in memory
def _prepare(
    weights: Path, side: int, cache: Path, device: str, shape: tuple[int, ...], raw: bytes
) -> Eye:
    began = time.perf_counter()
    read = efficientnet.read if weights.is_file() else vision.read
    exact = Eye(read(weights, device), side, cache, device, bf16=False)
    bf16 = precision.fast_bf16(device)
    if bf16:
        few = np.frombuffer(raw, np.uint8).reshape(shape).copy()  # torch wants it writable
        bf16 = precision.agree(anew(exact, few), anew(exact._replace(bf16=True), few))
    sha256 = files.sha256(weights)
    identity = (sha256, "bicubic", side, bf16, device, torch.__version__)
    name = hashlib.sha256(repr(identity).encode()).hexdigest()[:16]
    path = cache / "embeddings" / f"{name}.npz"
    return exact._replace(bf16=bf16, path=path, seconds=time.perf_counter() - began)
