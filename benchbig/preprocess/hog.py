"""Which way do the edges of a picture run, place by place? Histograms of oriented gradients.

Dalal and Triggs 2005, "Histograms of oriented gradients for human detection" (CVPR), to the
letter of scikit-image's `hog` (0.26, feature/_hog.py), but for many pictures at once.
"""

from __future__ import annotations

import numpy as np

from benchbig.data.parts import Array

SPAN = 2  # cells a side of the blocks that are normalised together
CLIP = 0.2  # the largest share of one entry: L2-Hys
EPSILON = 1e-5


def describe(X: Array, cell: int, bins: int) -> Array:
    """(n, d) float32 of pictures X (n, h, w), at least 2 cells a side.

    cell: pixels a side of one histogram; bins: directions over half a turn. d is the number of
    blocks of 2x2 cells times 4 times bins. Pixels beyond the last whole cell are left out.
    """
    cells = histograms(X, cell, bins)
    n, down, across = cells.shape[:3]
    if min(down, across) < SPAN:
        raise ValueError(f"pictures of {X.shape[1]}x{X.shape[2]} have no {SPAN}x{SPAN} cells")
    corners = [
        cells[:, i : down - SPAN + 1 + i, j : across - SPAN + 1 + j]
        for i in range(SPAN)
        for j in range(SPAN)
    ]
    blocks = normalised(np.concatenate(corners, axis=3))
    blocks = normalised(np.minimum(blocks, np.float32(CLIP)))
    return blocks.reshape(n, -1)


def histograms(X: Array, cell: int, bins: int) -> Array:
    """(n, cells down, cells across, bins): the mean gradient a pixel of a cell, by direction."""
    steepness, direction = gradients(X)
    # A pixel counts in one bin alone: at these sizes scikit-image interpolates neither.
    which = np.minimum(direction * np.float32(bins), bins - 1).astype(np.int8)
    n, down, across = len(X), X.shape[1] // cell, X.shape[2] // cell
    whole = np.s_[:, : down * cell, : across * cell]
    steepness, which = steepness[whole], which[whole]
    counts = np.empty((n, down, across, bins), dtype=np.float32)
    for number in range(bins):
        chosen = np.where(which == number, steepness, np.float32(0))
        counts[..., number] = chosen.reshape(n, down, cell, across, cell).mean(axis=(2, 4))
    return counts


def gradients(X: Array) -> tuple[Array, Array]:
    """Steepness, and direction as a share of half a turn; both (n, h, w), 0 across the border."""
    down, across = np.zeros_like(X), np.zeros_like(X)
    down[:, 1:-1] = X[:, 2:] - X[:, :-2]
    across[:, :, 1:-1] = X[:, :, 2:] - X[:, :, :-2]
    direction = np.arctan2(down, across) / np.float32(np.pi)
    return np.hypot(down, across), np.mod(direction, np.float32(1))


def normalised(blocks: Array) -> Array:
    """Each block's entries (last axis) scaled to length 1."""
    squares = np.einsum("...i,...i->...", blocks, blocks)[..., None]
    return np.asarray(blocks / np.sqrt(squares + np.float32(EPSILON**2)))
