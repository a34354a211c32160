"""How often does the gate call a regression where nothing changed, and how often does it see one?

Stored predictions stand for the models (benchmarks/gate_worlds.py). In each world all models of all
tasks are compared, as in one run of the gate:

    other seeds   BASE and HEAD are fits that share no seed
    same seeds    BASE and HEAD share seeds, each fitted anew; tasks with one test part for all
    planted       BASE is the stored seeds, HEAD the same with one model made worse, the same
                  examples in every seed, so that the metric loses twice the default minimum
                  effect, or twice the minimum effect that the gate holds there
    refitted      the same, but HEAD is made of other fits, made worse
    real seeds    no simulation: a store with six seeds or more is dealt out to BASE and HEAD

The first four, of the published records, and what docs/gate.md says of them (17 CPU minutes):

    python benchmarks/gate_levels.py --jobs 2 && python docs/generate.py

The last, of a store of its own (ten CPU minutes to make it, one to deal it out):

    benchbig run --task credit_default,bank_marketing_drift --seeds 0-11 --jobs 2 --results many \
        --model logreg,linear_svm,hist_gradient_boosting,lightgbm,catboost
    python benchmarks/gate_levels.py --jobs 2 --part real --store many && python docs/generate.py

Figures go to benchmarks/gate_levels.json, part by part, each with its own date, commit and machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from gate_worlds import (
    MOST,
    Curve,
    Fit,
    Harm,
    Model,
    World,
    curve,
    fates,
    lost,
    measured,
    probabilities,
    source,
    stored,
    world,
)
from measuring import HERE, machine

from benchbig.data.parts import Array
from benchbig.gate.compare import judged
from benchbig.gate.finding import Finding
from benchbig.gate.noise import prior
from benchbig.metrics.names import METRICS
from benchbig.stats.paired import Scored, scored
from benchbig.stats.shift import Prior, Shift, shift

FIGURES = HERE / "gate_levels.json"
CLOSE, TRIES = 0.03, 12  # of a planted loss: the relative error that will do; until it is there
WORLDS = {"null": 1000, "power": 100, "real": 1000}
POWER = (
    ("planted", "default", False),
    ("planted", "promised", False),
    ("refitted", "promised", True),
)
T = TypeVar("T")


def worlds_of(of: Callable[[np.random.Generator], T], n: int, seed: int, jobs: int) -> list[T]:
    """What each of n worlds gives, in processes side by side; the same however many."""
    rngs = np.random.default_rng(seed).spawn(n)
    if jobs == 1:
        return [of(rng) for rng in rngs]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(of, rngs, chunksize=-(-n // jobs)))


def compared(
    models: Sequence[Model], seeds: int, same: bool, rng: np.random.Generator
) -> list[Finding]:
    """One run of the gate over all models, each fitted anew on both sides, in a new world."""
    here = world(models, rng, MOST)
    found = []
    for model in models:
        after = range(seeds) if same else range(seeds, 2 * seeds)
        base = {seed: measured(model, here.fit(model, rng)) for seed in range(seeds)}
        head = {seed: measured(model, here.fit(model, rng)) for seed in after}
        found.append((_finding(model), shift(base, head, _prior(model, base, head))))
    return judged(found, {})


def null(
    models: Sequence[Model], seeds: int, same: bool, worlds: int, seed: int, jobs: int = 1
) -> tuple[int, dict[str, int]]:
    """In how many worlds a regression was called, and of which models."""
    called = worlds_of(partial(_false_alarms, models, seeds, same), worlds, seed, jobs)
    return sum(map(bool, called)), dict(Counter(name for names in called for name in names))


def _false_alarms(
    models: Sequence[Model], seeds: int, same: bool, rng: np.random.Generator
) -> list[str]:
    found = compared(models, seeds, same, rng)
    return [_named(one) for one in found if one.status == "regressed"]


def _named(one: Finding) -> str:
    """'credit_default logreg', or with its training rows '... 300'."""
    return f"{one.task} {one.model}" + f" {one.n_train}" * (one.n_train > 0)


Runs = Sequence[tuple[Model, Sequence[Scored]]]  # of a model, one a seed


def dealt(
    models: Sequence[Model], seeds: int, worlds: int, seed: int, jobs: int = 1
) -> tuple[int, dict[str, int]]:
    """In how many deals of a store's real seeds a regression was called; each model's seeds."""
    runs = [
        (
            model,
            [
                scored(model.metric, model.kind, ids, y, probabilities(scores))
                for ids, y, scores in zip(model.ids, model.y, model.scores, strict=True)
            ],
        )
        for model in models
        if len(model.scores) >= 2 * seeds
    ]
    if not runs:
        raise SystemExit(f"no model of the store has {2 * seeds} seeds or more")
    alarms = sum(worlds_of(partial(_deal, runs, seeds), worlds, seed, jobs))
    return alarms, {f"{model.task} {model.name}": len(of) for model, of in runs}


def _deal(runs: Runs, seeds: int, rng: np.random.Generator) -> bool:
    """Whether one deal calls a regression."""
    found = []
    for model, of in runs:
        deal = rng.permutation(len(of))[: 2 * seeds]
        base = {int(place): of[place] for place in deal[:seeds]}
        head = {int(place): of[place] for place in deal[seeds:]}
        found.append((_finding(model), shift(base, head, _prior(model, base, head))))
    return any(finding.status == "regressed" for finding in judged(found, {}))


def _finding(model: Model) -> Finding:
    better = METRICS[model.metric].higher_is_better
    return Finding(model.task, model.name, model.n_train, "cpu", "", model.metric, better)


def _prior(model: Model, base: Mapping[int, Scored], head: Mapping[int, Scored]) -> Prior:
    level = float(np.mean([one.value for one in base.values()]))
    fewer = bool(model.n_train) and not base.keys() & head.keys()
    return Prior(*prior(model.metric, level, fewer, min(len(base), len(head))))


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
    return _finding(model), shift(before, after, _prior(model, before, after))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, default=Path("results"))
    parser.add_argument("--suite", default="finance", help="only its tasks and models")
    parser.add_argument("--worlds", type=int, help=f"instead of {WORLDS}")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--part", choices=("null", "power", "real", "all"), default="all")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path, default=FIGURES)
    asked = parser.parse_args()
    models = stored(asked.store, asked.suite)
    about = {"machine": machine(), "store": source(asked.store, asked.suite), "seeds": asked.seeds}
    told = json.loads(asked.json.read_text(encoding="utf-8")) if asked.json.exists() else {}
    for part in ("null", "power") if asked.part == "all" else (asked.part,):
        worlds = asked.worlds or WORLDS[part]
        began, cpu = time.perf_counter(), _cpu_s()
        found = PARTS[part](models, asked.seeds, worlds, asked.jobs)
        took = {"jobs": asked.jobs, "wall_s": time.perf_counter() - began, "cpu_s": _cpu_s() - cpu}
        told[part] = {**about, "worlds": worlds, **took, **found}
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _cpu_s() -> float:
    """Of this process and of those that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _null(models: Sequence[Model], seeds: int, worlds: int, jobs: int) -> dict[str, Any]:
    fixed = [model for model in models if model.one_part and not model.n_train]
    told = {}
    for name, some, same in (("other seeds", models, False), ("same seeds", fixed, True)):
        alarms, of = null(some, seeds, same, worlds, 1, jobs)
        tasks = len({model.task for model in some})
        told[name] = {"models": len(some), "tasks": tasks, "alarms": alarms, "of": of}
        print(f"{name}: {alarms} of {worlds} runs over {len(some)} models", of, flush=True)
    return {"runs": told}


