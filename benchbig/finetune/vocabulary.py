"""How can an optimizer leave alone the embedding rows whose tokens never occur?

Their gradient is 0 at every step, and they carry no weight decay, so cutting them out changes no
result; it spares AdamW most of a small encoder's weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from benchbig.finetune.batches import Rows
from benchbig.finetune.classifier import Classifier

Ids = np.ndarray[Any, np.dtype[np.int64]]


@contextmanager
def narrowed(model: Classifier, used: Ids) -> Iterator[Ids]:
    """Within, the model knows the tokens `used` (m,) alone; afterwards all, the used as learnt.

    Gives the table (vocabulary,) from an old token id to its new one; ids not in use become 0.
    Where embeddings do not learn, nothing is cut and the numbers stay.
    """
    whole = model.network.get_input_embeddings()
    if not whole.weight.requires_grad:
        yield np.arange(whole.num_embeddings)
        return
    rows = torch.from_numpy(used).to(whole.weight.device)
    few = nn.Embedding(len(used), whole.embedding_dim, _weight=whole.weight.detach()[rows].clone())
    table = np.zeros(whole.num_embeddings, dtype=np.int64)
    table[used] = np.arange(len(used))
    fill = model.fill
    model.network.set_input_embeddings(few)
    model.fill = int(table[fill])
    try:
        yield table
    finally:
        with torch.no_grad():
            whole.weight[rows] = few.weight
        model.network.set_input_embeddings(whole)
        model.fill = fill


def tokens(parts: Iterable[Rows], fill: int) -> Ids:
    """The token ids that occur in any row of any part, and the one that pads, ascending."""
    seen = {fill}
    for part in parts:
        for row in part:
            seen.update(row)
    return np.array(sorted(seen), dtype=np.int64)


def renumber(rows: Rows, table: Ids) -> list[list[int]]:
    """The rows in the new numbers."""
    return [[int(table[token]) for token in row] for row in rows]
