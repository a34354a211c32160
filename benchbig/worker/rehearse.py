"""Go once through what every job goes through, on a few made-up rows, before a job waits for it.

A forked process copies each page of memory that it touches, and its interpreter learns each piece
of code anew. A worker that was forked ahead of its job has that behind it when the job comes.

Nothing here may start a thread: one that is there before a worker gives up its rights keeps them.
So no matrix is multiplied, and neither torch nor Arrow is touched.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from benchbig.data import Split
from benchbig.data.digest import ids_sha256, split_sha256
from benchbig.data.frames import whole
from benchbig.data.parts import Array
from benchbig.data.splits import cut, stratified
from benchbig.metrics.bootstrap import interval
from benchbig.metrics.prediction import check_prediction, looks_like_labels
from benchbig.metrics.score import score
from benchbig.metrics.score import value as metric_value
from benchbig.worker import measure

ROWS = 20
ROOM = 2**18  # numbers: 2 MB, as much as the draws of a small interval take
METRIC, KIND = "roc_auc", "binary"


def _never() -> bool:
    return False


def rehearse(wanted: Callable[[], bool] = _never) -> None:
    """Load, predict, score and write down; nothing is kept, no global generator is drawn from.

    wanted: whether the job is there, which need not wait for the rest of this.
    """
    for _ in _steps():
        if wanted():
            return


def _steps() -> Iterator[None]:
    """A few milliseconds each."""
    split = _load()
    yield
    split_sha256(split)
    ids_sha256(split.test.ids)
    yield
    p, _ = measure.predict_all(_predict, split.test, "cpu")
    measure.latency(_predict, split.test, 0, "cpu")
    yield
    p = check_prediction(KIND, len(split.test), 2, p)
    looks_like_labels(KIND, p)
    metric_value(METRIC, KIND, split.test.y, p)
    found = score(KIND, split.test.y, p)
    yield
    _make_room()
    yield
    low, high, method = interval(METRIC, KIND, split.test.y, p, seed=0, replicates=8)
    yield
    np.savez_compressed(io.BytesIO(), ids=split.test.ids, y=split.test.y, p=p)
    json.dumps({"metrics": found, "ci": [low, high, method]}, sort_keys=True)


def _make_room() -> None:
    """Have the allocator keep what is freed: else each large array is made of new pages.

    The GNU C library gives memory back to the system from 128 kB on, until a larger piece was
    freed: from then on it keeps pieces of that size, and twice as much at the end of its heap
    (mallopt(3), M_MMAP_THRESHOLD). So the first is not touched, and the second stays.
    """
    np.empty(ROOM)
    np.ones(ROOM)


def _load() -> Split:
    """Two columns, of which the first tells the class a little."""
    rows = np.arange(ROWS)
    y = rows % 2
    frame = pd.DataFrame({"hint": rows / ROWS + y, "row": rows})
    return cut(whole(frame, y), stratified(y, seed=0))


def _predict(X: pd.DataFrame) -> Array:
    """(n,) probabilities."""
    p: Array = 1 / (1 + np.exp(1 - X["hint"].to_numpy(dtype=float)))
    return p
