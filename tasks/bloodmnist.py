"""BloodMNIST of MedMNIST: which kind of blood cell is under the microscope? Images, eight classes.

Origin: Acevedo et al. 2020, "A dataset of microscopic peripheral blood cell images for development
of automatic recognition systems", Data in Brief 30; cut to 28x28 and divided as MedMNIST v2 has it
(Yang et al. 2023, Scientific Data 10); the data set albertvillanova/medmnist-v2 of the Hugging Face
hub, which holds MedMNIST's own files. 17,092 colour pictures of single cells of people without
infection, blood disease or treatment. Licence: CC BY 4.0, says MedMNIST.

Split: MedMNIST's own, the same for every seed: 11,959 to learn from, 1,712 to validate, 3,421 to be
asked about, drawn at random. Copies of a picture (the same pixels) stay in the test part, else in
the validation part. Whose blood it is the file does not say, so cells of one person may stand in
two parts: results are as good as others' on MedMNIST, and perhaps too good for a new patient.

One row: a purple cell with two lobes on pink -> 1 (eosinophil).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchbig.data import Part, Split
from benchbig.data.parts import Array

PARTS = ("train", "val", "test")


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: pictures (n, 28, 28, 3) uint8; y: the kind; ids: the row, training rows first.

    seed: changes nothing.
    """
    with np.load(files["bloodmnist"] / "data" / "bloodmnist.npz", allow_pickle=False) as held:
        parts = [(held[f"{name}_images"], held[f"{name}_labels"][:, 0]) for name in PARTS]
    starts = np.cumsum([0, *(len(y) for _, y in parts)])
    whole = [
        Part(X, y.astype(np.int64), np.arange(start, start + len(y)))
        for (X, y), start in zip(parts, starts, strict=False)
    ]
    test = whole[2]
    valid = _without(whole[1], [test.X])
    return Split(_without(whole[0], [valid.X, test.X]), valid, test)


def _without(part: Part, others: list[Array]) -> Part:
    """The part's pictures, each once, that no other part has."""
    known = {picture.tobytes() for X in others for picture in X}
    rows = []
    for row, picture in enumerate(part.X):
        content = picture.tobytes()
        if content not in known:
            rows.append(row)
            known.add(content)
    return part.take(np.array(rows, dtype=np.int64))
