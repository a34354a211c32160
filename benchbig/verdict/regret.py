"""What does "always classical" or "always large" lose against the better of the two?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchbig.tables.row import Row
from benchbig.verdict.result import TaskVerdict
from benchbig.verdict.summary import Regret
from benchbig.verdict.task import Matter

RULES = {"always classical": 1.0, "always large": -1.0}  # the side of the gain that it misses
REPLICATES = 2000
EVERY = "all"


@dataclass(frozen=True)
class ScaledGain:
    """A task's gain and its standard error as shares of its span; own: in the metric's units."""

    task: str
    sector: str
    gain: float
    se: float
    own: float


def scaled_gains(matters: Sequence[Matter], verdicts: Sequence[TaskVerdict]) -> list[ScaledGain]:
    """The gains of the tasks on which both contenders stand and not all models are equal."""
    found = []
    for matter, verdict in zip(matters, verdicts, strict=True):
        span = _span(matter.rows)
        if verdict.gain is not None and span > 0:
            gain, se = verdict.gain.value, verdict.gain.se
            found.append(ScaledGain(verdict.task, verdict.sector, gain / span, se / span, gain))
    return found


def regrets(gains: Sequence[ScaledGain]) -> tuple[Regret, ...]:
    """Both rules over every sector, and over all where there are several."""
    sectors = list(dict.fromkeys(one.sector for one in gains))
    groups = {sector: [one for one in gains if one.sector == sector] for sector in sectors}
    if len(sectors) != 1 and gains:
        groups[EVERY] = list(gains)
    return tuple(_regret(rule, group, some) for group, some in groups.items() for rule in RULES)


def _regret(rule: str, sector: str, gains: Sequence[ScaledGain]) -> Regret:
    """The mean loss, with the interval of a bootstrap over tasks and over each task's gain."""
    import numpy as np

    side = RULES[rule]
    missed = np.array([max(0.0, side * one.gain) for one in gains])
    rng = np.random.default_rng(0)
    at = rng.integers(len(gains), size=(REPLICATES, len(gains)))
    if len(gains) == 1:
        at[:] = 0
    centre, spread = np.array([one.gain for one in gains]), np.array([one.se for one in gains])
    drawn = centre[at] + spread[at] * rng.standard_normal(at.shape)
    means = np.maximum(0.0, side * drawn).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    worst = int(missed.argmax())
    lost = bool(missed[worst] > 0)
    return Regret(
        rule=rule,
        sector=sector,
        tasks=len(gains),
        value=float(missed.mean()),
        low=min(float(low), float(missed.mean())),
        high=float(high),
        worst_task=gains[worst].task if lost else None,
        worst_loss=abs(gains[worst].own) if lost else None,
    )


def _span(rows: Sequence[Row]) -> float:
    """How far the best and the worst value on a task are apart."""
    values = [row.value for row in rows if row.value is not None]
    return max(values) - min(values) if values else 0.0
