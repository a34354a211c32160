"""How well does it do to offer what is chosen by the same users as what a user has chosen?"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, vstack

from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories
from benchbig.data.parts import Array
from benchbig.preprocess.interactions import matrix

BLOCK = 1024  # items whose neighbours are looked for at once
TINY = 1e-6  # keeps an item that nobody chose from dividing by nought


def fit(train: Part, context: Context) -> Predict:
    """The sum, over what a user has chosen, of its cosine with an item, among its k nearest.

    params: k; shrink, added to the cosine's denominator, so that items that few chose are near
    to nothing. Source: Deshpande and Karypis 2004; shrinkage as in Bell and Koren 2007.
    """
    similar = neighbours(matrix(train.X), context.params["k"], context.params["shrink"])
    context.notes.n_params = context.notes.n_trainable = similar.nnz
    context.notes.artifact_bytes = similar.data.nbytes + similar.indices.nbytes

    def predict(X: Histories) -> Array:
        return (matrix(X) @ similar).toarray()

    return predict


def neighbours(chosen: csr_matrix, k: int, shrink: float) -> csr_matrix:
    """(items, items); column j holds the cosines of the k items nearest to item j, itself apart."""
    by_item = chosen.T.tocsr()
    norms = np.sqrt(np.asarray(by_item.power(2).sum(axis=1)).ravel())
    blocks = []
    for start in range(0, by_item.shape[0], BLOCK):
        rows = np.arange(start, min(start + BLOCK, by_item.shape[0]))
        near = (by_item[rows] @ chosen).toarray()
        near /= norms[rows, None] * norms + shrink + TINY
        near[np.arange(len(rows)), rows] = 0.0
        if k < near.shape[1]:
            edge = np.partition(near, -k, axis=1)[:, [-k]]
            near[near < edge] = 0.0
        blocks.append(csr_matrix(near.astype(np.float32)))
    return vstack(blocks).T.tocsr()
