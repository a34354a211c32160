"""How do pictures become a matrix for a model that knows no neighbourhood of pixels?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchbig.data.parts import Array
from benchbig.preprocess import hog, resize

BLOCK = 512  # pictures turned into floating point numbers at once


def describe(params: Mapping[str, Any]) -> Callable[[Array], Array]:
    """What turns pictures (n, h, w) or (n, h, w, c) of uint8 into a matrix (n, d) float32.

    params: features, "pixels" (each 0 to 1), "hog" or "colours"; side, larger pictures are shrunk
    to at most so many pixels a side; for "hog" also cell, pixels a side of a cell, and bins,
    directions; for "colours" bins, steps of each colour.
    """
    side, features = params["side"], params["features"]
    if features == "pixels":
        return lambda X: in_blocks(X, lambda part: shrink(part, side).reshape(len(part), -1))
    if features == "hog":
        cell, bins = params["cell"], params["bins"]
        return lambda X: in_blocks(
            X, lambda part: hog.describe(grey(shrink(part, side)), cell, bins)
        )
    if features == "colours":
        bins = params["bins"]
        return lambda X: in_blocks(X, lambda part: colours(resize.at_most(part, side), bins))
    raise ValueError(f"no features '{features}'; there are pixels, hog, colours")


def in_blocks(X: Array, turn: Callable[[Array], Array]) -> Array:
    """`turn` of all pictures, a few at a time, so that memory stays small."""
    parts = [turn(X[start : start + BLOCK]) for start in range(0, len(X), BLOCK)]
    return np.concatenate(parts)


def shrink(X: Array, side: int) -> Array:
    """Values from 0 to 1, float32, of pictures no taller and no wider than `side` pixels.

    X: (n, h, w) or (n, h, w, c) uint8; gives (n, min(h, side), min(w, side)[, c]).
    """
    return resize.at_most(X, side).astype(np.float32) / np.float32(255)


def grey(X: Array) -> Array:
    """(n, h, w): the mean of the colours, where there are any."""
    return np.asarray(X.mean(axis=3)) if X.ndim == 4 else X


def colours(X: Array, bins: int) -> Array:
    """(n, bins^c) float32: the share of a picture's pixels in each cell of the colour cube.

    X: (n, h, w) grey, c = 1, or (n, h, w, c) uint8. Swain and Ballard 1991, "Color indexing"
    (International Journal of Computer Vision 7), on the colours as they are.
    """
    steps = (X if X.ndim == 4 else X[..., None]).astype(np.int64) * bins // 256
    channels = steps.shape[3]
    cells = (steps @ bins ** np.arange(channels)[::-1]).reshape(len(X), -1)
    counts = [np.bincount(picture, minlength=bins**channels) for picture in cells]
    return np.array(counts, dtype=np.float32) / np.float32(cells.shape[1])
