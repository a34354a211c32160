"""Who reads the tasks and renders the pages: this process, or for a large store two of them?

Each task's files and each language's pages are one piece of work, which any process does alike, so
the site is the same to the byte however many there are.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from benchbig import environment

# Above this another process pays for its start, which takes as long as reading so much.
LARGE_BYTES = 30_000_000
WORKERS = 2
# New objects before Python looks for dead cycles among them. It does after 700, a chart has
# thousands and none is one: a twentieth of the time.
SELDOM = 100_000
In = TypeVar("In")
Out = TypeVar("Out")


@contextmanager
def helper(results: Path) -> Iterator[Executor | None]:
    """Processes that help with a large store, where there are cores for them; else None."""
    size = sum(path.stat().st_size for path in (results / "records").glob("*/*.jsonl"))
    before = gc.get_threshold()
    gc.set_threshold(SELDOM)
    try:
        if size < LARGE_BYTES or environment.cores() < WORKERS:
            yield None
            return
        # Spawned: a fork of a process that has used threads can hang.
        start = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(WORKERS, start, gc.set_threshold, (SELDOM,)) as pool:
            yield pool
    finally:
        gc.set_threshold(*before)


def mapped(pool: Executor | None, work: Callable[[In], Out], items: Sequence[In]) -> Iterator[Out]:
    """What work makes of each item, in their order."""
    return map(work, items) if pool is None else pool.map(work, items)
