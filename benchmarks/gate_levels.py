"""How often does the gate call a regression where nothing changed, and how often does it see one?

Stored predictions stand for the models (benchmarks/gate_worlds.py). In each world all models of all
tasks are compared, as in one run of the gate:

    real seeds    no simulation: a store with six seeds or more is dealt out to BASE and HEAD

    other seeds   BASE and HEAD are fits that share no seed
    same seeds    BASE and HEAD share seeds, each fitted anew; tasks with one test part for all
    planted       BASE is the stored seeds, HEAD the same with one model made worse, the same
                  examples in every seed, so that the metric loses twice the default minimum
                  effect, or twice the minimum effect that the gate holds there
    refitted      the same, but HEAD is made of other fits, made worse

    python benchmarks/gate_levels.py --worlds 1000
    benchbig run --task credit_default --model logreg,lightgbm --seeds 0-11 --results many
    python benchmarks/gate_levels.py --part real --store many --worlds 1000
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

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
    measured,
    probabilities,
    stored,
    world,
)

from benchbig.gate.compare import judged
from benchbig.gate.finding import Finding
from benchbig.gate.noise import DF, typical
from benchbig.metrics.names import METRICS
from benchbig.stats.paired import Scored, scored
from benchbig.stats.shift import Prior, Shift, shift

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
        found.append((_finding(model), shift(base, head, _prior(model, base))))
    return judged(found, {})


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
            scored(m.metric, m.kind, ids, y, probabilities(scores))
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
    models: Sequence[Model], curves: Sequence[Curve], seeds: int, worlds: int, seed: int,
    loss: str, refit: bool = False,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Of each model: how often the loss is caught.

    curves: how each loses by harm. loss: "default", twice the metric's minimum effect, or
    "promised", twice the one that the gate holds when it compares the world's BASE and HEAD before
    HEAD is made worse; worlds where that is out of reach are left out. refit: HEAD is of other
    fits than BASE, else of the same.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, list[float]]] = [defaultdict(list) for _ in models]
    for generator in rng.spawn(worlds):
        here = world(models, generator, 100_000)
        fits = [_fits(model, here, seeds, refit, generator) for model in models]
        quiet = [_moved(m, base, head, None) for m, (base, head) in zip(models, fits, strict=True)]
        held = judged(quiet, {})
        for i, model in enumerate(models):
            before = held[i].minimum if loss == "promised" else held[i].asked
            wanted = 2 * (before or 0.0)
            if wanted > curves[i].lost[-1]:
                continue  # no noise on the scores loses so much
            harm = Harm(curves[i].harm(wanted), fates(generator))
            # Alone among models that did not change: were all worse, Holm would be kinder to each.
            alone = [*quiet[:i], _moved(model, *fits[i], harm), *quiet[i + 1 :]]
            found = judged(alone, {})[i]
            rows[i]["wanted"].append(wanted)
            rows[i]["lost"].append((held[i].gain or 0.0) - (found.gain or 0.0))
            rows[i]["caught"].append(found.status == "regressed")
    for model, row in zip(models, rows, strict=True):
        means = {name: float(np.mean(values)) for name, values in row.items()}
        yield {"task": model.task, "model": model.name, "worlds": len(row["caught"]), **means}


def _fits(
    model: Model, here: World, seeds: int, refit: bool, rng: np.random.Generator
) -> tuple[list[Fit], list[Fit]]:
    if refit:
        return tuple([here.fit(model, rng) for _ in range(seeds)] for _ in "bh")  # type: ignore
    kept = [here.kept(model, seed) for seed in range(seeds)]
    return kept, kept


def _moved(
    model: Model, base: Sequence[Fit], head: Sequence[Fit], harm: Harm | None
) -> tuple[Finding, Shift | None]:
    """BASE and HEAD compared; they share seeds where they are the same fits."""
    first = 0 if head is base else len(base)
    before = {seed: measured(model, fit) for seed, fit in enumerate(base)}
    after = {first + seed: measured(model, fit, harm) for seed, fit in enumerate(head)}
    return _finding(model), shift(before, after, _prior(model, before))


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
    if asked.part == "real":
        alarms, of = dealt(models, asked.seeds, asked.worlds, seed=3)
        told["real seeds"] = {"models": of, "alarms": alarms}
        print(f"real seeds: {alarms} of {asked.worlds} deals over {of} models")
    if asked.part in ("null", "all"):
        fixed = [model for model in models if model.one_part]
        for name, some, same in (("other seeds", models, False), ("same seeds", fixed, True)):
            alarms, by_model = null(some, asked.seeds, same, asked.worlds, seed=1)
            told[name] = {"models": len(some), "alarms": alarms, "of": by_model}
            print(f"{name}: {alarms} of {asked.worlds} runs over {len(some)} models", by_model)
    if asked.part in ("power", "all"):
        curves = [curve(model) for model in models]
        for name, loss, refit in POWER:
            rows = list(planted(models, curves, asked.seeds, asked.worlds, 2, loss, refit))
            told[f"{name} {loss}"] = rows
            _print(f"{name} ({loss})", rows)
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _print(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in (row for row in rows if row["worlds"]):
        print(
            f"{name} {row['task']:22}{row['model']:24} loss {row['wanted']:.4f} "
            f"(was {row['lost']:.4f}): caught {row['caught']:.1%} of {row['worlds']}",
            flush=True,
        )
    caught = sum(row["caught"] * row["worlds"] for row in rows if row["worlds"])
    print(f"{name}: caught {caught:.0f} of {sum(row['worlds'] for row in rows)}", flush=True)


if __name__ == "__main__":
    main()
