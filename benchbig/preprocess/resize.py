"""How is a picture made smaller or larger? Bicubic, over all pixels that a new one covers."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from benchbig.data.parts import Array

ROOM = 10**9  # bytes that pictures may take which were scaled beforehand


def at_most(X: Array, side: int) -> Array:
    """Pictures no taller and no wider than `side` pixels; smaller ones stay as they are."""
    return resize(X, min(X.shape[1], side), min(X.shape[2], side))


def resize(X: Array, height: int, width: int) -> Array:
    """Pictures (n, height, width[, c]) from (n, h, w[, c]), both uint8.

    Pillow's bicubic filter widens as it shrinks, so that fine patterns turn grey rather than
    into coarse ones: https://pillow.readthedocs.io/en/stable/handbook/concepts.html#filters
    """
    if X.shape[1:3] == (height, width):
        return X
    out = np.empty((len(X), height, width, *X.shape[3:]), dtype=np.uint8)
    if X.ndim == 3 or X.shape[3] == 3:
        for at, picture in enumerate(X):
            out[at] = _one(picture, height, width)
    else:  # other than grey and colours Pillow takes for transparency, say
        for channel in range(X.shape[3]):
            out[..., channel] = resize(X[..., channel], height, width)
    return out


def beforehand(X: Array, side: int) -> Array:
    """Pictures scaled to side x side, for who shows them time and again; as they are where all of
    them would take more than `ROOM`, and more than they do now."""
    taken = len(X) * side * side * math.prod(X.shape[3:])
    return resize(X, side, side) if taken <= max(ROOM, X.nbytes) else X


def _one(picture: Array, height: int, width: int) -> Array:
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
