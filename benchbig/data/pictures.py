"""How do a file's bytes become pixels, and which pictures are copies of others?"""

from __future__ import annotations

import io

import numpy as np

from benchbig.data.parts import Array, Part

SIDE = 8  # a picture's hash has so many bits a side


def read(content: bytes, mode: str) -> Array:
    """A picture's pixels, (h, w) uint8 for mode "L" (grey), (h, w, 3) for "RGB"."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert(mode))


def square(picture: Array, side: int) -> Array:
    """The middle square of a picture (h, w[, c]), scaled to side x side by Pillow's bicubic."""
    from PIL import Image

    high, wide = picture.shape[:2]
    length = min(high, wide)
    top, left = (high - length) // 2, (wide - length) // 2
    middle = np.ascontiguousarray(picture[top : top + length, left : left + length])
    image = Image.fromarray(middle).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(image)


def distinct(whole: Part) -> Part:
    """The part without pictures that are equal to an earlier one in every pixel.

    A picture that stands under two classes is left out altogether.
    """
    seen: dict[bytes, list[int]] = {}
    for row, picture in enumerate(np.asarray(whole.X)):
        seen.setdefault(picture.tobytes(), []).append(row)
    rows = [same[0] for same in seen.values() if len({int(whole.y[row]) for row in same}) == 1]
    return whole.take(np.array(sorted(rows), dtype=np.int64))


def hashes(X: Array) -> Array:
    """(n,) uint64: whether a picture grows brighter from left to right, place by place.

    The difference hash (dHash) of N. Krawetz, "Kind of Like That" (2013): shrunk to 9x8 grey
    pixels, one bit for each neighbouring pair of a row. Copies that were scaled, compressed or
    lit anew differ in a few bits of 64, unrelated pictures in about half.
    """
    from PIL import Image

    bits = np.empty((len(X), SIDE * SIDE), dtype=bool)
    for row, picture in enumerate(X):
        small = Image.fromarray(picture).convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
        values = np.asarray(small).astype(np.int16)
        bits[row] = (np.diff(values, axis=1) > 0).ravel()
    return np.packbits(bits, axis=1).view(">u8")[:, 0].astype(np.uint64)


def look_alikes(X: Array, bits: int) -> Array:
    """(n,) a number for each picture, the same for those that look alike, directly or by others.

    bits: of the 64 of a hash, in how many two pictures may differ that look alike.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    names = hashes(X)
    near = np.bitwise_count(names[:, None] ^ names[None, :]) <= bits
    _, group = connected_components(csr_array(near), directed=False)
    return np.asarray(group, dtype=np.int64)
