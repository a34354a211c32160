"""What all tasks together say: who stands where, and what following one rule everywhere costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """A contender over all the tasks it took, every task counting equally.

    name: a model, or a family (its best on the validation part of each task). tasks: how many;
    failures: of these, without a value (counted as the worst there). rank: mean rank, 1 the best;
    wins: share of its duels won, a tie half; strength: Bradley-Terry on Elo's scale, 1000 the
    mean; both nan for who met no other. loss: rescaled, 0 the best and 1 the worst value on each
    task. Each with the 95% interval of a bootstrap over tasks, seeds and examples.
    """

    name: str
    family: str
    tasks: int
    failures: int
    rank: float
    rank_low: float
    rank_high: float
    wins: float
    wins_low: float
    wins_high: float
    strength: float
    strength_low: float
    strength_high: float
    loss: float
    loss_low: float
    loss_high: float


@dataclass(frozen=True)
class Regret:
    """What a rule loses against the better of the two contenders, mean over a sector's tasks.

    rule: "always classical" or "always large". sector: or "all". value: as a share of the span
    between the worst and the best value on the task (the rescaled loss it adds). worst: the task
    on which it loses most, with what it loses there in the metric's own units.
    """

    rule: str
    sector: str
    tasks: int
    value: float
    low: float
    high: float
    worst_task: str | None
    worst_loss: float | None


@dataclass(frozen=True)
class Overall:
    """Over all tasks. counts: verdict to number of tasks.

    wilcoxon_p: large against classical over the tasks; friedman_p: all models that took every
    task; None where there are too few.
    """

    counts: Mapping[str, int]
    families: tuple[Standing, ...]
    models: tuple[Standing, ...]
    regrets: tuple[Regret, ...]
    wilcoxon_p: float | None
    friedman_p: float | None
    friedman_models: int
    notes: tuple[str, ...]
