"""How is a pretrained text encoder read from its folder, and how does it turn text to vectors?"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging

from benchbig.finetune import batches

TOKENS = {"cpu": 2048, "cuda": 65536, "mps": 16384}  # a batch's tokens when only embedding


@dataclass(frozen=True)
class Encoder:
    """A pretrained encoder and its tokenizer. max_tokens: longer texts lose their end."""

    network: Any
    tokenizer: Any
    max_tokens: int

    @property
    def width(self) -> int:
        return int(self.network.config.hidden_size)

    @property
    def fill(self) -> int:
        """The token that pads."""
        return int(self.tokenizer.pad_token_id)


class Size(NamedTuple):
    """What a network holds: how many numbers, and how many bytes they take."""

    numbers: int
    bytes: int


def size(network: Any) -> Size:
    """The size of a network's weights, as they are now."""
    held = list(network.parameters())
    return Size(sum(w.numel() for w in held), sum(w.numel() * w.element_size() for w in held))


def read(folder: Path, max_tokens: int, device: str) -> Encoder:
    """Read an encoder's config, tokenizer and safetensors from a folder, in fp32.

    Never asks a hub, never unpickles, never runs code that comes with the weights.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    # Its bar would break into the live view.
    no_bar: Callable[[], None] = logging.disable_progress_bar
    no_bar()
    network = AutoModel.from_pretrained(
        folder,
        local_files_only=True,
        use_safetensors=True,
        dtype=torch.float32,
        # On the CPU the fused attention's backward pass is several times slower than the plain.
        attn_implementation="eager" if device == "cpu" else "sdpa",
    )
    # The pooler is trained for another end and unused here; its weights would count for nothing.
    if getattr(network, "pooler", None) is not None:
        network.pooler = None
    return Encoder(network.to(device).eval(), tokenizer, max_tokens)


def cast(encoder: Encoder, kind: torch.dtype) -> Encoder:
    """A copy of the encoder in another floating point type; the original stays as it is."""
    return replace(encoder, network=copy.deepcopy(encoder.network).to(kind))


def tokenise(encoder: Encoder, texts: Sequence[str]) -> list[list[int]]:
    """The token ids of each text, special tokens included, cut at `max_tokens`."""
    if len(texts) == 0:
        return []
    rows: list[list[int]] = encoder.tokenizer(
        [str(text) for text in texts],
        truncation=True,
        max_length=encoder.max_tokens,
        return_attention_mask=False,
        return_token_type_ids=False,
    )["input_ids"]
    return rows


def pooled(network: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean of the last layer over a text's tokens, scaled to length 1: (n, h).

    As in Reimers and Gurevych, Sentence-BERT (2019), and the encoder's own model card.
    """
    hidden = network(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    weights = mask.unsqueeze(-1).float()
    return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)


def embed(
    encoder: Encoder, rows: batches.Rows, device: str
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The embeddings (n, h) of token rows, in their order, in the type the network has."""
    vectors = np.empty((len(rows), encoder.width), dtype=np.float32)
    with torch.inference_mode():
        for positions in batches.by_length(rows, TOKENS[device]):
            batch = batches.pad([rows[at] for at in positions], encoder.fill, device)
            vectors[positions] = pooled(encoder.network, *batch).cpu().numpy()
    return vectors
