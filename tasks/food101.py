"""Food-101: which dish is on the plate? Images, 101 classes, from the hub.

Origin: Bossard, Guillaumin and Van Gool 2014, "Food-101: mining discriminative components with
random forests", ECCV; the data set ethz/food101 of the Hugging Face hub. Of its two parts only the
one that people have looked through is taken, 250 photographs of each dish, 25,250 in all: the other
75,750 were left with wrong labels on purpose, and are four times the download. Licence: none is
stated; the photographs are Foodspotting's users', for fair use in science, say the authors.

Split: stratified, 60% to learn from, 20% to validate, 20% to be asked about. Copies of a picture
(the same pixels after scaling) count once, under two dishes not at all. Who took a photograph the
file does not say, so one meal from two sides may stand in two parts. Not comparable to results on
the usual parts: less is learnt from.

One row: a fried ring of dough under sugar -> 6 (beignets).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchbig.data import Part, Split
from benchbig.data.hub import columns
from benchbig.data.pictures import distinct
from benchbig.data.splits import cut, stratified

SIDE = 128  # pixels; the photographs have at most 512 on their longer side
SHARDS = 3


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: (n, 128, 128, 3) uint8, the middle square of each; y: the dish; ids: the row."""
    folder = files["food101"] / "data"
    shards = [
        columns(folder / f"validation-0000{at}-of-0000{SHARDS}.parquet", ("image", "label"), SIDE)
        for at in range(SHARDS)
    ]
    X, y = (np.concatenate(of) for of in zip(*shards, strict=True))
    kept = distinct(Part(X, y, np.arange(len(y))))
    return cut(kept, stratified(kept.y, seed))
