"""From runs to series: what one model measured on one task, commit after commit."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace

from benchbig.track.history import Measurement, Run


@dataclass(frozen=True)
class Point:
    """A run's value. commit, committed_at: as in the history. seeds: how many it is made of."""

    commit: str
    committed_at: str
    value: float
    seeds: int


@dataclass(frozen=True)
class Series:
    """Points on one scale, the oldest first.

    measure: the task's metric, a mean over seeds, or a cost (fit_s, latency_ms, ...), a median.
    A new version of the task begins a new series; so does another machine, for costs alone.
    """

    task: str
    task_version: int
    model: str
    n_train: int
    device: str
    measure: str
    is_cost: bool
    higher_is_better: bool
    env: str | None
    points: tuple[Point, ...]


def series(runs: Iterable[Run], costs: bool = True) -> list[Series]:
    """All series of these runs, in the order of their names; costs: whether times too."""
    found: dict[Series, list[Point]] = {}
    for run in runs:
        for one in run.measurements:
            for key, value, seeds in _values(one, costs):
                found.setdefault(key, []).append(Point(run.commit, run.committed_at, value, seeds))
    whole = [_with(key, points) for key, points in found.items()]
    return sorted(whole, key=lambda s: (s.task, s.task_version, s.model, s.n_train, s.device,
                                        s.is_cost, s.measure, s.env or ""))  # fmt: skip


def _values(one: Measurement, costs: bool) -> Iterable[tuple[Series, float, int]]:
    known = [float(value) for value in one.values.values() if value is not None]
    if known:
        yield (
            _key(one, one.metric, False, one.higher_is_better),
            statistics.fmean(known),
            len(known),
        )
    if costs and one.env is not None:
        for name, by_seed in one.costs.items():
            taken = [float(value) for value in by_seed.values()]
            yield _key(one, name, True, False), statistics.median(taken), len(taken)


def _key(one: Measurement, measure: str, is_cost: bool, higher_is_better: bool) -> Series:
    env = one.env if is_cost else None
    return Series(
        one.task, one.task_version, one.model, one.n_train, one.device, measure, is_cost,
        higher_is_better, env, (),
    )  # fmt: skip


def _with(key: Series, points: list[Point]) -> Series:
    return replace(key, points=tuple(points))
