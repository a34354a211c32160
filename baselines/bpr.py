"""How well do factors do that are learnt from which of two items a user prefers?"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchbig.baselines import pairs
from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories


class Factors(nn.Module):
    """The product of a user's and an item's factors, and what the item has for everybody."""

    def __init__(self, X: Histories, width: int) -> None:
        super().__init__()
        self.users = nn.Embedding(len(X.users), width)
        self.items = nn.Embedding(X.n_items, width)
        self.offsets = nn.Embedding(X.n_items, 1)
        for table in (self.users, self.items):
            nn.init.normal_(table.weight, std=0.1 / width**0.5)
        nn.init.zeros_(self.offsets.weight)

    def of_users(self, rows: Tensor) -> tuple[Tensor, ...]:
        return (self.users(rows),)

    def of_items(self, rows: Tensor) -> tuple[Tensor, ...]:
        return self.items(rows), self.offsets(rows)[..., 0]

    def join(self, user: tuple[Tensor, ...], item: tuple[Tensor, ...]) -> Tensor:
        return product(user[0], item[0]) + item[1]


def product(users: Tensor, items: Tensor) -> Tensor:
    """The products of (n, 1, d) users with (n, k, d) or (1, k, d) items: (n, k)."""
    if items.shape[0] == 1:
        return users[:, 0] @ items[0].T
    return torch.einsum("nid,nkd->nk", users, items)


def fit(train: Part, context: Context) -> Predict:
    """params: factors, and those of benchbig.baselines.pairs. Source: Rendle et al. 2009."""
    width = context.params["factors"]
    return pairs.fit(lambda X: Factors(X, width), train, context, pairs.bpr)
