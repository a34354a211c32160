"""How is a network trained that says of a user and an item how well they fit? Shared code.

Such a network is an nn.Module with three methods. `of_users(rows)` and `of_items(rows)` give a
tuple of tensors each, with the shape of `rows` in front; `join` takes both tuples, of shapes that
broadcast, and gives the fit. So a user is worked out once for all items, and an item once for all
users.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories
from benchbig.data.parts import Array
from benchbig.finetune.ranker import Plan, train

JOINED = 2**21  # pairs joined at once when nothing is learnt


def fit(
    build: Callable[[Histories], nn.Module],
    part: Part,
    context: Context,
    loss: Callable[[Tensor, Tensor], Tensor],
) -> Predict:
    """Each choice against items drawn at random that the user has not chosen.

    loss: of (n,) fits of what was chosen and (n, negatives) fits of what was not. params: batch
    (choices a step), negatives, steps, every, patience, learning_rate, weight_decay (see Plan).
    """
    params, notes, X = context.params, context.notes, part.X
    torch.manual_seed(context.seed)
    network = build(X).to(context.device)
    rng = np.random.default_rng(context.seed)
    pairs = np.unique(X.user[X.row] * X.n_items + X.item)

    def losses() -> Iterator[Tensor]:
        while True:
            order = rng.permutation(pairs)
            for start in range(0, len(order), params["batch"]):
                chosen = order[start : start + params["batch"]]
                users, items = np.divmod(chosen, X.n_items)
                others = _unchosen(users, pairs, X.n_items, params["negatives"], rng)
                both = np.concatenate([items[:, None], others], axis=1)
                fits = _fits(network, users[:, None], both, context.device)
                yield loss(fits[:, 0], fits[:, 1:])

    known = np.zeros(len(X.users), dtype=bool)
    known[X.user] = True

    def rank(X: Histories) -> Array:
        return scores(network, X, known, context.device)

    train(network, losses(), rank, Plan.of(params), context)
    notes.n_params = notes.n_trainable = sum(weight.numel() for weight in network.parameters())
    notes.artifact_bytes, notes.precision = 4 * notes.n_params, "fp32"
    return rank


def scores(network: nn.Module, X: Histories, known: Array, device: str) -> Array:
    """(n, items) float32; a user who was not learnt from gets the mean of those who were."""
    with torch.no_grad():
        items = network.of_items(torch.arange(X.n_items, device=device)[None])
        found = np.empty((len(X), X.n_items), dtype=np.float32)
        step = max(1, JOINED // X.n_items)
        for start in range(0, len(X), step):
            users = network.of_users(
                torch.from_numpy(X.user[start : start + step, None]).to(device)
            )
            found[start : start + step] = network.join(users, items).cpu().numpy()
        strange = ~known[X.user]
        if strange.any():
            everybody = torch.from_numpy(np.flatnonzero(known)).to(device)
            mean = tuple(of.mean(dim=0)[None, None] for of in network.of_users(everybody))
            found[strange] = network.join(mean, items).cpu().numpy()
    return found


def bpr(chosen: Tensor, others: Tensor) -> Tensor:
    """Bayesian personalised ranking: what was chosen should fit better than what was not.

    Source: Rendle, Freudenthaler, Gantner and Schmidt-Thieme 2009, UAI.
    """
    return -logsigmoid(chosen[:, None] - others).mean()


def pointwise(chosen: Tensor, others: Tensor) -> Tensor:
    """The log loss of "chosen or not", each drawn item a case of its own (He et al. 2017)."""
    return (
        -(logsigmoid(chosen).sum() + logsigmoid(-others).sum())
        / (1 + others.shape[1])
        / len(chosen)
    )


def _fits(network: nn.Module, users: Array, items: Array, device: str) -> Tensor:
    of_users = network.of_users(torch.from_numpy(users).to(device))
    return network.join(of_users, network.of_items(torch.from_numpy(items).to(device)))


def _unchosen(users: Array, pairs: Array, n_items: int, k: int, rng: np.random.Generator) -> Array:
    """(n, k) items at random; what the user has chosen is drawn again, a few times at most."""
    found = rng.integers(n_items, size=(len(users), k))
    for _ in range(5):
        keys = users[:, None] * n_items + found
        at = np.minimum(np.searchsorted(pairs, keys), len(pairs) - 1)
        wrong = pairs[at] == keys
        if not wrong.any():
            break
        found[wrong] = rng.integers(n_items, size=int(wrong.sum()))
    return found
