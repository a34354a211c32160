"""What is done with a batch that does not fit into memory? It is taken in smaller parts."""

from __future__ import annotations

from collections.abc import Callable

import torch

from benchbig.finetune.batches import Positions

# The CPU's allocator and MPS raise a plain RuntimeError; these words tell it from others.
WORDS = ("out of memory", "can't allocate memory", "not enough memory")


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
        if size == 1 or not _ran_out(error):
            raise
        return False
    return True


def _ran_out(error: RuntimeError | MemoryError) -> bool:
    known = isinstance(error, (torch.OutOfMemoryError, MemoryError))
    return known or any(words in str(error).lower() for words in WORDS)
