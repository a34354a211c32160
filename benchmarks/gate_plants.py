"""Is a loss seen that is put into one model of a world, among models that did not change?

benchmarks/gate_levels.py asks it of the published records.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from gate_stored import Model
from gate_worlds import (
    Curve,
    Fit,
    Harm,
    World,
    fates,
    lost,
    measured,
    shifted,
    world,
    worlds_of,
)

from benchbig.data.parts import Array
from benchbig.gate.compare import judged
from benchbig.gate.finding import Finding
from benchbig.stats.shift import Shift

CLOSE, TRIES = 0.03, 12  # of a planted loss: the relative error that will do; until it is there
UNMOVED = (
    Finding("beside", "", 0, "cpu", "", "accuracy", True),
    Shift(0.5, 0.5, 0.0, 0.01, 0.01, 6.0, 0.05, 0.0, 3, 3, True),
)


class Plant(NamedTuple):
    """A loss put into one model of a world. minimum: half of what was wanted; lost: what became."""

    minimum: float
    lost: float
    caught: bool


def planted(
    models: Sequence[Model], curves: Sequence[Curve], seeds: int, worlds: int, seed: int,
    loss: str, refit: bool = False, beside: int = 0, jobs: int = 1,
) -> list[dict[str, Any]]:  # fmt: skip
    """Of each model: how often the loss is caught.

    curves: how each loses by harm. loss: "default", twice the metric's minimum effect, or
    "promised", twice the one that the gate holds when it compares the world's BASE and HEAD before
    HEAD is made worse; worlds where that is out of reach are left out. refit: HEAD is of other
    fits than BASE, else of the same. beside: more comparisons in which nothing changed.
    """
    what = partial(_planted, models, curves, seeds, loss, refit, beside)
    of = worlds_of(what, worlds, seed, jobs)
    rows = []
    for i, model in enumerate(models):
        there = [world[i] for world in of if world[i] is not None]
        row = {"task": model.task, "model": model.name, "metric": model.metric, "of": worlds}
        means = {name: float(np.mean([getattr(one, name) for one in there]))
                 for name in ("minimum", "lost") if there}  # fmt: skip
        caught = sum(one.caught for one in there if one)
        rows.append({**row, "worlds": len(there), "caught": caught, **means})
    return rows


def _planted(
    models: Sequence[Model], curves: Sequence[Curve], seeds: int, loss: str, refit: bool,
    beside: int, rng: np.random.Generator,
) -> list[Plant | None]:  # fmt: skip
    """What became of each model in one world; None where the loss is out of reach."""
    here = world(models, rng, 100_000)
    fits = [_fits(model, here, seeds, refit, rng) for model in models]
    # Of the same fits HEAD is BASE, of which the gate says no more than that: the least harm there
    # is makes it another, that is no worse.
    least = [None if refit else [Harm(float(one.much[1]), fates(rng))] * seeds for one in curves]
    quiet = [_moved(m, *fit, harms) for m, fit, harms in zip(models, fits, least, strict=True)]
    quiet += [UNMOVED] * beside
    held = judged(quiet, {})
    plants: list[Plant | None] = []
    for i, model in enumerate(models):
        minimum = (held[i].minimum if loss == "promised" else held[i].asked) or 0.0
        harms = _harms(model, curves[i], fits[i][1], 2 * minimum, fates(rng))
        if harms is None:
            plants.append(None)
            continue
        # Alone among models that did not change: were all worse, Holm would be kinder to each.
        alone = [*quiet[:i], _moved(model, *fits[i], harms), *quiet[i + 1 :]]
        found = judged(alone, {})[i]
        gone = ((held[i].gain or 0.0) if refit else 0.0) - (found.gain or 0.0)
        plants.append(Plant(minimum, gone, found.status == "regressed"))
    return plants


def _harms(
    model: Model, curve: Curve, fits: Sequence[Fit], loss: float, fate: Array
) -> list[Harm] | None:
    """Of each fit, as much harm as makes it lose so much; None: no such harm."""
    if loss > curve.lost[-1]:
        return None  # not even the reverse of the scores loses so much
    found = [_harm(model, curve, fit, loss, fate) for fit in fits]
    return None if None in found else [harm for harm in found if harm]


def _harm(model: Model, curve: Curve, fit: Fit, loss: float, fate: Array) -> Harm | None:
    """Begun at the curve, which is a mean over fits, and brought nearer between two bounds."""
    low, high, much = 0.0, float(curve.much[-1]), curve.harm(loss)
    for _ in range(TRIES):
        harm = Harm(much, fate)
        done = lost(model, [fit], harm)
        if abs(done - loss) < CLOSE * loss:
            return harm
        low, high = (much, high) if done < loss else (low, much)
        guess = much * (loss / done) ** 0.5 if done > 0 else high
        much = guess if low < guess < high else (low + high) / 2
    return None


def _fits(
    model: Model, here: World, seeds: int, refit: bool, rng: np.random.Generator
) -> tuple[list[Fit], list[Fit]]:
    if refit:
        return tuple([here.fit(model, rng) for _ in range(seeds)] for _ in "bh")  # type: ignore
    kept = [here.kept(model, seed) for seed in range(seeds)]
    return kept, kept


def _moved(
    model: Model, base: Sequence[Fit], head: Sequence[Fit], harms: Sequence[Harm] | None
) -> tuple[Finding, Shift | None]:
    """BASE and HEAD compared; they share seeds where they are the same fits."""
    first = 0 if head is base else len(base)
    before = {seed: measured(model, fit) for seed, fit in enumerate(base)}
    done = harms or [None] * len(head)
    pairs = enumerate(zip(head, done, strict=True))
    after = {first + seed: measured(model, fit, harm) for seed, (fit, harm) in pairs}
    return shifted(model, before, after)
