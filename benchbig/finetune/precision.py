"""Does this machine compute bfloat16 fast, and does it cost nothing?"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

Floats = np.ndarray[Any, np.dtype[np.float32]]

# Smallest cosine at which two embeddings of one text count as the same; MiniLM's smallest over
# 2,000 messages of bank_intents was 0.9999.
CLOSE = 0.999


def fast_bf16(device: str) -> bool:
    """Whether the chip has instructions for bfloat16; without them it is slower than fp32.

    device: "cpu", "cuda" or "mps". On "mps" the answer is no: nothing there was measured.
    """
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device != "cpu":
        return False
    # Private names, so a torch that lacks them merely computes in fp32.
    probes = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return any(getattr(torch.cpu, probe, bool)() for probe in probes)


def agree(exact: Floats, quick: Floats) -> bool:
    """Whether two sets of embeddings (n, h) of length 1 are the same to within `CLOSE`."""
    return bool((np.sum(exact * quick, axis=1) >= CLOSE).all())


def name(bf16: bool) -> str:
    """The precision as records spell it."""
    return "bf16" if bf16 else "fp32"
