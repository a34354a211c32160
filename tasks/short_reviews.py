"""Short reviews: does this snippet of a critic speak well of the film? Text, binary.

Origin: 10,605 snippets of film reviews (from those of Pang and Lee 2005, "Seeing stars", ACL,
taken from a site of critics), each rated from -4 to 4 by people for Hutto and Gilbert 2014,
"VADER: A parsimonious rule-based model for sentiment analysis of social media text", ICWSM; the
file holds the mean rating. English, about 19 words each. Licence: MIT, stated by the package.

A snippet is positive (1) when its mean rating is above 0; 37 snippets at exactly 0 are not.

Duplicates: of snippets that agree in letters and digits the first is kept: 10,603 remain.
Split: stratified, 60/20/20, drawn by the seed. Why it does not leak: a snippet is a whole
quotation of one critic, and copies are gone. The file's ids are a plain count and it names neither
film nor critic, so nothing could be kept together; snippets about one film may stand in two parts.

Example (id 6): "Offers that rare combination of entertainment and education." rated 2.47 -> 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchbig.data import Split
from benchbig.data.splits import cut, stratified
from benchbig.tasks.product_reviews import rated, snippets


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: snippets; y: 1 for a rating above 0; ids: the line in the file, from 0."""
    everything = snippets(rated(files["films"]))
    return cut(everything, stratified(everything.y, seed))
