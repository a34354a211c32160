"""How do histories become a matrix, and in which batches does a dense product with it fit?"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from benchbig.data.histories import Histories


def matrix(X: Histories) -> csr_matrix:
    """(n, items) float32, 1 where a user has chosen an item, however often."""
    pairs = np.unique(X.row * X.n_items + X.item)
    ones = np.ones(len(pairs), dtype=np.float32)
    place = (pairs // X.n_items, pairs % X.n_items)
    return csr_matrix((ones, place), shape=(len(X), X.n_items))
