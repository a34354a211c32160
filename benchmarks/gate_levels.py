"""How often does the gate call a regression where nothing changed, and how often does it see one?

Stored predictions stand for the models (gate_stored.py), test examples and fits of them are drawn
anew (gate_worlds.py). In each world all models of all tasks are compared, as the gate does:

    other seeds   BASE and HEAD are fits that share no seed
    same seeds    BASE and HEAD share seeds, each fitted anew; tasks with one test part for all
    planted       BASE is the stored seeds, HEAD the same with one model made worse, the same
                  examples in every seed, so that the metric loses twice the default minimum
                  effect, or twice the minimum effect that the gate holds there
    refitted      the same, but HEAD is made of other fits, made worse
    real seeds    no simulation: a store with six seeds or more is dealt out to BASE and HEAD

The first four, of the published records, and what docs/gate.md says of them (15 CPU minutes):

    python benchmarks/gate_levels.py --jobs 2 && python docs/generate.py

The last, of a store of its own (three CPU minutes to make it, one to deal it out):

    benchbig run --task credit_default,bank_marketing_drift --seeds 0-11 --jobs 2 --results many \
        --model hist_gradient_boosting,lightgbm
    python benchmarks/gate_levels.py --jobs 2 --part real --store many && python docs/generate.py

Figures go to benchmarks/gate_levels.json, part by part, each with its own date, commit and machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from gate_plants import planted
from gate_stored import Model, probabilities, source, stored
from gate_worlds import MOST, curve, measured, shifted, world, worlds_of
from measuring import HERE, machine

from benchbig.gate.compare import judged
from benchbig.gate.finding import Finding
from benchbig.stats.paired import Scored, scored

FIGURES = HERE / "gate_levels.json"
WORLDS = {"null": 1000, "power": 50, "real": 1000}
POWER = (
    ("planted", "default", False),
    ("planted", "promised", False),
    ("refitted", "promised", True),
)


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
        found.append(shifted(model, base, head))
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
        found.append(shifted(model, base, head))
    return any(finding.status == "regressed" for finding in judged(found, {}))


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
