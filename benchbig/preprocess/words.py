"""Which words is a text made of, and which of them does a vocabulary hold?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from benchbig.data.parts import Array
from benchbig.preprocess.tfidf import unspaced

# A word with its apostrophe's tail apart ("do", "n't" and "'s" are words of their own in GloVe),
# or a mark.
ENGLISH = re.compile(r"n't|'(?:s|m|d|re|ve|ll)\b|\w+?(?=n't)|\w+|[^\w\s]")
FILL, UNKNOWN = 0, 1  # numbers of no word, and of a word that the vocabulary lacks


def split(text: str) -> list[str]:
    """The words and marks of a text, in small letters."""
    return ENGLISH.findall(text.lower())


def characters(text: str) -> list[str]:
    """The characters of a text, blanks left out, in small letters."""
    return [letter for letter in text.lower() if not letter.isspace()]


def splitter(texts: Sequence[str] | Array) -> Callable[[str], list[str]]:
    """`split`, or `characters` where the texts are written without spaces."""
    return characters if unspaced(texts) else split


def vocabulary(lines: Iterable[Sequence[str]], most: int, fewest: int) -> dict[str, int]:
    """Numbers from 2 of the `most` frequent words that occur `fewest` times; equals by name."""
    counts = Counter(chain.from_iterable(lines))
    kept = sorted((w for w in counts if counts[w] >= fewest), key=lambda w: (-counts[w], w))
    return {word: at for at, word in enumerate(kept[:most], UNKNOWN + 1)}


def numbered(line: Sequence[str], numbers: Mapping[str, int], longest: int) -> list[int]:
    """The words' numbers, at least one; of a longer text its two ends, half from each."""
    if len(line) > longest:
        line = [*line[: longest - longest // 2], *line[len(line) - longest // 2 :]]
    return [numbers.get(word, UNKNOWN) for word in line] or [UNKNOWN]
