"""Worlds in which stored predictions stand for models: test examples, fits and harm drawn anew.

A world draws test examples anew, and fits anew: a fit's scores are the mean over the stored seeds,
on the scale of log odds, plus a normal mixture of how the seeds deviate from it, so that fits
differ among each other as much as the stored seeds do. Where seeds have test parts of their own, a
fit is one of the stored seeds on a part of its test part. gate_levels.py and gate_plants.py ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from gate_stored import Model, probabilities
from scipy import special

from benchbig.data.parts import Array
from benchbig.gate.finding import Finding
from benchbig.gate.noise import prior
from benchbig.metrics.names import METRICS
from benchbig.metrics.score import value
from benchbig.stats.paired import Scored, scored
from benchbig.stats.shift import Prior, Shift, shift

TURN, ROWS = (0.01, np.pi), (0.001, 0.5)  # of harm: an angle, or the share of rows
FATES = 2**17  # more than a task has test examples
MOST = 2000  # test examples of a world where nothing changed: it saves time and changes no level
T = TypeVar("T")


class Fit(NamedTuple):
    """What a fit gives on its test part.

    scores: log odds. ids None for those drawn anew. origin: which stored examples they are, so that
    one that was drawn twice meets one fate. whole: scores, y and origin of all that could be drawn.
    """

    scores: Array
    y: Array
    ids: Array | None
    origin: Array
    whole: tuple[Array, Array, Array]


@dataclass(frozen=True)
class World:
    """Test examples drawn anew for each task that has one test part for all seeds."""

    drawn: Mapping[str, Array]

    def kept(self, model: Model, seed: int) -> Fit:
        """A stored seed on the examples drawn."""
        seed %= len(model.scores)
        scores, y, ids = model.scores[seed], model.y[seed], model.ids[seed]
        if not model.one_part:
            return Fit(scores, y, ids, ids, (scores, y, ids))
        here = self.drawn[model.task]
        return Fit(scores[here], y[here], None, here, (scores, y, np.arange(len(y))))

    def fit(self, model: Model, rng: np.random.Generator) -> Fit:
        """The model fitted anew."""
        if model.one_part:
            mean = sum(model.scores) / len(model.scores)
            mixture = rng.normal(0, 1 / np.sqrt(len(model.scores) - 1), len(model.scores))
            apart = zip(mixture, model.scores, strict=True)
            scores = mean + sum(weight * (one - mean) for weight, one in apart)
            here, y = self.drawn[model.task], model.y[0]
            return Fit(scores[here], y[here], None, here, (scores, y, np.arange(len(y))))
        seed = int(rng.integers(len(model.scores)))
        y = model.y[seed]
        here = rng.choice(len(y), min(MOST, len(y) // 2), replace=False)
        ids = model.ids[seed][here]
        scores = model.scores[seed]
        return Fit(scores[here], y[here], ids, ids, (scores, y, model.ids[seed]))


def measured(model: Model, fit: Fit, harm: Harm | None = None) -> Scored:
    """The fit's value, as it is or made worse, and what each example adds to it."""
    ids = np.arange(len(fit.y)) if fit.ids is None else fit.ids
    p = probabilities(harm.done(fit.scores, fit.y, fit.origin) if harm else fit.scores)
    return scored(model.metric, model.kind, ids, fit.y, p)


def world(models: Sequence[Model], rng: np.random.Generator, most: int) -> World:
    drawn = {}
    for model in models:
        if model.one_part and model.task not in drawn:
            drawn[model.task] = _draw(model, rng, most)
    return World(drawn)


def _draw(model: Model, rng: np.random.Generator, most: int) -> Array:
    """At most so many examples, with replacement; of a rare class as many as there are, so that
    the metric stays as uncertain as it is."""
    here = model.pool
    return rng.choice(here, len(here) if model.rare else min(len(here), most), replace=True)


@dataclass(frozen=True)
class Harm:
    """What makes a model worse, the same examples in every seed, as a mistake in its code would.

    much: how far the scores turn away from themselves, an angle: to noise of their own spread at a
    right angle, to their reverse at a straight one; of many classes, the share of rows that are
    surely wrong. fate: of each example, by its id, uniform in (0, 1).
    """

    much: float
    fate: Array

    def done(self, scores: Array, y: Array, ids: Array) -> Array:
        """The scores made worse."""
        fate = self.fate[ids % len(self.fate)]
        if scores.ndim == 1:
            centre = scores.mean()
            noise = scores.std() * special.ndtri(fate)
            turned: Array = np.cos(self.much) * (scores - centre) + np.sin(self.much) * noise
            return centre + turned
        hit = np.flatnonzero(fate < self.much)
        worse = scores.copy()
        # The class after the true one wins: surely wrong, and otherwise as before.
        wrong = (y[hit].astype(np.int64) + 1) % scores.shape[1]
        worse[hit, wrong] = scores[hit].max(axis=1) + 1.0
        return worse


def fates(rng: np.random.Generator) -> Array:
    """Of each example, how a harm will hit it."""
    return rng.random(FATES)


def lost(model: Model, fits: Sequence[Fit], harm: Harm) -> float:
    """What the metric loses by a harm to these fits, on all that could be drawn."""
    sign = 1 if METRICS[model.metric].higher_is_better else -1
    here = model.pool if model.one_part else slice(None)
    losses = []
    for fit in fits:
        some, true, origin = (all_of[here] for all_of in fit.whole)
        worse = harm.done(some, true, origin)
        values = [
            value(model.metric, model.kind, true, probabilities(one)) or 0.0
            for one in (some, worse)
        ]
        losses.append(sign * (values[0] - values[1]))
    return float(np.mean(losses))


def shifted(
    model: Model, base: Mapping[int, Scored], head: Mapping[int, Scored]
) -> tuple[Finding, Shift | None]:
    """What the gate is given of a model: its values and pulls in two runs, by seed."""
    better = METRICS[model.metric].higher_is_better
    finding = Finding(model.task, model.name, model.n_train, "cpu", "", model.metric, better)
    level = float(np.mean([one.value for one in base.values()]))
    fewer = bool(model.n_train) and not base.keys() & head.keys()
    usual = prior(model.metric, level, fewer, min(len(base), len(head)))
    return finding, shift(base, head, Prior(*usual))


def worlds_of(of: Callable[[np.random.Generator], T], n: int, seed: int, jobs: int) -> list[T]:
    """What each of n worlds gives, in processes side by side; the same however many."""
    rngs = np.random.default_rng(seed).spawn(n)
    if jobs == 1:
        return [of(rng) for rng in rngs]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(of, rngs, chunksize=-(-n // jobs)))


@dataclass(frozen=True)
class Curve:
    """How much a model's metric loses by how much harm, on average over fits of it."""

    much: Array
    lost: Array

    def harm(self, loss: float) -> float:
        """How much harm makes it lose so much."""
        return float(np.interp(loss, self.lost, self.much))


def curve(model: Model) -> Curve:
    """Of a model; a loss larger than all of its points is out of reach."""
    some = [fates(rng) for rng in np.random.default_rng(0).spawn(3)]
    whole = World({model.task: model.pool})
    fits = [whole.kept(model, seed) for seed in range(len(model.scores))]
    ends = TURN if model.scores[0].ndim == 1 else ROWS
    much = np.concatenate([[0.0], np.geomspace(*ends, 16)])
    losses = [np.mean([lost(model, fits, Harm(float(one), fate)) for fate in some]) for one in much]
    return Curve(much, np.maximum.accumulate(losses))
