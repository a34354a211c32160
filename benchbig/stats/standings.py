"""Who stands where over many tasks: ranks, wins, Bradley-Terry strength, rescaled loss.

values: (..., tasks, models), higher is better, nan where a model did not take a task and -inf
where it failed there. Every task counts equally, whatever its number of seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchbig.data.parts import Array
from benchbig.stats.joint import draws

REPLICATES = 500
DUELS = 2**22  # held at once
STEPS = 12  # of Newton's method, each of at most 174 Elo
ELO = 400 / np.log(10)
MIDDLE = 1000.0


def ranks(values: Array) -> Array:
    """Mean rank of each model over its tasks, 1 the best, equals sharing the mean of theirs."""
    better, equal = _beaten(values)
    taken = ~np.isnan(values)
    ranked = np.where(taken, 1.0 + better.sum(axis=-1) + 0.5 * equal.sum(axis=-1), np.nan)
    return _mean(ranked)


def wins(values: Array) -> Array:
    """Share of each model's duels that it won, a tie counting half; tasks count equally."""
    better, equal = _beaten(values)
    lost = better.sum(axis=-1) + 0.5 * equal.sum(axis=-1)
    duels = (~np.isnan(values)).sum(axis=-1, keepdims=True) - 1.0
    shares = np.where(np.isnan(values) | (duels < 1), np.nan, 1.0 - lost / np.maximum(duels, 1.0))
    return _mean(shares)


def losses(values: Array) -> Array:
    """Rescaled loss, mean over the tasks: 0 the best value on the task, 1 the worst.

    A failure counts as the worst. Source: the normalised error of Feurer et al. 2015 and of
    TabRepo (Salinas & Erickson 2024), between best and worst.
    """
    finite = np.where(np.isinf(values), np.nan, values)
    best = np.nanmax(np.where(np.isnan(finite), -np.inf, finite), axis=-1, keepdims=True)
    worst = np.nanmin(np.where(np.isnan(finite), np.inf, finite), axis=-1, keepdims=True)
    span = best - worst
    scaled = np.where(span > 0, (best - finite) / np.where(span > 0, span, 1.0), 0.0 * finite)
    return _mean(np.where(np.isinf(values), 1.0, scaled))


def strengths(values: Array) -> Array:
    """Bradley-Terry strengths on Elo's scale: 400 points are odds of ten to one, 1000 the mean.

    A duel of two models on one task is one game, a tie half a win of each; everyone also has
    one drawn game with a player of mean strength, which keeps those finite who won or lost all.
    Source: Bradley & Terry 1952; fitted by Newton's method, as the likelihood is concave.
    """
    better, equal = _beaten(values)
    # Games won by the column over the row, over the tasks.
    won = (better + 0.5 * equal).sum(axis=-3)
    games = won + np.swapaxes(won, -1, -2)
    total = won.sum(axis=-2) + 0.5
    log = np.zeros(total.shape)
    diagonal = np.arange(log.shape[-1])
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(log[..., None, :] - log[..., :, None]))
        middle = 1.0 / (1.0 + np.exp(-log))
        slope = total - (games * chance).sum(axis=-1) - middle
        bend = -games * chance * (1.0 - chance)
        bend[..., diagonal, diagonal] -= bend.sum(axis=-1)
        bend[..., diagonal, diagonal] += middle * (1.0 - middle)
        step = np.linalg.solve(bend, slope[..., None])[..., 0]
        log += np.clip(step, -1.0, 1.0)
    elo: Array = np.where(games.sum(axis=-1) > 0, MIDDLE + ELO * log, np.nan)
    return elo


def intervals(
    statistic: Callable[[Array], Array],
    values: Array,
    covariances: Sequence[Array],
    level: float = 0.95,
    seed: int = 0,
) -> tuple[Array, Array]:
    """The interval (low, high) of a statistic, each (models,).

    values: (tasks, models); covariances: (models, models) of each task's values over seeds and
    test examples. A replicate draws as many tasks with replacement, and new values on each.
    One task is kept as it is: then the interval says nothing of other tasks. Widened to hold
    the value itself, which noise on top of noise moves to the middle.
    """
    tasks = len(values)
    rng = np.random.default_rng(seed)
    moved = np.stack([draws(one, REPLICATES, seed + t) for t, one in enumerate(covariances)], 1)
    drawn = values[None] + np.where(np.isnan(moved), 0.0, moved)
    if tasks > 1:
        chosen = rng.integers(tasks, size=(REPLICATES, tasks))
        drawn = np.take_along_axis(drawn, chosen[:, :, None], axis=1)
    # All duels of all replicates at once would take gigabytes where many models take many tasks.
    blocks = max(1, drawn.size * values.shape[1] // DUELS)
    found = np.concatenate([statistic(some) for some in np.array_split(drawn, blocks)])
    tail = (1.0 - level) / 2.0
    with np.errstate(all="ignore"):
        low, high = _quantile(found, tail), _quantile(found, 1.0 - tail)
    point = statistic(values)
    return np.fmin(low, point), np.fmax(high, point)


def _beaten(values: Array) -> tuple[Array, Array]:
    """(..., tasks, models, models): is the second better than the first; is it another's equal?"""
    mine, other = values[..., :, None], values[..., None, :]
    apart = ~np.eye(values.shape[-1], dtype=bool)
    return (other > mine).astype(np.float64), ((other == mine) & apart).astype(np.float64)


def _mean(by_task: Array) -> Array:
    """The mean over the tasks a model took, nan where it took none."""
    taken = ~np.isnan(by_task)
    count = taken.sum(axis=-2)
    total = np.where(taken, by_task, 0.0).sum(axis=-2)
    result: Array = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return result


def _quantile(found: Array, share: float) -> Array:
    """A quantile over the replicates in which a model took a task at all."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result: Array = np.nanquantile(found, share, axis=0)
    return result
