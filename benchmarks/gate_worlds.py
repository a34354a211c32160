"""Worlds in which stored predictions stand for models: test examples, fits and harm drawn anew.

A world draws test examples anew, and fits anew: a fit's scores are the mean over the stored seeds,
on the scale of log odds, plus a normal mixture of how the seeds deviate from it, so that fits
differ among each other as much as the stored seeds do. Where seeds have test parts of their own, a
fit is one of the stored seeds on a part of its test part. gate_levels.py and gate_plants.py ask.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from scipy import special

from benchbig import store
from benchbig.cards import find
from benchbig.data.parts import Array
from benchbig.gate.finding import Finding
from benchbig.gate.noise import prior
from benchbig.hub.suite import belongs
from benchbig.metrics.names import METRICS
from benchbig.metrics.score import value
from benchbig.record import Record
from benchbig.stats.paired import Scored, scored
from benchbig.stats.shift import Prior, Shift, shift
from benchbig.tables.select import select

TURN, ROWS = (0.01, np.pi), (0.001, 0.5)  # of harm: an angle, or the share of rows
FATES = 2**17  # more than a task has test examples
MOST = 2000  # test examples of a world where nothing changed: it saves time and changes no level
LIKELY = 2000  # of a rare class, examples that a model holds the likeliest
TINY = 1e-6
T = TypeVar("T")


@dataclass(frozen=True)
class Model:
    """A model's stored seeds on one task.

    n_train: training rows asked for, 0 for all. ids, y: of each seed; scores: log odds of each.
    pool: the examples that matter, the same for all models of a task with one test part.
    """

    task: str
    name: str
    n_train: int
    metric: str
    kind: str
    ids: tuple[Array, ...]
    y: tuple[Array, ...]
    scores: tuple[Array, ...]
    pool: Array

    @property
    def one_part(self) -> bool:
        """Whether all seeds have one test part."""
        return all(np.array_equal(self.ids[0], ids) for ids in self.ids)

    @property
    def rare(self) -> bool:
        """Whether its task looks for a rare class in one test part."""
        return self.one_part and self.kind == "binary" and bool(self.y[0].mean() <= 0.05)


def stored(folder: Path, suite: str = "finance") -> list[Model]:
    """A suite's models in a store at each training size, but trivial ones, with their scores."""
    found = []
    for ok in _simulated(store.latest(folder), suite):
        kept = [store.predictions(folder, record) for record in ok]
        ids, y, scores = zip(
            *((one.ids, one.y, _scores(one.p)) for one in kept if one), strict=True
        )
        first = ok[0]
        found.append(
            Model(
                *(first[name] for name in ("task", "model", "n_train_asked", "metric", "kind")),
                ids,
                y,
                scores,
                np.arange(len(y[0])),
            )
        )
    return _pooled(found)


def _pooled(models: Sequence[Model]) -> list[Model]:
    """With the pools of their tasks: of a rare class all, and what a model holds likely.

    The rest, that every model puts last, takes most of the time and moves no value. What one
    model alone holds likely belongs in too, or a world would be easier for it than its task is.
    """
    likely: dict[str, Array] = {}
    for model in models:
        if model.rare:
            first = np.argsort(-np.max(list(model.scores), axis=0))[:LIKELY]
            before = likely.get(model.task, np.flatnonzero(model.y[0]))
            likely[model.task] = np.union1d(before, first)
    return [replace(model, pool=likely.get(model.task, model.pool)) for model in models]


def _simulated(records: Iterable[Record], suite: str) -> Iterator[list[Record]]:
    """Of each model the records that count, one a seed; simulated are CPU runs alone."""
    mine = belongs(find().suite(suite))
    for chosen in select(records):
        ok = [record for record in chosen.records if record["status"] == "ok"]
        if len(ok) < 2 or ok[0]["family"] == "trivial":
            continue
        if ok[0]["device"] == "cpu" and mine(ok[0]["task"], ok[0]["model"]):
            yield ok


def digest(records: Iterable[Record], suite: str) -> str:
    """Tells the predictions that are simulated on from any others."""
    names = (one["predictions"]["sha256"] for ok in _simulated(records, suite) for one in ok)
    return hashlib.sha256("".join(sorted(names)).encode()).hexdigest()[:16]


def source(folder: Path, suite: str) -> dict[str, Any]:
    """Which store this is: the commit that keeps it as it is, or None; which code made it."""
    records = store.latest(folder)
    used = [one for ok in _simulated(records, suite) for one in ok]
    changed = _git(folder, "status", "--porcelain", "--", ".")
    commit = _git(folder, "log", "-1", "--format=%H", "--", "records")
    return {
        "suite": suite,
        "commit": (commit or None) if changed == "" else None,
        "made_by": sorted({one["git_commit"] or "" for one in used}),
        "records": len(used),
        "predictions": digest(records, suite),
    }


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


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
