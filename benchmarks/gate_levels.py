"""How often does the gate call a regression where nothing changed, and how often does it see one?

Stored predictions stand for the models. A world draws test examples anew, and fits anew: a fit's
scores are the mean over the stored seeds, on the scale of log odds, plus a normal mixture of how
the seeds deviate from it, so that fits differ among each other as much as the stored seeds do.
Where seeds have test parts of their own, a fit is one of the stored seeds on a part of its test
part. In each world all models of all tasks are compared, as in one run of the gate:

    real seeds    no simulation: a store with six seeds or more is dealt out to BASE and HEAD

    other seeds   BASE and HEAD are fits that share no seed
    same seeds    BASE and HEAD share seeds, each fitted anew; tasks with one test part for all
    planted       BASE is the stored seeds, HEAD the same made worse: noise on the scores, or wrong
                  rows, so that the metric loses twice the minimum effect, or as much as the gate
                  said in such a world that it sees

    python benchmarks/gate_levels.py --worlds 1000
    benchbig run --task credit_default --model logreg,lightgbm --seeds 0-11 --results many
    python benchmarks/gate_levels.py --part real --store many --worlds 1000
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchbig import store
from benchbig.data.parts import Array
from benchbig.gate.compare import judged
from benchbig.gate.finding import Finding
from benchbig.gate.noise import DF, typical
from benchbig.metrics.names import METRICS
from benchbig.metrics.score import value
from benchbig.stats.paired import Scored, scored
from benchbig.stats.shift import Prior, shift
from benchbig.tables.select import select
from benchbig.verdict.effects import min_effect

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
    """The models of a store that are no trivial ones, with their scores."""
    found = []
    for chosen in select(store.latest(folder)):
        ok = [record for record in chosen.records if record["status"] == "ok"]
        if len(ok) < 2 or ok[0]["family"] == "trivial":
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


def _probabilities(scores: Array) -> Array:
    if scores.ndim == 1:
        result: Array = 1 / (1 + np.exp(-scores))
        return result
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class World:
    """Test examples drawn anew for each task that has one test part for all seeds."""

    drawn: Mapping[str, Array]

    def kept(self, model: Model, rng: np.random.Generator, seed: int, harm: float) -> Scored:
        """A stored seed, as it is or made worse, on the examples drawn."""
        here = self.drawn[model.task]
        seed %= len(model.scores)
        return self._scored(model, model.scores[seed][here], model.y[0][here], None, harm, rng)

    def fit(self, model: Model, rng: np.random.Generator) -> Scored:
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
        return self._scored(model, scores[here], y[here], ids if ids is None else ids[here], 0, rng)

    def _scored(
        self, model: Model, scores: Array, y: Array, ids: Array | None, harm: float,
        rng: np.random.Generator,
    ) -> Scored:  # fmt: skip
        ids = np.arange(len(y)) if ids is None else ids
        p = _probabilities(harmed(scores, y, harm, rng) if harm else scores)
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
    n = len(model.y[0])
    y = model.y[0]
    if model.kind != "binary" or y.mean() > 0.05:
        return rng.integers(n, size=min(n, most))
    # The many negatives that every model puts last change nothing and cost time.
    worst = np.max(list(model.scores), axis=0)
    likely = np.argsort(-worst)[:6000]
    positives = np.flatnonzero(y)
    pool = np.union1d(likely, positives)
    return rng.choice(pool, len(pool), replace=True)


def harmed(scores: Array, y: Array, harm: float, rng: np.random.Generator) -> Array:
    """Scores made worse. harm: noise in log odds; of many classes, the share of rows shuffled."""
    if scores.ndim == 1:
        result: Array = scores + rng.normal(0, harm, len(scores))
        return result
    hit = np.flatnonzero(rng.random(len(scores)) < harm)
    worse = scores.copy()
    # The class after the true one wins: surely wrong, and otherwise as before.
    wrong = (y[hit].astype(np.int64) + 1) % scores.shape[1]
    worse[hit, wrong] = scores[hit].max(axis=1) + 1.0
    return worse


def needed(model: Model, loss: float, rng: np.random.Generator) -> float:
    """The harm that makes the metric lose this much, on average over the stored seeds."""

    def lost(harm: float) -> float:
        sign = 1 if METRICS[model.metric].higher_is_better else -1
        losses = []
        for y, scores in zip(model.y, model.scores, strict=True):
            for generator in rng.spawn(2):
                before = value(model.metric, model.kind, y, _probabilities(scores))
                worse = _probabilities(harmed(scores, y, harm, generator))
                after = value(model.metric, model.kind, y, worse)
                losses.append(sign * ((before or 0.0) - (after or 0.0)))
        return float(np.mean(losses))

    low, high = 0.0, 1.0 if model.scores[0].ndim > 1 else 16.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if lost(middle) < loss else (low, middle)
    return (low + high) / 2


def compared(
    models: Sequence[Model],
    seeds: int,
    same: bool,
    rng: np.random.Generator,
    harm: Mapping[int, float] | None = None,
    minimum: Mapping[str, float] | None = None,
) -> list[Finding]:
    """One run of the gate over all models in a new world."""
    here = world(models, rng, MOST if harm is None else 100_000)
    found = []
    for model in models:
        after = range(seeds) if same else range(seeds, 2 * seeds)
        if harm is None:
            base = {seed: here.fit(model, rng) for seed in range(seeds)}
            head = {seed: here.fit(model, rng) for seed in after}
        else:
            base = {seed: here.kept(model, rng, seed, 0.0) for seed in range(seeds)}
            head = {seed: here.kept(model, rng, seed, harm[id(model)]) for seed in after}
        found.append((_finding(model), shift(base, head, _prior(model, base))))
    return judged(found, minimum or {})


def null(
    models: Sequence[Model], seeds: int, same: bool, worlds: int, seed: int
) -> tuple[int, dict[str, int]]:
    """In how many worlds a regression was called, and of which models."""
    alarms, by_model = 0, defaultdict(int)
    for rng in np.random.default_rng(seed).spawn(worlds):
        called = [f for f in compared(models, seeds, same, rng) if f.status == "regressed"]
        alarms += bool(called)
        for finding in called:
            by_model[f"{finding.task} {finding.model}"] += 1
    return alarms, dict(by_model)


def dealt(models: Sequence[Model], seeds: int, worlds: int, seed: int) -> tuple[int, int]:
    """In how many deals of a store's real seeds a regression was called, and of how many models."""
    enough = [model for model in models if len(model.scores) >= 2 * seeds]
    runs = {
        id(m): [
            scored(m.metric, m.kind, ids, y, _probabilities(scores))
            for ids, y, scores in zip(m.ids, m.y, m.scores, strict=True)
        ]
        for m in enough
    }
    alarms = 0
    for rng in np.random.default_rng(seed).spawn(worlds):
        found = []
        for model in enough:
            deal = rng.permutation(len(model.scores))[: 2 * seeds]
            base = {int(place): runs[id(model)][place] for place in deal[:seeds]}
            head = {int(place): runs[id(model)][place] for place in deal[seeds:]}
            found.append((_finding(model), shift(base, head, _prior(model, base))))
        alarms += any(finding.status == "regressed" for finding in judged(found, {}))
    return alarms, len(enough)


