"""Film reviews: does the viewer like the film? Text, binary, half of each.

Origin: the Large Movie Review Dataset, 50,000 reviews from IMDB with at most 4 (negative) or at
least 7 (positive) of 10 stars, at most 30 a film (Maas et al. 2011, "Learning word vectors for
sentiment analysis", ACL). English, about 230 words each. Licence: unstated by the package and by
the origin. The copy is the well-known single file without the origin's two halves, films or stars.

Marks of a line break (`<br />`, in 58% of the reviews) become blanks.
Duplicates: of reviews that agree in letters and digits the first is kept: 49,575 remain, and no
two copies differ in their class.

Split: stratified, 86/4/10, drawn by the seed: a large model reads texts as long as these slowly on
a CPU, and 4,957 of them tell an accuracy near 0.9 to 0.4 points. It does not leak: copies are gone
before the split, and one row is one review. Neither film nor author is in the file, so other
reviews of the same film may stand in another part (in the origin's halves they do not); names of
actors can help a little.

Example (id 0): "One of the other reviewers has mentioned that after watching just 1 Oz episode
you'll be hooked. They are right ..." -> 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchbig.data import Split
from benchbig.data.splits import cut, stratified
from benchbig.data.texts import distinct

SHARES = (0.86, 0.04, 0.10)


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: reviews; y: 1 for a positive one; ids: the row in the file, from 0."""
    table = pd.read_csv(files["imdb"])
    texts = table["review"].str.replace("<br />", " ", regex=False).tolist()
    everything = distinct(texts, (table["sentiment"] == "positive").to_numpy())
    return cut(everything, stratified(everything.y, seed, SHARES))
