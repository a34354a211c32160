"""How far does one get by offering each user again what he has chosen most often?"""

from __future__ import annotations

import numpy as np

from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories
from benchbig.data.parts import Array


def fit(train: Part, context: Context) -> Predict:
    """How often the user chose the item, and below all of those the item's popularity.

    params: fading, what an instant longer ago weighs: a choice of his last instant 1, of the one
    before `fading`, and so on; 1 counts plainly.
    """
    X, fading = train.X, context.params["fading"]
    pairs = np.unique(X.row * X.n_items + X.item)
    popular = np.bincount(pairs % X.n_items, minlength=X.n_items)
    share = (popular / (1.0 + popular.max())).astype(np.float32)
    context.notes.n_params, context.notes.artifact_bytes = len(share), share.nbytes
    # The smallest weight must still lift what was chosen above all that was not, popular or not.
    scale = fading ** np.int64(60)

    def predict(X: Histories) -> Array:
        scores = np.tile(share * scale, (len(X), 1)).astype(np.float64)
        weight = fading ** np.minimum(_instants_ago(X), 60)
        np.add.at(scores, (X.row, X.item), weight)
        return scores

    return predict


def _instants_ago(X: Histories) -> Array:
    """(choices,) how many different instants of his own lie after each choice of a user."""
    opens = np.ones(len(X.item), dtype=np.int64)
    opens[1:] = (X.row[1:] != X.row[:-1]) | (X.time[1:] != X.time[:-1])
    instant = np.cumsum(opens)
    last = np.zeros(len(X), dtype=np.int64)
    last[X.row] = instant  # the last one written stays: each user's latest
    return last[X.row] - instant
