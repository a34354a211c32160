"""A transformer over what a user chose, one item after another: what will he choose next?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, embedding, scaled_dot_product_attention

from benchbig.data.histories import Histories
from benchbig.data.parts import Array

# Batches whose rows are sorted by length together: few, or those of a small catalogue would hold
# the same rows time and again, and learn more slowly.
POOL = 4
SLOWLY = 0.1  # of the learning rate, for vectors that came from a pretrained encoder


class Block(nn.Module):
    """Attention to the past, then two layers at each place; both added to what was there."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.asked = nn.Linear(width, 3 * width)
        self.told = nn.Linear(width, width)
        self.layers = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        n, length, width = x.shape
        asked = self.asked(self.norms[0](x)).view(n, length, 3, self.heads, width // self.heads)
        query, key, content = asked.permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(query, key, content, attn_mask=mask)
        x = x + self.dropout(self.told(seen.transpose(1, 2).reshape(n, length, width)))
        deeper: Tensor = x + self.dropout(self.layers(self.norms[1](x)))
        return deeper


class Table(nn.Module):
    """A vector an item, learnt from nothing or read off what the item is in words.

    words: (items, h) embeddings of the items' texts, or None. tuned: whether they may move; they
    do so slowly, and decay pulls them back to where they came from.
    """

    def __init__(self, n_items: int, width: int, words: Array | None, tuned: bool) -> None:
        super().__init__()
        self.n_items = n_items
        self.words: Tensor | None
        self.register_buffer(
            "words", None if words is None else torch.from_numpy(words), persistent=False
        )
        if words is None:
            self.own: nn.Parameter | None = nn.Parameter(0.02 * torch.randn(n_items, width))
        else:
            self.own = nn.Parameter(torch.zeros(words.shape)) if tuned else None
            self.read = nn.Linear(words.shape[1], width, bias=False)

    def forward(self) -> Tensor:
        """(items, width)."""
        if self.words is None:
            assert self.own is not None
            return self.own
        moved = self.words if self.own is None else self.words + SLOWLY * self.own
        found: Tensor = self.read(moved)
        return found


class Sequence(nn.Module):
    """SASRec: the last place of a history gives a vector; an item's score is its product with it.

    Source: Kang and McAuley 2018, "Self-attentive sequential recommendation", ICDM; norms first
    and GELU as is usual since.
    """

    def __init__(
        self, table: Table, width: int, length: int, layers: int, heads: int, dropout: float
    ) -> None:
        super().__init__()
        self.table = table
        self.places = nn.Parameter(0.02 * torch.randn(length, width))
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, items: Tensor, table: Tensor) -> Tensor:
        """(n, length) items, filled up at the front with len(table), to (n, length, width)."""
        filled = items == len(table)
        # The filling's vector is nought: one row more than there are items.
        x = embedding(items, torch.cat([table, table.new_zeros(1, table.shape[1])]))
        x = self.dropout(x * table.shape[1] ** 0.5 + self.places[-items.shape[1] :])
        here = torch.arange(items.shape[1], device=items.device)
        # A place sees those before it that are no filling, and itself, lest a row see nothing.
        mask = (here[:, None] > here) & ~filled[:, None, :] | (here[:, None] == here)
        for block in self.blocks:
            x = block(x, mask[:, None])
        found: Tensor = self.norm(x)
        return found


def windows(X: Histories, length: int) -> Array:
    """(rows, length + 1) pieces of the histories, filled up at the front with n_items.

    A history longer than that makes several pieces; each begins with the last item of the one
    before, so that every item but a history's first is foretold once.
    """
    pieces = []
    for row in range(len(X)):
        items = X.of(row)
        for stop in range(len(items), 1, -length):
            piece = items[max(0, stop - length - 1) : stop]
            pieces.append(np.concatenate([np.full(length + 1 - len(piece), X.n_items), piece]))
    return np.array(pieces, dtype=np.int64).reshape(len(pieces), length + 1)


def losses(
    network: Sequence,
    rows: Array,
    batch: int,
    negatives: int,
    rng: np.random.Generator,
    device: str,
) -> Iterator[Tensor]:
    """The cross entropy of each next item, batch by batch without end.

    rows: as `windows` gives them; those of like length come together, so that little filling is
    worked on. An item counts as much in a batch of short rows as in one of long ones: the sum is
    divided by what a batch holds on average. Against all other items, as in Klenitskiy and Vasilev
    2023, "Turning dross into gold loss"; where there are more than `negatives`, against so many
    drawn for a batch at random.
    """
    lengths = (rows != network.table.n_items).sum(axis=1)
    usual = batch * float((lengths - 1).mean())
    while True:
        order = rng.permutation(len(rows))
        pools = [
            order[start : start + POOL * batch] for start in range(0, len(order), POOL * batch)
        ]
        ordered = [pool[np.argsort(lengths[pool], kind="stable")] for pool in pools]
        batches = [p[start : start + batch] for p in ordered for start in range(0, len(p), batch)]
        for taken in (batches[at] for at in rng.permutation(len(batches))):
            piece = rows[taken][:, -int(lengths[taken].max()) :]
            yield _loss(network, torch.from_numpy(piece).to(device), negatives, rng) / usual


def _loss(network: Sequence, piece: Tensor, negatives: int, rng: np.random.Generator) -> Tensor:
    """The sum over all items of a batch that are foretold."""
    table = network.table()
    hidden, following = network(piece[:, :-1], table), piece[:, 1:]
    asked = piece[:, :-1] < len(table)
    hidden, following = hidden[asked], following[asked]
    if negatives >= len(table):
        return cross_entropy(hidden @ table.T, following, reduction="sum")
    drawn = torch.from_numpy(rng.choice(len(table), negatives, replace=False)).to(piece.device)
    own = (hidden * table[following]).sum(dim=1, keepdim=True)
    others = hidden @ table[drawn].T
    # Each drawn item stands for several: without this the loss would be another one.
    others = others + float(np.log((len(table) - 1) / negatives))
    others = others.masked_fill(drawn == following[:, None], -torch.inf)
    first = torch.zeros(len(own), dtype=torch.int64, device=piece.device)
    return cross_entropy(torch.cat([own, others], dim=1), first, reduction="sum")


def scores(network: Sequence, X: Histories, length: int, device: str) -> Array:
    """(n, items) float32 by the last `length` items of each history."""
    longest = int(min(length, max(X.lengths.max(initial=1), 1)))
    rows = np.full((len(X), longest), X.n_items)
    for row in range(len(X)):
        items = X.of(row)[-longest:]
        rows[row, longest - len(items) :] = items
    with torch.no_grad():
        table = network.table()
        found = []
        for part in torch.split(torch.from_numpy(rows), 256):
            found.append((network(part.to(device), table)[:, -1] @ table.T).float().cpu().numpy())
    return np.concatenate(found)
