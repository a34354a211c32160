"""News topics in Chinese: which of ten desks is this headline from? Text, 10 classes.

Origin: THUCNews (Sun et al. 2016, "THUCTC: An efficient Chinese text classifier", Tsinghua
University), headlines of Sina News from 2005 to 2011. The copy holds 100,000 of them, about 10,000
a class, 19 characters each. Licence: research use, recalled from the origin; the package says
nothing.

Duplicates: of headlines that agree in letters and digits the first is kept, none where copies
carry two classes (15 headlines). That leaves 99,965.

Split: stratified, 90/5/5, drawn by the seed: as if news came from one unchanging time. 5,000
headlines tell an accuracy near 0.9 to 0.4 points; more would be rows that nothing learns from, read
slowly by a large model. It does not leak: copies are gone before the split, and one row is one
headline. There are no dates in the file, so two headlines about one event may stand in two parts.

Example (id 0): "顺义北京苏活88平米起精装房在售均价16000" (flats on sale in Beijing) -> 5, realty.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchbig.data import Split
from benchbig.data.splits import cut, stratified
from benchbig.data.texts import distinct

TOPICS = (
    "education",
    "entertainment",
    "finance",
    "game",
    "politics",
    "realty",
    "science",
    "society",
    "sports",
    "stocks",
)
SHARES = (0.90, 0.05, 0.05)


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: headlines; y: the place in `TOPICS`; ids: the line in the file, from 0."""
    text = files["thucnews"].read_text(encoding="utf-8").rstrip("\n")
    rows = [line.split("\t") for line in text.split("\n")]
    y = np.array([TOPICS.index(topic) for topic, _ in rows])
    everything = distinct([headline.strip() for _, headline in rows], y)
    return cut(everything, stratified(everything.y, seed, SHARES))
