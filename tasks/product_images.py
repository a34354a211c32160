"""Which kind of clothing, shoe or bag does a shop's picture show?

Origin: Fashion-MNIST, Xiao, Rasul and Vollgraf, "Fashion-MNIST: a Novel Image Dataset for
Benchmarking Machine Learning Algorithms" (Zalando Research, 2017), as packaged by Debian.
Licence: MIT, stated.
Size: 60,000 official training and 10,000 official test pictures, grey, 28 by 28 pixels, 10 classes
of equal size. White clothes on black: the origin inverts the shop's photographs.

Example: training picture 0 is an ankle boot, class 9.

Split: the official test part is the test part for every seed; a tenth of the official training
part, stratified by class and drawn by the seed, becomes the validation part.
Why it does not leak: every picture is the front of another product, and no two of the 70,000 are
equal in all pixels (a test looks). Near copies, such as one cut in two colours, are not looked for:
the origin names no products to keep together.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchbig.data import Part, Split
from benchbig.data.splits import stratified

SHARES = (0.9, 0.1, 0.0)  # of the official training part; the official test part stays whole
UNSIGNED_BYTES = 8  # the idx format's code for uint8, the only type that these files use


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: (n, 28, 28) uint8; an id is the picture's row, training rows first, then test rows."""
    train = read(files["fashion_mnist"], "train", first=0)
    test = read(files["fashion_mnist"], "t10k", first=len(train))
    fit, valid, _ = stratified(train.y, seed, SHARES)
    return Split(train.take(fit), train.take(valid), test)


def read(folder: Path, name: str, first: int) -> Part:
    """One official part; its ids count from `first`."""
    X = read_idx(folder / f"{name}-images-idx3-ubyte.gz")
    y = read_idx(folder / f"{name}-labels-idx1-ubyte.gz").astype(np.int64)
    return Part(X, y, np.arange(first, first + len(y)))


def read_idx(path: Path) -> np.ndarray:
    """The array in a compressed idx file of bytes.

    Layout, from the MNIST page: two zero bytes, one for the type, one for the number of axes;
    the length of each axis as a big-endian uint32; then the values, the last axis fastest.
    """
    content = gzip.decompress(path.read_bytes())
    zero, kind, axes = int.from_bytes(content[:2], "big"), content[2], content[3]
    if zero or kind != UNSIGNED_BYTES:
        raise ValueError(f"{path.name}: not an idx file of bytes, it begins {content[:4]!r}")
    shape = np.frombuffer(content, ">u4", axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
