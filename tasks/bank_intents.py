"""Which of 77 intents does a bank customer's message carry?

Origin: BANKING77, Casanueva et al., "Efficient Intent Detection with Dual Sentence Encoders"
(NLP4ConvAI 2020), published by PolyAI. Licence: CC BY 4.0, recalled from the origin; the copy
that is fetched says nothing.
Size: the copy keeps 10,000 of the 10,003 official training messages and 2,000 of the 3,080 official
test messages, English, about 12 words each; 11,946 remain once duplicates are dropped.

Example: "I'm not sure why my card didn't work" -> 25, `declined_card_payment`.

Split: the copy's test part stays the test part for every seed; a tenth of the training part,
stratified by intent and drawn by the seed, becomes the validation part.
Why it does not leak: two messages that agree in their letters and digits (case, spaces and
punctuation aside) count as one. One that stands in the test part is dropped from the training part,
and a second copy within a part is dropped too, before the validation part is drawn. Nothing else
ties messages together: the origin gives no customer, date or conversation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from benchbig.data import Part, Split
from benchbig.data.texts import same

VALID_FRACTION = 0.1


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """The split of one seed; an id is the message's row in the file, training rows first."""
    pool = json.loads(files["banking77"].read_text(encoding="utf-8"))
    texts: list[str] = pool["train_texts"] + pool["test_texts"]
    labels = np.array([int(label) for label in pool["train_labels"] + pool["test_labels"]])
    n_train = len(pool["train_texts"])
    test = unseen(texts, range(n_train, len(texts)), set())
    train = unseen(texts, range(n_train), {same(texts[row]) for row in test})
    fit, valid = train_test_split(
        np.array(train), test_size=VALID_FRACTION, random_state=seed, stratify=labels[train]
    )
    values = np.array(texts, dtype=object)

    def part(rows: np.ndarray) -> Part:
        return Part(values[rows], labels[rows].astype(np.int64), rows.astype(np.int64))

    return Split(part(np.sort(fit)), part(np.sort(valid)), part(np.array(test)))


def unseen(texts: Sequence[str], rows: range, seen: set[str]) -> list[int]:
    """The rows whose message is not in `seen` and did not come before among `rows`."""
    known = set(seen)
    kept = []
    for row in rows:
        key = same(texts[row])
        if key not in known:
            known.add(key)
            kept.append(row)
    return kept
