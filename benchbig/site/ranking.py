"""Which models do best over all tasks? The share of others that each leaves behind."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from benchbig.site.board import Table, Task
from benchbig.stats.rows import mean_interval, ranks
from benchbig.tables.row import Row


@dataclass(frozen=True)
class Standing:
    """A model over the tasks of one modality: only there do models meet the same rivals.

    win: the mean over tasks of the share of the other models that it leaves behind, a tie
    counting half; low, high: its 95% t interval over the tasks, None with fewer than two.
    rank: by win in whole percent, as it is shown; equals share one; None without any value.
    tasks: tasks with a value. failed: tasks without one, where it leaves nobody behind. first:
    tasks where no other stands above it. fit_s, latency_ms, rss: medians over its tasks, of main
    tables.
    """

    model: str
    modality: str
    rank: int | None
    win: float
    low: float | None
    high: float | None
    tasks: int
    failed: int
    first: int
    fit_s: float | None
    latency_ms: float | None
    rss: float | None


def standings(tasks: Iterable[Task]) -> list[Standing]:
    """All models, best first within each modality. The page's script does the same."""
    by_modality: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_modality[task.modality].append(task)
    return [line for modality, of in by_modality.items() for line in _standings(modality, of)]


def _standings(modality: str, tasks: Iterable[Task]) -> list[Standing]:
    """The models over the tasks of one modality."""
    shares: dict[str, list[float]] = defaultdict(list)
    found: dict[str, list[list[Row]]] = defaultdict(list)
    for task in tasks:
        by_model: dict[str, list[float]] = defaultdict(list)
        rows_of: dict[str, list[Row]] = defaultdict(list)
        for table in task.main:
            for row, share in zip(table.rows, win_shares(table), strict=True):
                by_model[row.model].append(share)
                rows_of[row.model].append(row)
        for model, several in by_model.items():
            shares[model].append(statistics.fmean(several))
            found[model].append(rows_of[model])
    wins = {model: mean_interval(values) for model, values in shares.items()}
    known = [wins[model][0] if _ended(found[model]) else None for model in wins]
    places = ranks(known, higher_is_better=True, digits=2)
    lines = [
        _standing(model, modality, rank, wins[model], found[model])
        for model, rank in zip(wins, places, strict=True)
    ]
    return sorted(lines, key=lambda line: (line.rank or len(lines) + 1, line.model))


def win_shares(table: Table) -> list[float]:
    """For each row the share of the table's other rows that it beats, ties half.

    A row without a value leaves nobody behind. One with a value that is alone gets one half.
    """
    others = len(table.rows) - 1
    if others == 0:
        return [0.0 if table.rows[0].value is None else 0.5]
    last = len(table.rows) + 1
    places = [row.rank if row.rank is not None else last for row in table.rows]
    same = Counter(places)
    after = dict(zip(sorted(same), accumulate(same[place] for place in sorted(same)), strict=True))
    return [
        0.0 if place == last else (len(places) - after[place] + (same[place] - 1) / 2) / others
        for place in places
    ]


def _ended(found: Sequence[Sequence[Row]]) -> int:
    """On how many tasks there is a value."""
    return sum(any(row.value is not None for row in rows) for rows in found)


def _standing(
    model: str,
    modality: str,
    rank: int | None,
    win: tuple[float, float | None, float | None],
    found: Sequence[Sequence[Row]],
) -> Standing:
    mean, low, high = win
    every = [row for rows in found for row in rows]
    return Standing(
        model=model,
        modality=modality,
        rank=rank,
        win=mean,
        low=None if low is None else max(0.0, low),
        high=None if high is None else min(1.0, high),
        tasks=_ended(found),
        failed=len(found) - _ended(found),
        first=sum(any(row.rank == 1 for row in rows) for rows in found),
        fit_s=_median(row.fit_s for row in every),
        latency_ms=_median(row.latency_p50_ms for row in every),
        rss=_median(row.peak_rss_bytes for row in every),
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None
