"""How well does a linear model do that tells each item from all others at once?"""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csr_matrix

from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories
from benchbig.data.parts import Array
from benchbig.preprocess.interactions import matrix


def fit(train: Part, context: Context) -> Predict:
    """Least squares of every column of the matrix of choices on all the others, solved exactly.

    params: penalty (l2); items, how many of the most chosen take part: the work grows with their
    cube. The others score less than any of them, in the order of their popularity.
    Source: Steck 2019, "Embarrassingly shallow autoencoders for sparse data", WWW.
    """
    params, notes, chosen = context.params, context.notes, matrix(train.X)
    counts = np.asarray(chosen.sum(axis=0)).ravel()
    kept = np.sort(np.argsort(-counts, kind="stable")[: params["items"]])
    weights = solve(chosen[:, kept], params["penalty"])
    notes.n_params = notes.n_trainable = weights.size
    notes.artifact_bytes = weights.nbytes + kept.nbytes
    rare = np.ones(len(counts), dtype=bool)
    rare[kept] = False

    def predict(X: Histories) -> Array:
        scores = np.empty((len(X), len(counts)), dtype=np.float32)
        scores[:, kept] = matrix(X)[:, kept] @ weights
        least = scores[:, kept].min(axis=1, keepdims=True)
        scores[:, rare] = least - 1.0 + counts[rare] / (1.0 + counts.max())
        return scores

    return predict


def solve(chosen: csr_matrix, penalty: float) -> Array:
    """(items, items) float32 weights B = I - P / diag(P), P = (X'X + penalty I)^-1, diagonal 0."""
    gram = (chosen.T @ chosen).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += penalty
    factor, failed = lapack.dpotrf(gram, lower=1, overwrite_a=1)
    inverse, failed_again = lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed or failed_again:
        raise ValueError("X'X + penalty is not positive definite; choose a larger penalty")
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights.astype(np.float32)
