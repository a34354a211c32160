"""How do a hub data set's own training and test parts become a split?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchbig.data import Part, Split
from benchbig.data.parts import Array
from benchbig.data.splits import subset
from benchbig.data.texts import distinct, same

TO_VALIDATE = 20  # one in so many training texts


def official(train: Sequence[Array], test: Sequence[Array], seed: int) -> Split:
    """The test part as it is, and a stratified twentieth of the training part to validate.

    train, test: texts and classes each. Texts that are the same count once, and not in the
    training part where the test part has them. ids: the row, training rows first.
    """
    learnt = distinct(train[0].tolist(), train[1])
    asked = distinct(test[0].tolist(), test[1])
    asked = Part(asked.X, asked.y, asked.ids + len(train[0]))
    known = {same(text) for text in asked.X}
    learnt = learnt.take(np.flatnonzero([same(text) not in known for text in learnt.X]))
    validating = subset(learnt.y, max(len(learnt) // TO_VALIDATE, 1), seed)
    rest = np.setdiff1d(np.arange(len(learnt)), validating)
    return Split(learnt.take(rest), learnt.take(validating), asked)
