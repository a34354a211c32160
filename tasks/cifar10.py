"""CIFAR-10: what does a small photograph show? Images, ten classes, from the hub.

Origin: Krizhevsky 2009, "Learning multiple layers of features from tiny images"; the data set
uoft-cs/cifar10 of the Hugging Face hub. 50,000 colour photographs of 32x32 to learn from, 10,000
to be asked about, each class as often. Licence: unknown, says the hub.

Split: the hub's own test part, the same for every seed; a stratified tenth of its training part
is to validate. Copies of a picture (the same pixels) are dropped from the training part. About 3%
of the test pictures have a near copy among the training ones (Barz and Denzler 2020, "Do we train
on test data?"), which is not mended here: results stay comparable to others'.

One row: a frog on brown leaves -> 6 (frog).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchbig.data import Part, Split
from benchbig.data.hub import columns
from benchbig.data.splits import subset

TO_VALIDATE = 10  # one in so many training pictures


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: pictures (n, 32, 32, 3); y: the class; ids: the row, training rows first."""
    folder = files["cifar10"] / "plain_text"
    train, test = (
        columns(folder / f"{part}-00000-of-00001.parquet", ("img", "label"))
        for part in ("train", "test")
    )
    asked = Part(test[0], test[1], np.arange(len(test[1])) + len(train[1]))
    known = {picture.tobytes() for picture in asked.X}
    pixels = [picture.tobytes() for picture in train[0]]
    first = {content: row for row, content in reversed(list(enumerate(pixels)))}
    rows = np.array([row for content, row in first.items() if content not in known])
    learnt = Part(*train, np.arange(len(train[1]))).take(np.sort(rows))
    validating = subset(learnt.y, len(learnt) // TO_VALIDATE, seed)
    rest = np.setdiff1d(np.arange(len(learnt)), validating)
    return Split(learnt.take(rest), learnt.take(validating), asked)
