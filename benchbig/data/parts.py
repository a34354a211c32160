"""What passes between the engine, a task and a model: Part, Split, Context, Predict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from benchbig.cards import TaskCard
    from benchbig.data.histories import Histories

Array = np.ndarray[Any, Any]
Predict = Callable[[Any], Array]


@dataclass(frozen=True)
class Part:
    """One part of a split.

    X: a pandas DataFrame (n, d), nominal columns of dtype category, NaN where missing;
       or an object array (n,) of texts;
       or pictures, uint8, (n, h, w) grey or (n, h, w, c) with c colours;
       or Histories of n users, for ranking.
    y: (n,) int64 classes 0..k-1 (binary: 1 is the positive class); float64 for regression;
       for ranking (n, m) int64, the items each user chose next, filled up with -1.
    ids: (n,) int64, the example's row in its origin file, unique over the whole split; for
       ranking the user's number, unique within the part.
    groups: (n,) int64 or None, what must not be torn apart (a patient, a review).
    """

    X: pd.DataFrame | Array | Histories
    y: Array
    ids: Array
    groups: Array | None = None

    def __len__(self) -> int:
        return len(self.y)

    def lend(self) -> Part:
        """The same, for a model to do with as it likes: what it changes does not come back.

        A frame's numbers are copied only where they are written to (pandas' copy on write).
        """
        groups = None if self.groups is None else self.groups.copy()
        return Part(self.lend_X(), self.y.copy(), self.ids.copy(), groups)

    def lend_X(self) -> Any:
        """X alone, for a model to do with as it likes."""
        X: Any = self.X
        if isinstance(X, np.ndarray):
            return X.copy()
        return X.copy(deep=False) if hasattr(X, "iloc") else X.lend()

    def holds(self, X: Any) -> bool:
        """Whether X, an array, is this part's, or a copy of it as `lend_X` gives one."""
        own: Any = self.X
        return X is own or (X.shape == own.shape and bool(np.array_equal(X, own)))

    def take(self, rows: Array) -> Part:
        """The part made of these row positions, in this order."""
        if isinstance(self.X, np.ndarray):
            X: pd.DataFrame | Array | Histories = self.X[rows]
        else:
            X = self.X.iloc[rows] if hasattr(self.X, "iloc") else self.X.take(rows)
        groups = None if self.groups is None else self.groups[rows]
        return Part(X, self.y[rows], self.ids[rows], groups)


@dataclass(frozen=True)
class Split:
    """The three parts: models learn on train, choose on valid, and test is looked at once."""

    train: Part
    valid: Part
    test: Part


@dataclass
class Notes:
    """What a fit may tell of itself; the engine copies it into the record.

    n_train_used: rows really learnt from, where fewer than given.
    shared_s: seconds of computing taken from a cache, as measured when the cache was filled;
        they count into fit_s, so that a shared embedding is not free.
    filled_s: seconds this fit spent on filling a cache. The search counts what is shared once,
        whoever computed it, so that it makes the same trials with a cold cache and a warm one.
    valid_shared_s: as shared_s, for what a trial was spared when its validation part was judged;
        no fit takes that long, so it counts in the search alone.
    """

    n_params: int | None = None
    n_trainable: int | None = None
    artifact_bytes: int | None = None
    n_train_used: int | None = None
    precision: str | None = None
    shared_s: float = 0.0
    filled_s: float = 0.0
    valid_shared_s: float = 0.0
    warnings: list[str] = field(default_factory=list)


def _silent(fraction: float) -> None:
    """A progress callback for those who watch nothing."""


@dataclass(frozen=True)
class Context:
    """What a model may know besides its training part; the test part is not in it.

    params: the card's [params] with the search's choice laid over them.
    valid: for early stopping and calibration.
    files: the card's assets, fetched and verified; a folder asset is a folder's path.
    device: "cpu", "cuda" or "mps". cache: a folder that persists over jobs and runs.
    """

    task: TaskCard
    params: Mapping[str, Any]
    seed: int
    valid: Part
    files: Mapping[str, Path]
    device: str
    threads: int
    cache: Path
    notes: Notes = field(default_factory=Notes)
    progress: Callable[[float], None] = _silent

    def trial(self, params: Mapping[str, Any]) -> Context:
        """The same context for another trial of the search: new parameters, fresh notes."""
        return replace(self, params={**self.params, **params}, notes=Notes())
