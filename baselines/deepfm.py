"""How well does a factorisation machine with a network beside it do, that knows facts too?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from benchbig.baselines import pairs
from benchbig.baselines.bpr import product
from benchbig.data import Context, Part, Predict
from benchbig.data.histories import Histories


class Side(nn.Module):
    """One side's fields, a vector each: its number, each name of a column, each number column.

    A number column's vector is its standardised value times a vector; a missing value is 0.
    """

    def __init__(self, n: int, facts: pd.DataFrame, width: int) -> None:
        super().__init__()
        names = [c for c in facts if isinstance(facts[c].dtype, pd.CategoricalDtype)]
        codes = [np.arange(n), *(facts[c].cat.codes.to_numpy() + 1 for c in names)]
        sizes = [n, *(len(facts[c].cat.categories) + 1 for c in names)]
        starts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
        at = np.stack(codes, axis=1) + starts
        numbers = facts.drop(columns=names).astype(float)
        scaled = ((numbers - numbers.mean()) / numbers.std(ddof=0).replace(0, 1)).to_numpy()
        self.register_buffer("at", torch.from_numpy(at.astype(np.int64)), persistent=False)
        values = torch.from_numpy(np.nan_to_num(scaled).astype(np.float32))
        self.register_buffer("values", values, persistent=False)
        self.vectors = nn.Embedding(int(sum(sizes)), width)
        self.slopes = nn.Parameter(0.01 * torch.randn(values.shape[1], width))
        nn.init.normal_(self.vectors.weight, std=0.1 / width**0.5)
        self.weights = nn.Embedding(int(sum(sizes)), 1)
        self.tilts = nn.Parameter(torch.zeros(values.shape[1]))
        nn.init.zeros_(self.weights.weight)

    @property
    def fields(self) -> int:
        return self.at.shape[1] + self.values.shape[1]

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(..., fields, width) vectors and (...,) the linear part."""
        at, values = self.at[rows], self.values[rows]
        vectors = torch.cat([self.vectors(at), values[..., None] * self.slopes], dim=-2)
        return vectors, self.weights(at)[..., 0].sum(dim=-1) + values @ self.tilts


class DeepFM(nn.Module):
    """The linear part, all products of two fields' vectors, and layers over all vectors."""

    def __init__(self, X: Histories, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.users = Side(len(X.users), X.users, width)
        self.items = Side(X.n_items, X.items, width)
        self.of_user = nn.Linear(self.users.fields * width, hidden)
        self.of_item = nn.Linear(self.items.fields * width, hidden, bias=False)
        self.rest = nn.Sequential(
            nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, hidden // 2), nn.ReLU(),
            nn.Linear(hidden // 2, 1),
        )  # fmt: skip

    def of_users(self, rows: Tensor) -> tuple[Tensor, ...]:
        return _read(self.users, self.of_user, rows)

    def of_items(self, rows: Tensor) -> tuple[Tensor, ...]:
        return _read(self.items, self.of_item, rows)

    def join(self, user: tuple[Tensor, ...], item: tuple[Tensor, ...]) -> Tensor:
        within = user[1] + item[1]
        return within + product(user[0], item[0]) + self.rest(user[2] + item[2])[..., 0]


def _read(side: Side, layer: nn.Linear, rows: Tensor) -> tuple[Tensor, ...]:
    """The sum of a side's vectors; what its fields say alone and among themselves; its layer.

    The products of all pairs among the vectors v are half of (sum v)^2 - sum v^2 (Rendle 2010).
    """
    vectors, linear = side(rows)
    total = vectors.sum(dim=-2)
    among = 0.5 * (total.square() - vectors.square().sum(dim=-2)).sum(dim=-1)
    return total, linear + among, layer(vectors.flatten(start_dim=-2))


def fit(train: Part, context: Context) -> Predict:
    """params: factors, hidden, dropout, and those of benchbig.baselines.pairs.

    Source: Guo, Tang, Ye, Li and He 2017, "DeepFM: a factorization-machine based neural network
    for CTR prediction", IJCAI.
    """
    params = context.params
    widths: Sequence[int] = (params["factors"], params["hidden"])
    return pairs.fit(
        lambda X: DeepFM(X, *widths, params["dropout"]), train, context, pairs.pointwise
    )
