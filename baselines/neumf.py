"""How well does neural matrix factorisation do: a product of factors beside a small network?"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchbig.baselines import pairs
from benchbig.baselines.bpr import product
from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories


class NeuMF(nn.Module):
    """A weighted product of factors plus layers over other factors, each side's read once.

    The first layer over (user, item) is a sum of one over each, which is worked out beforehand.
    """

    def __init__(self, X: Histories, width: int, dropout: float) -> None:
        super().__init__()
        self.tables = nn.ModuleList(
            nn.Embedding(n, width) for n in (len(X.users), X.n_items) for _ in range(2)
        )
        self.weight = nn.Parameter(torch.ones(width))
        self.of_user, self.of_item = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.rest = nn.Sequential(
            nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, width // 2), nn.ReLU(),
            nn.Linear(width // 2, 1),
        )  # fmt: skip
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.1 / width**0.5)

    def of_users(self, rows: Tensor) -> tuple[Tensor, ...]:
        return self.tables[0](rows) * self.weight, self.of_user(self.tables[1](rows))

    def of_items(self, rows: Tensor) -> tuple[Tensor, ...]:
        return self.tables[2](rows), self.of_item(self.tables[3](rows))

    def join(self, user: tuple[Tensor, ...], item: tuple[Tensor, ...]) -> Tensor:
        return product(user[0], item[0]) + self.rest(user[1] + item[1])[..., 0]


def fit(train: Part, context: Context) -> Predict:
    """params: factors, dropout, and those of benchbig.baselines.pairs.

    Source: He, Liao, Zhang, Nie, Hu and Chua 2017, "Neural collaborative filtering", WWW; both
    sides trained together from the start.
    """
    params = context.params
    return pairs.fit(
        lambda X: NeuMF(X, params["factors"], params["dropout"]), train, context, pairs.pointwise
    )
