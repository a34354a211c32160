"""How much more does a row of a rare class weigh?"""

from __future__ import annotations

import numpy as np

from benchbig.data.parts import Array


def class_weights(counts: Array, balance: float) -> Array:
    """(k,) (n / (k m))^balance for a class of m of the n rows; an unseen class weighs as if of one.

    balance: 0 leaves every row the same weight, 1 gives every class the same weight in all.
    """
    return np.asarray((counts.sum() / (len(counts) * np.maximum(counts, 1))) ** balance)
