"""What is done with a batch that does not fit into memory? It is taken in smaller parts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch

from benchbig.errors import out_of_memory
from benchbig.finetune.batches import Positions


def each(run: Callable[[Positions], None], every: Iterable[Positions]) -> None:
    """Run over batch after batch, each in parts of the share that the one before was found to fit
    in: a batch that is too large is not met anew each time."""
    share = 1.0
    for batch in every:
        asked = math.ceil(share * len(batch))
        fitted = fitting(run, batch, asked)
        if fitted < asked:
            share = fitted / len(batch)


def fitting(
    run: Callable[[Positions], None],
    batch: Positions,
    size: int,
    restart: Callable[[], None] = lambda: None,
) -> int:
    """Run over a batch in parts of `size` rows, halved until a part fits; gives the size that did.

    run: takes some of the batch's positions. restart: called before the whole batch is begun
    again, to undo what its parts left behind. Raises what `run` raises where a part of one row
    does not fit, or where it was not memory that lacked.
    """
    size = min(size, len(batch))
    while not _fits(run, batch, size):
        size = -(-size // 2)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        restart()
    return size


def _fits(run: Callable[[Positions], None], batch: Positions, size: int) -> bool:
    """Whether all parts of this size went through. What an error's trace holds is freed here."""
    try:
        for start in range(0, len(batch), size):
            run(batch[start : start + size])
    except (RuntimeError, MemoryError) as error:
        if size == 1 or not out_of_memory(error):
            raise
        return False
    return True
