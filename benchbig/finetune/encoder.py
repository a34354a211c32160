"""How does a pretrained text encoder turn texts to tokens, and tokens to vectors?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from transformers import AutoModel

from benchbig.finetune import batches, memory, weights

TOKENS = {"cpu": 2048, "cuda": 65536, "mps": 16384}  # a batch's tokens when only embedding
# Rows to be embedded are padded to a multiple of this, as many numbers as a vector register holds.
# What a row has beyond whole registers is summed another way, and would be summed the first way
# beside a longer row: an embedding's last digits would tell what it was computed beside.
GRAIN = 16


@dataclass(frozen=True)
class Encoder:
    """A pretrained encoder and its tokenizer.

    max_tokens: longer texts lose their middle. pooling: what stands for a text, the "mean" of its
    tokens, the "first" or the "last". before, after: tokens put around every text, in the place
    of the tokenizer's own. prefix: words put before every text, as some encoders were taught.
    """

    network: Any
    tokenizer: Any
    max_tokens: int
    pooling: str = "mean"
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    prefix: str = ""

    @property
    def width(self) -> int:
        return int(self.network.config.hidden_size)

    @property
    def fill(self) -> int:
        """The token that pads; which it is does not matter, it is masked."""
        known = (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id, 0)
        return int(next(token for token in known if token is not None))


class Size(NamedTuple):
    """What a network holds: how many numbers, how many of them learn, how many bytes they take."""

    numbers: int
    free: int
    bytes: int


def size(network: Any) -> Size:
    """The size of a network's weights, as they are now."""
    held = list(network.parameters())
    return Size(
        sum(w.numel() for w in held),
        sum(w.numel() for w in held if w.requires_grad),
        sum(w.numel() * w.element_size() for w in held),
    )


def read(
    path: Path,
    max_tokens: int,
    device: str,
    around: tuple[str, str] = ("", ""),
    prefix: str = "",
) -> Encoder:
    """Read an encoder's config, tokenizer and weights in fp32, from a folder or a .gguf file.

    around: what is put before and after every text; prefix: see Encoder. What stands for a text
    is what the folder says (sentence-transformers' 1_Pooling), else the last token where the
    network reads from left to right, else the mean.
    """
    tokenizer, network = weights.tokenizer(path), weights.network(path, AutoModel, device)
    # The pooler is trained for another end and unused here; its weights would count for nothing.
    if getattr(network, "pooler", None) is not None:
        network.pooler = None
    network.config.use_cache = False  # of keys and values, which are for writing on
    before, after = around
    return Encoder(
        network.to(device).eval(),
        tokenizer,
        max_tokens,
        weights.pooling(path),
        tuple(tokenizer(before)["input_ids"]) if before else (),
        tuple(tokenizer(after, add_special_tokens=False)["input_ids"]) if after else (),
        prefix,
    )


def tokenise(encoder: Encoder, texts: Sequence[str]) -> list[list[int]]:
    """The token ids of each text, special tokens included, at most `max_tokens`.

    A longer text keeps its two ends, which hold more of what it is about than its beginning does:
    Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?"
    """
    if len(texts) == 0:
        return []
    around = (*encoder.before, *encoder.after)
    most = encoder.max_tokens - len(around)
    rows: list[list[int]] = encoder.tokenizer(
        [f"{encoder.prefix}{text}" for text in texts],
        add_special_tokens=not around,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )["input_ids"]
    return [[*encoder.before, *ends(row, most), *encoder.after] for row in rows]


def ends(row: list[int], most: int) -> list[int]:
    """A row, or of a longer one its first and last tokens, half of `most` each."""
    if len(row) <= most:
        return row
    return [*row[: most - most // 2], *row[len(row) - most // 2 :]]


def pooled(network: Any, ids: torch.Tensor, mask: torch.Tensor, pooling: str) -> torch.Tensor:
    """What stands for each text in the last layer, scaled to length 1: (n, h).

    The mean as in Reimers and Gurevych, Sentence-BERT (2019), and most encoders' model cards.
    """
    hidden = network(input_ids=ids, attention_mask=mask).last_hidden_state
    if pooling == "mean":
        weights = mask.unsqueeze(-1).float()
        found = (hidden.float() * weights).sum(1) / weights.sum(1)
    else:
        place = mask.sum(1) - 1 if pooling == "last" else torch.zeros_like(mask[:, 0])
        found = hidden[torch.arange(len(hidden), device=hidden.device), place].float()
    return nn.functional.normalize(found, dim=-1)


def embed(
    encoder: Encoder, rows: batches.Rows, device: str
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The embeddings (n, h) of token rows, in their order, in the type the network has.

    A row's embedding does not depend on the rows beside it, to the bit (on a CPU; tested): it may
    be kept and met again among others.
    """
    vectors = np.empty((len(rows), encoder.width), dtype=np.float32)

    def part(positions: batches.Positions) -> None:
        longest = max(len(rows[at]) for at in positions)
        # Not beyond max_tokens: the network may know no places after them.
        length = min(-(-longest // GRAIN) * GRAIN, encoder.max_tokens)
        batch = batches.pad([rows[at] for at in positions], encoder.fill, device, length)
        vectors[positions] = pooled(encoder.network, *batch, encoder.pooling).cpu().numpy()

    with torch.inference_mode():
        memory.each(part, batches.by_length(rows, TOKENS[device]))
    return vectors
