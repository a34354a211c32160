"""How well does a transformer do that reads what a user chose in its order?"""

from __future__ import annotations

import numpy as np
import torch

from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories
from benchbig.data.parts import Array
from benchbig.finetune import sequence
from benchbig.finetune.ranker import Plan, train


def fit(part: Part, context: Context) -> Predict:
    """Cross entropy of each next item by AdamW; what ranks the validation part best is kept.

    params: width, layers, heads, dropout, length (items of a history that count), negatives
    (items drawn for the loss; all where there are no more), batch, steps, every, patience,
    learning_rate, weight_decay. Source: Kang and McAuley 2018; see finetune/sequence.py.
    """
    return learn(part, context, None, tuned=True)


def learn(part: Part, context: Context, words: Array | None, tuned: bool) -> Predict:
    """The same with an item table that may come from the items' texts: see sequence.Table."""
    params, notes, X = context.params, context.notes, part.X
    torch.manual_seed(context.seed)
    network = sequence.Sequence(
        sequence.Table(X.n_items, params["width"], words, tuned),
        width=params["width"],
        length=params["length"],
        layers=params["layers"],
        heads=params["heads"],
        dropout=params["dropout"],
    ).to(context.device)
    rng = np.random.default_rng(context.seed)
    rows = sequence.windows(X, params["length"])

    def rank(X: Histories) -> Array:
        return sequence.scores(network, X, params["length"], context.device)

    losses = sequence.losses(
        network, rows, params["batch"], params["negatives"], rng, context.device
    )
    train(network, losses, rank, Plan.of(params), context)
    notes.n_trainable = sum(weight.numel() for weight in network.parameters())
    notes.n_params = notes.n_trainable
    notes.artifact_bytes, notes.precision = 4 * notes.n_params, "fp32"
    return rank