def _finding(model: Model) -> Finding:
    better = METRICS[model.metric].higher_is_better
    return Finding(model.task, model.name, 0, "cpu", "", model.metric, better)


def _prior(model: Model, base: Mapping[int, Scored]) -> Prior:
    level = float(np.mean([one.value for one in base.values()]))
    return Prior(typical(model.metric, level) ** 2, DF)


def planted(
    models: Sequence[Model], seeds: int, worlds: int, seed: int, loss: str
) -> Iterator[dict[str, Any]]:
    """Of each model: how often the loss is caught. loss: "twice" the minimum effect, or "sees"."""
    rng = np.random.default_rng(seed)
    wanted = {id(m): 2 * min_effect(m.metric, {}, None) for m in models}
    harm = {id(m): needed(m, wanted[id(m)], rng) for m in models}
    caught, sees = _caught(models, seeds, 9 if loss == "sees" else worlds, rng, harm)
    if loss == "sees":
        wanted = {id(m): float(np.median(sees[id(m)])) for m in models}
        harm = {id(m): needed(m, wanted[id(m)], rng) for m in models}
        caught, sees = _caught(models, seeds, worlds, rng, harm)
    for m in models:
        yield {
            "task": m.task,
            "model": m.name,
            "loss": wanted[id(m)],
            "sees": float(np.median(sees[id(m)])),
            "caught": caught[id(m)] / worlds,
        }


def _caught(
    models: Sequence[Model], seeds: int, worlds: int, rng: np.random.Generator,
    harm: Mapping[int, float],
) -> tuple[dict[int, int], dict[int, list[float]]]:  # fmt: skip
    """In how many worlds each model's loss was called, and what the gate said it sees."""
    caught, sees = defaultdict(int), defaultdict(list)
    for generator in rng.spawn(worlds):
        for model, found in zip(
            models, compared(models, seeds, True, generator, harm), strict=True
        ):
            caught[id(model)] += found.status == "regressed"
            sees[id(model)].append(found.visible or 0.0)
    return caught, sees


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, default=Path("results"))
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--part", choices=("null", "power", "real", "all"), default="all")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    models = stored(asked.store)
    told: dict[str, Any] = {"worlds": asked.worlds, "seeds": asked.seeds, "models": len(models)}
    fixed = [model for model in models if model.one_part]
    if asked.part == "real":
        alarms, of = dealt(models, asked.seeds, asked.worlds, seed=3)
        told["real seeds"] = {"models": of, "alarms": alarms}
        print(f"real seeds: {alarms} of {asked.worlds} deals over {of} models")
    if asked.part in ("null", "all"):
        for name, some, same in (("other seeds", models, False), ("same seeds", fixed, True)):
            alarms, by_model = null(some, asked.seeds, same, asked.worlds, seed=1)
            told[name] = {"models": len(some), "alarms": alarms, "of": by_model}
            print(f"{name}: {alarms} of {asked.worlds} runs over {len(some)} models", by_model)
    if asked.part in ("power", "all"):
        for loss in ("twice", "sees"):
            told[f"planted {loss}"] = list(planted(fixed, asked.seeds, asked.worlds, 2, loss))
            _print(loss, told[f"planted {loss}"])
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _print(loss: str, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        print(
            f"planted ({loss}) {row['task']:22}{row['model']:24} loss {row['loss']:.4f}, sees "
            f"{row['sees']:.4f}: caught {row['caught']:.1%}"
        )


if __name__ == "__main__":
    main()
