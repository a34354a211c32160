"""How does an encoder, left as it came, embed texts as fast as this machine can without loss?"""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from benchbig.data import Context, Notes
from benchbig.finetune import embeddings, encoder, precision, prompt, weights
from benchbig.finetune.embeddings import Shared
from benchbig.finetune.encoder import Encoder
from benchbig.preprocess.shared import charged

TRIED = 64  # texts on which bf16 must agree with fp32 before it is used


class Frozen(NamedTuple):
    """An encoder that learns nothing. path: where its embeddings are kept; bf16: its precision;
    seconds: what reading it took."""

    encoder: Encoder
    path: Path
    device: str
    bf16: bool
    seconds: float


def of(context: Context, texts: Sequence[str]) -> Frozen:
    """The encoder that is the card's one asset, told what the texts are if it is a chatty one.

    params: max_tokens; prefix: words put before every text, none unless given.
    """
    (path,) = context.files.values()
    params, around = context.params, around_texts(path, context)
    prefix = params.get("prefix", "")
    device = context.device
    told = path, params["max_tokens"], context.cache, device, texts
    return prepare(*told, context.notes, around, prefix)


def around_texts(path: Path, context: Context) -> tuple[str, str]:
    """What is put around every text: a question for what reads from left to right, else nothing."""
    return prompt.around(context.task) if weights.causal(path) else ("", "")


def prepare(
    path: Path,
    max_tokens: int,
    cache: Path,
    device: str,
    texts: Sequence[str],
    notes: Notes,
    around: tuple[str, str] = ("", ""),
    prefix: str = "",
) -> Frozen:
    """Read the encoder, in bf16 where the chip is fast at it and some of the texts agree.

    notes: told what was spared or spent (`charged`).
    """
    few = tuple(str(text) for text in texts[:TRIED])
    return charged(_prepare, notes, path, max_tokens, cache, device, few, around, prefix)


def shared(frozen: Frozen, texts: Sequence[str]) -> Shared:
    """The embeddings, kept ones where there are any, and the seconds that those once took."""
    return embeddings.embed(frozen.encoder, texts, frozen.path, frozen.device)


def anew(frozen: Frozen, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The embeddings (n, h), computed now: what is timed must not come out of a file."""
    rows = encoder.tokenise(frozen.encoder, texts)
    return encoder.embed(frozen.encoder, rows, frozen.device)


@functools.lru_cache(maxsize=1)  # the trials of a search share one encoder in memory
def _prepare(
    path: Path,
    max_tokens: int,
    cache: Path,
    device: str,
    texts: tuple[str, ...],
    around: tuple[str, str],
    prefix: str,
) -> Frozen:
    began = time.perf_counter()
    read = functools.partial(encoder.read, path, max_tokens, device, around, prefix)
    found, bf16 = read(), False
    if precision.fast_bf16(device):
        bf16 = _agrees(found, texts, device)
        if not bf16:
            del found  # before the other needs its room
            found = read()
    found.network.to(torch.bfloat16 if bf16 else torch.float32)
    shelf = embeddings.shelf_path(cache, weights.sha256(path), found, device)
    return Frozen(found, shelf, device, bf16, time.perf_counter() - began)


def _agrees(found: Encoder, texts: tuple[str, ...], device: str) -> bool:
    """Whether both precisions give these texts the same embeddings. The weights are in bf16 then:
    a copy beside them might find no room."""
    rows = encoder.tokenise(found, texts)
    exact = encoder.embed(found, rows, device)
    found.network.to(torch.bfloat16)
    return precision.agree(exact, encoder.embed(found, rows, device))