def _power(models: Sequence[Model], seeds: int, worlds: int, jobs: int) -> dict[str, Any]:
    whole = [model for model in models if not model.n_train]
    beside = len(models) - len(whole)  # trained on fewer rows: compared as well, but left alone
    curves = [curve(model) for model in whole]
    told = {}
    for name, loss, refit in POWER:
        rows = planted(whole, curves, seeds, worlds, 2, loss, refit, beside, jobs)
        told[f"{name} {loss}"] = rows
        _print(f"{name} ({loss})", rows)
    return {"runs": told, "beside": beside}


def _real(models: Sequence[Model], seeds: int, worlds: int, jobs: int) -> dict[str, Any]:
    alarms, of = dealt(models, seeds, worlds, 3, jobs)
    print(f"real seeds: {alarms} of {worlds} deals over {len(of)} models")
    return {"alarms": alarms, "of": of}


PARTS = {"null": _null, "power": _power, "real": _real}


def _print(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in (row for row in rows if row["worlds"]):
        print(
            f"{name} {row['task']:22}{row['model']:24} loss {2 * row['minimum']:.4f} "
            f"(was {row['lost']:.4f}): caught {row['caught']} of {row['worlds']}"
        )
    caught, worlds = (sum(row[what] for row in rows) for what in ("caught", "worlds"))
    print(f"{name}: caught {caught} of {worlds}", flush=True)


if __name__ == "__main__":
    main()
