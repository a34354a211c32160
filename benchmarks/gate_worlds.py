"""Worlds in which stored predictions stand for models: test examples, fits and harm drawn anew.

A world draws test examples anew, and fits anew: a fit's scores are the mean over the stored seeds,
on the scale of log odds, plus a normal mixture of how the seeds deviate from it, so that fits
differ among each other as much as the stored seeds do. Where seeds have test parts of their own, a
fit is one of the stored seeds on a part of its test part. benchmarks/gate_levels.py asks of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import special

from benchbig import store
from benchbig.data.parts import Array
from benchbig.metrics.names import METRICS
from benchbig.metrics.score import value
from benchbig.stats.paired import Scored, scored
from benchbig.tables.select import select

FATES = 2**17  # more than a task has test examples
MOST = 2000  # test examples of a world where nothing changed: it saves time and changes no level
TINY = 1e-6


@dataclass(frozen=True)
class Model:
    """A model's stored seeds on one task. ids, y: of each seed; scores: log odds of each."""

    task: str
    name: str
    metric: str
    kind: str
    ids: tuple[Array, ...]
    y: tuple[Array, ...]
    scores: tuple[Array, ...]

    @property
    def one_part(self) -> bool:
        """Whether all seeds have one test part."""
        return all(np.array_equal(self.ids[0], ids) for ids in self.ids)


def stored(folder: Path) -> list[Model]:
    """The models of a store, trained on all rows and not trivial, with their scores."""
    found = []
    for chosen in select(store.latest(folder)):
        ok = [record for record in chosen.records if record["status"] == "ok"]
        if len(ok) < 2 or ok[0]["family"] == "trivial" or ok[0]["n_train_asked"]:
            continue
        kept = [store.predictions(folder, record) for record in ok]
        ids, y, scores = zip(
            *((one.ids, one.y, _scores(one.p)) for one in kept if one), strict=True
        )
        first = ok[0]
        found.append(
            Model(first["task"], first["model"], first["metric"], first["kind"], ids, y, scores)
        )
    return found


def _scores(p: Array) -> Array:
    p = np.clip(p.astype(np.float64), TINY, 1 - TINY)
    result: Array = np.log(p / (1 - p)) if p.ndim == 1 else np.log(p)
    return result


def probabilities(scores: Array) -> Array:
    """From log odds."""
    if scores.ndim == 1:
        result: Array = 1 / (1 + np.exp(-scores))
        return result
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class World:
    """Test examples drawn anew for each task that has one test part for all seeds."""

    drawn: Mapping[str, Array]

    def kept(self, model: Model, seed: int, harm: Harm | None = None) -> Scored:
        """A stored seed, as it is or made worse, on the examples drawn."""
        seed %= len(model.scores)
        if model.one_part:
            here, ids = self.drawn[model.task], None
        else:
            here, ids = np.arange(len(model.y[seed])), model.ids[seed]
        return _tested(model, model.scores[seed][here], model.y[seed][here], ids, harm)

    def fit(self, model: Model, rng: np.random.Generator, harm: Harm | None = None) -> Scored:
        """The model fitted anew and tested."""
        if model.one_part:
            mean = sum(model.scores) / len(model.scores)
            mixture = rng.normal(0, 1 / np.sqrt(len(model.scores) - 1), len(model.scores))
            apart = zip(mixture, model.scores, strict=True)
            scores = mean + sum(weight * (one - mean) for weight, one in apart)
            here, ids, y = self.drawn[model.task], None, model.y[0]
        else:
            seed = int(rng.integers(len(model.scores)))
            scores, y, ids = model.scores[seed], model.y[seed], model.ids[seed]
            here = rng.choice(len(y), min(MOST, len(y) // 2), replace=False)
        return _tested(model, scores[here], y[here], ids if ids is None else ids[here], harm)


def _tested(model: Model, scores: Array, y: Array, ids: Array | None, harm: Harm | None) -> Scored:
    ids = np.arange(len(y)) if ids is None else ids
    p = probabilities(harm.done(scores, y, ids) if harm else scores)
    return scored(model.metric, model.kind, ids, y, p)


def world(models: Sequence[Model], rng: np.random.Generator, most: int) -> World:
    drawn = {}
    for model in models:
        if model.one_part and model.task not in drawn:
            drawn[model.task] = _draw(model, rng, most)
    return World(drawn)


def _draw(model: Model, rng: np.random.Generator, most: int) -> Array:
    """At most so many examples, with replacement; of a rare class as many as there are, so that
    the metric stays as uncertain as it is."""
    here = pool(model)
    rare = len(here) < len(model.y[0])
    return rng.choice(here, len(here) if rare else min(len(here), most), replace=True)


def pool(model: Model) -> Array:
    """The examples that matter: of a rare class without the many that every model puts last."""
    y = model.y[0]
    if model.kind != "binary" or y.mean() > 0.05:
        return np.arange(len(y))
    likely = np.argsort(-np.max(list(model.scores), axis=0))[:6000]
    return np.union1d(likely, np.flatnonzero(y))


@dataclass(frozen=True)
class Harm:
    """What makes a model worse, the same examples in every seed, as a mistake in its code would.

    much: noise in log odds; of many classes, the share of rows that are surely wrong. fate: of
    each example, by its id, uniform in (0, 1).
    """

    much: float
    fate: Array

    def done(self, scores: Array, y: Array, ids: Array) -> Array:
        """The scores made worse."""
        fate = self.fate[ids % len(self.fate)]
        if scores.ndim == 1:
            result: Array = scores + self.much * special.ndtri(fate)
            return result
        hit = np.flatnonzero(fate < self.much)
        worse = scores.copy()
        # The class after the true one wins: surely wrong, and otherwise as before.
        wrong = (y[hit].astype(np.int64) + 1) % scores.shape[1]
        worse[hit, wrong] = scores[hit].max(axis=1) + 1.0
        return worse


def fates(rng: np.random.Generator) -> Array:
    """Of each example, how a harm will hit it."""
    return rng.random(FATES)


def needed(model: Model, loss: float, rng: np.random.Generator) -> float:
    """The harm that makes the metric lose this much, on average over the stored seeds."""
    sign = 1 if METRICS[model.metric].higher_is_better else -1
    twice = [fates(rng) for _ in range(2)]
    here = pool(model) if model.one_part else slice(None)
    parts = [(y[here], scores[here]) for y, scores in zip(model.y, model.scores, strict=True)]

    def lost(much: float) -> float:
        losses = []
        for y, scores in parts:
            before = value(model.metric, model.kind, y, probabilities(scores))
            for one in twice:
                worse = Harm(much, one).done(scores, y, np.arange(len(y)))
                after = value(model.metric, model.kind, y, probabilities(worse))
                losses.append(sign * ((before or 0.0) - (after or 0.0)))
        return float(np.mean(losses))

    low, high = 0.0, 1.0 if model.scores[0].ndim > 1 else 16.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if lost(middle) < loss else (low, middle)
    return (low + high) / 2
