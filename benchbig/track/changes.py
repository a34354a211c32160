"""Where did a series change for good, between which commits, and did it recover since?"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchbig.gate.costs import MEASURES
from benchbig.track.series import Series
from benchbig.verdict.effects import min_effect

REGAINED = 0.75  # of a loss, from which it counts as recovered


@dataclass(frozen=True)
class Change:
    """A series took another level.

    at: the first point of the new level. before, after: the levels' means. last, first: the
    commits between which it happened: the last with the old level, the first with the new one.
    worse: whether that is the worse of the two. recovered: the commit from which the loss was
    regained; None where it was not. undoes: a gain that does no more than regain a loss.
    """

    at: int
    before: float
    after: float
    last: str
    first: str
    worse: bool
    recovered: str | None
    undoes: bool

    @property
    def stands(self) -> bool:
        """Whether it is still worth a look."""
        return self.recovered is None and not self.undoes


@dataclass(frozen=True)
class Tracked:
    """A series, the levels' starts, and its changes. too_short: nothing can be said yet."""

    series: Series
    starts: tuple[int, ...]
    changes: tuple[Change, ...]
    too_short: bool

    @property
    def standing(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.stands)


def tracked(found: Iterable[Series]) -> list[Tracked]:
    """Every series with its changes of more than the minimum effect."""
    return [_tracked(one) for one in found]


def _tracked(series: Series) -> Tracked:
    from benchbig.stats.levels import LEAST, levels

    values = [point.value for point in series.points]
    if len(values) < LEAST:
        return Tracked(series, (0,), (), True)
    starts = levels(values)
    means = [
        statistics.fmean(values[start:end])
        for start, end in zip(starts, (*starts[1:], len(values)), strict=True)
    ]
    starts, means = _worth(series, starts, means, values)
    changes = tuple(_change(series, starts, means, which) for which in range(1, len(starts)))
    return Tracked(series, tuple(starts), changes, False)


def _worth(
    series: Series, starts: Sequence[int], means: Sequence[float], values: Sequence[float]
) -> tuple[list[int], list[float]]:
    """The levels, those joined to the one before that differ from it by less than matters."""
    kept, level = [starts[0]], [means[0]]
    ends = (*starts[1:], len(values))[1:]
    for start, end, mean in zip(starts[1:], ends, means[1:], strict=True):
        if _matters(series, level[-1], mean):
            kept.append(start)
            level.append(mean)
        else:
            level[-1] = statistics.fmean(values[kept[-1] : end])
    return kept, level


def _matters(series: Series, before: float, after: float) -> bool:
    if not series.is_cost:
        return abs(after - before) >= min_effect(series.measure, {}, before)
    least = next((m.least for m in MEASURES if m.name == series.measure), 1.25)
    low, high = sorted((before, after))
    return low <= 0 or high / low >= least


def _change(series: Series, starts: Sequence[int], means: Sequence[float], which: int) -> Change:
    before, after = means[which - 1], means[which]
    at = starts[which]
    worse = _worse(series, before, after)
    back = _regained(series, means, which)
    return Change(
        at=at,
        before=before,
        after=after,
        last=series.points[at - 1].commit,
        first=series.points[at].commit,
        worse=worse,
        recovered=None if back is None else series.points[starts[back]].commit,
        undoes=not worse
        and any(
            (_regained(series, means, loss) or 0) >= which
            and not _further(series, means[loss - 1], after)
            for loss in range(1, which)
        ),
    )


def _further(series: Series, lost: float, now: float) -> bool:
    """Whether a gain goes beyond what had been lost, by as much as matters."""
    return not _worse(series, lost, now) and _matters(series, lost, now)


def _worse(series: Series, before: float, after: float) -> bool:
    return (after < before) == series.higher_is_better


def _regained(series: Series, means: Sequence[float], which: int) -> int | None:
    """The level at which the loss of this one was regained; None of a gain, or of a loss that
    stands today: what was regained and lost again since has not recovered."""
    before, after = means[which - 1], means[which]
    if not _worse(series, before, after):
        return None

    def share(level: float) -> float:
        return (level - after) / (before - after)

    if share(means[-1]) < REGAINED:
        return None
    return next(later for later in range(which + 1, len(means)) if share(means[later]) >= REGAINED)
