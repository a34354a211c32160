"""Product reviews: does this sentence of a review speak well of the product? Text, binary.

Origin: 3,708 sentences of 300 Amazon reviews of electronics (reviews of Hu and Liu 2004, "Mining
and summarizing customer reviews", KDD), each rated from -4 to 4 by 20 people for Hutto and Gilbert
2014, "VADER: A parsimonious rule-based model for sentiment analysis of social media text", ICWSM;
the file holds the mean rating. English, about 16 words each. Licence: MIT, stated by the package.

A sentence is positive (1) when its mean rating is above 0; 98 sentences at exactly 0 are not. Many
sentences are barely rated either way, and no model can be expected to be right about all of those.

Duplicates: of sentences that agree in letters and digits the first is kept ("wow!" stands in two
reviews), none where the copies fall on both sides of 0; sentences without a letter are dropped.
That leaves 3,686 of 3,708.

Split: whole reviews are drawn by the seed, about 60/20/20 of the sentences. It does not leak: the
sentences of one review, which share their product, author and mood, never stand in two parts. The
origin's file names no product, so another review of the same product may stand in another part.

Example (id 21, the file's 1_22, so group 1): "i've had the player for about 2 years now and it
still performs nicely with the exception of an occasional wwhhhrrr sound ..." rated 1.25 -> 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchbig.data import Part, Split
from benchbig.data.splits import by_group, cut
from benchbig.data.texts import distinct


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: sentences; y: 1 for a rating above 0; ids: the line, from 0; groups: the review."""
    table = rated(files["amazon"])
    reviews = table["id"].str.partition("_")[0].to_numpy(dtype=np.int64)
    everything = snippets(table, reviews)
    assert everything.groups is not None
    return cut(everything, by_group(everything.groups, seed))


def rated(file: Path) -> pd.DataFrame:
    """The lines of a file of the rated set: id, mean rating and text."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([line.split("\t") for line in lines], columns=["id", "rating", "text"])


def snippets(table: pd.DataFrame, groups: np.ndarray | None = None) -> Part:
    """The different texts of such a file; 1 where the mean rating is above 0."""
    texts = table["text"].str.strip().tolist()
    return distinct(texts, table["rating"].astype(float).to_numpy() > 0, groups)
