"""An encoder with a linear head on its pooled embedding, whose weights can learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from benchbig.finetune import batches, memory
from benchbig.finetune.encoder import TOKENS, Encoder, pooled

Floats = np.ndarray[Any, np.dtype[np.float32]]


class Classifier(nn.Module):
    """Token ids and mask (n, length) to logits (n, k).

    weight: (k, h), bias: (k,), the head's start. A head fitted on the frozen embeddings keeps
    the first steps from tearing the encoder up: Kumar et al., "Fine-Tuning can Distort
    Pretrained Features and Underperform Out-of-Distribution" (2022), there called LP-FT.
    """

    def __init__(self, encoder: Encoder, weight: Floats, bias: Floats) -> None:
        super().__init__()
        self.network = encoder.network
        self.fill, self.pooling = encoder.fill, encoder.pooling
        self.head = nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            self.head.weight.copy_(torch.from_numpy(weight))
            self.head.bias.copy_(torch.from_numpy(bias))

    def order(
        self, rows: batches.Rows, size: int, rng: np.random.Generator
    ) -> list[batches.Positions]:
        """One epoch: every row once, in batches of like length that come in random order."""
        return batches.shuffled(rows, size, rng)

    def batch(
        self, rows: batches.Rows, at: batches.Positions, device: str
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The rows at these positions as `forward` takes them."""
        return batches.pad([rows[row] for row in at], self.fill, device)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        vectors = pooled(self.network, ids, mask, self.pooling)
        # In fp32 whatever the encoder computes in: bfloat16 logits of 10 come in steps of 0.06.
        with torch.autocast(vectors.device.type, enabled=False):
            logits: torch.Tensor = self.head(vectors)
        return logits


def logits(model: Classifier, rows: batches.Rows, device: str, bf16: bool) -> Floats:
    """The logits (n, k) of token rows, in their order."""
    found = np.empty((len(rows), model.head.out_features), dtype=np.float32)
    model.eval()

    def part(positions: batches.Positions) -> None:
        batch = batches.pad([rows[at] for at in positions], model.fill, device)
        found[positions] = model(*batch).cpu().numpy()

    with torch.inference_mode(), torch.autocast(device, torch.bfloat16, enabled=bf16):
        memory.each(part, batches.by_length(rows, TOKENS[device]))
    return found
