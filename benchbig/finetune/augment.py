"""How are pictures varied, so that a network does not learn them by heart?

Each turned, moved, enlarged, mirrored and lit a little differently at each sight of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

Draws = np.ndarray[Any, np.dtype[np.float32]]
KINDS = 7  # numbers drawn for a picture


@dataclass(frozen=True)
class Variation:
    """How far a picture may vary.

    flip: whether half of them are mirrored left to right. shift: of the height and of the width.
    zoom: of the size. turn: degrees. light: of the range of values, brighter and steeper alike.
    """

    flip: bool
    shift: float
    zoom: float
    turn: float
    light: float

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Variation:
        """The variation on a model's card."""
        return cls(**{name: params[name] for name in cls.__dataclass_fields__})


def draw(n: int, rng: np.random.Generator) -> Draws:
    """What n pictures need to be varied once: (n, 7) numbers from -1 to 1."""
    return rng.uniform(-1, 1, size=(n, KINDS)).astype(np.float32)


def vary(x: Tensor, draws: Draws, most: Variation) -> Tensor:
    """Pictures (n, c, h, w) as they look after a draw (n, 7); 0 is the middle of their values.

    What a moved picture uncovers shows its border's values.
    """
    d = torch.from_numpy(draws).to(x.device)
    grid = affine_grid(_inverse(d, most, x.shape[2:]), list(x.shape), align_corners=False)
    moved = _sample(x, grid) if x.device.type != "mps" else _sample_within(x, grid)
    steeper, brighter = (most.light * d[:, at, None, None, None] for at in (5, 6))
    return moved * (1 + steeper) + brighter


def _sample(x: Tensor, grid: Tensor) -> Tensor:
    """The pictures' values at the places (n, h, w, 2); beyond the border its own."""
    return grid_sample(x, grid, padding_mode="border", align_corners=False)


def _sample_within(x: Tensor, grid: Tensor) -> Tensor:
    """The same for MPS, which before torch 2.13 knows no such padding: no place is left beyond the
    middle of the outermost pixels, from where on the border's value holds."""
    middle = 1 - 1 / torch.tensor([x.shape[3], x.shape[2]], dtype=grid.dtype, device=grid.device)
    within = torch.minimum(torch.maximum(grid, -middle), middle)
    return grid_sample(x, within, padding_mode="zeros", align_corners=False)


def _inverse(d: Tensor, most: Variation, size: torch.Size) -> Tensor:
    """(n, 2, 3): where each place of the new picture lies in the old one, edges at -1 and 1."""
    angle = d[:, 0] * math.radians(most.turn)
    scale = 1 + most.zoom * d[:, 1]
    mirror = torch.where(d[:, 4] < 0, -1.0, 1.0) if most.flip else torch.ones_like(scale)
    cosine, sine = scale * torch.cos(angle), scale * torch.sin(angle)
    # By whole pixels, so that what is only moved stays sharp; the edges lie 2 apart.
    right, low = (
        torch.round(most.shift * length * d[:, at]) * 2 / length
        for at, length in ((2, size[1]), (3, size[0]))
    )
    across = torch.stack([mirror * cosine, -sine, right], dim=1)
    down = torch.stack([mirror * sine, cosine, low], dim=1)
    return torch.stack([across, down], dim=1)
