"""Who pays for what the trials of a search share?"""

from __future__ import annotations

from collections.abc import Hashable
from functools import _lru_cache_wrapper
from typing import Protocol, TypeVar

from benchbig.data import Notes


class Timed(Protocol):
    """What was computed, and the seconds that took."""

    @property
    def seconds(self) -> float: ...


T = TypeVar("T", bound=Timed)


def charged(
    compute: _lru_cache_wrapper[T], notes: Notes, *told: Hashable, judging: bool = False
) -> T:
    """What the cached function gives; its seconds go into the notes as spared or as spent.

    So every fit is charged for it, and the search once. judging: it is for the validation part's
    judgement, which no fit pays for. The outcome is shared: it is not to be written to.
    """
    known = compute.cache_info().hits
    learnt = compute(*told)
    if compute.cache_info().hits > known:
        charge(notes, spared=learnt.seconds, judging=judging)
    else:
        charge(notes, spent=learnt.seconds)
    return learnt


def charge(notes: Notes, spared: float = 0.0, spent: float = 0.0, judging: bool = False) -> None:
    """Note the seconds that a cache spared and those that filling it took; judging: as above."""
    notes.filled_s += spent
    if judging:
        notes.valid_shared_s += spared
    else:
        notes.shared_s += spared
