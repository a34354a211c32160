"""How do pictures of bytes become the numbers that image networks take?"""

from __future__ import annotations

import numpy as np
import torch

from benchbig.data.parts import Array


def tensor(X: Array, device: str) -> torch.Tensor:
    """Pictures (n, h, w[, c]) of bytes v as (n, 3, h, w) of (v - 127) / 128; grey ones thrice."""
    values = torch.from_numpy(np.ascontiguousarray(X)).to(device).float()
    values = values[:, None] if values.ndim == 3 else values.permute(0, 3, 1, 2)
    if values.shape[1] == 1:
        values = values.expand(-1, 3, -1, -1)
    return (values - 127) / 128
