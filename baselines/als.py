"""How well do two tables of factors do whose product says what is chosen and what is not?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories
from benchbig.data.parts import Array
from benchbig.preprocess.interactions import matrix

CELLS = 2**22  # numbers of the small systems that are solved at once


def fit(train: Part, context: Context) -> Predict:
    """Users' and items' factors by turns, each the exact least squares given the other's.

    params: factors; sweeps; unchosen, how much a pair that did not happen weighs against one that
    did; penalty, the l2 penalty's weight a row's own weight. A user is served by the factors that
    fit his history, so one who was not learnt from is served too.
    Source: Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets";
    weights and penalty as in Rendle, Krichene, Zhang and Koren 2022, "Revisiting the performance
    of iALS on item recommendation benchmarks", equations 2 to 4 with nu = 1.
    """
    params, notes, chosen = context.params, context.notes, matrix(train.X)
    by_item, rng = chosen.T.tocsr(), np.random.default_rng(context.seed)
    items = rng.normal(0, 0.1, (chosen.shape[1], params["factors"])) / params["factors"] ** 0.5
    items = items.astype(np.float32)
    for sweep in range(params["sweeps"]):
        users = solve(chosen, items, params)
        items = solve(by_item, users, params)
        context.progress((sweep + 1) / params["sweeps"])
    notes.n_params = notes.n_trainable = users.size + items.size
    notes.artifact_bytes = items.nbytes

    def predict(X: Histories) -> Array:
        return solve(matrix(X), items, params) @ items.T

    return predict


def solve(chosen: csr_matrix, others: Array, params: Mapping[str, Any]) -> Array:
    """(rows, factors): of each row the factors w that lead to the least

        sum over chosen (w.v - 1)^2 + unchosen * sum over all (w.v)^2
        + penalty * (chosen + unchosen * all) * w.w

    chosen: (rows, others) of 0 and 1; others: (others, factors) the v, held fixed.
    """
    lengths = np.diff(chosen.indptr)
    everywhere = params["unchosen"] * (others.T @ others)
    shrink = params["penalty"] * (lengths + params["unchosen"] * len(others))
    identity, factors = np.eye(others.shape[1], dtype=np.float32), others.shape[1]
    padded = np.concatenate([others, np.zeros((1, factors), dtype=np.float32)])
    found = np.zeros((len(lengths), factors), dtype=np.float32)
    order = np.argsort(lengths, kind="stable")  # rows of like length together: little filling
    start = 0
    while start < len(order):
        most = max(1, CELLS // (factors * factors))
        rows = order[start : start + most]
        longest = int(lengths[rows[-1]])
        rows = rows[: max(1, CELLS // (factors * max(longest, 1)))]
        vectors = padded[_indices(chosen, rows, len(others))]
        left = vectors.transpose(0, 2, 1) @ vectors + everywhere
        left += shrink[rows].astype(np.float32)[:, None, None] * identity
        found[rows] = np.linalg.solve(left, vectors.sum(axis=1)[..., None])[..., 0]
        start += len(rows)
    return found


def _indices(chosen: csr_matrix, rows: Array, nothing: int) -> Array:
    """(rows, longest) the columns of each row, filled up with `nothing`."""
    lengths = np.diff(chosen.indptr)[rows]
    place = np.arange(int(lengths.max(initial=0)))
    at = chosen.indptr[rows][:, None] + place
    within = place < lengths[:, None]
    last = max(len(chosen.indices) - 1, 0)
    return np.where(within, chosen.indices[np.minimum(at, last)], nothing)
