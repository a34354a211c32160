"""How often does the gate call a regression where nothing changed, and how often does it see one?

Stored predictions stand for the models (benchmarks/gate_worlds.py). In each world all models of all
tasks are compared, as in one run of the gate:

    real seeds    no simulation: a store with six seeds or more is dealt out to BASE and HEAD

    other seeds   BASE and HEAD are fits that share no seed
    same seeds    BASE and HEAD share seeds, each fitted anew; tasks with one test part for all
    planted       BASE is the stored seeds, HEAD the same made worse, the same examples in every
                  seed: so that the metric loses twice the default minimum effect, and so that it
                  loses twice the minimum effect that the gate holds there, which is what it sees
    refitted      the same, but HEAD is made of other fits, made worse

    python benchmarks/gate_levels.py --worlds 1000
    benchbig run --task credit_default --model logreg,lightgbm --seeds 0-11 --results many
    python benchmarks/gate_levels.py --part real --store many --worlds 1000
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gate_worlds import MOST, Harm, Model, fates, needed, probabilities, stored, world

from benchbig.gate.compare import judged
from benchbig.gate.finding import Finding
from benchbig.gate.noise import DF, typical
from benchbig.metrics.names import METRICS
from benchbig.stats.paired import Scored, scored
from benchbig.stats.shift import Prior, shift
from benchbig.verdict.effects import min_effect

SOME = 5  # worlds from which is learnt what the gate sees
Much = Mapping[str, float]  # harm by place, "task model"


def compared(
    models: Sequence[Model], seeds: int, same: bool, rng: np.random.Generator
) -> list[Finding]:
    """One run of the gate over all models, each fitted anew on both sides, in a new world."""
    here = world(models, rng, MOST)
    found = []
    for model in models:
        after = range(seeds) if same else range(seeds, 2 * seeds)
        base = {seed: here.fit(model, rng) for seed in range(seeds)}
        head = {seed: here.fit(model, rng) for seed in after}
        found.append((_finding(model), shift(base, head, _prior(model, base))))
    return judged(found, {})


def harmed(
    models: Sequence[Model], seeds: int, refit: bool, much: Much, rng: np.random.Generator
) -> list[Finding]:
    """The same, HEAD made worse; refit: of other fits, else of BASE's own."""
    here = world(models, rng, 100_000)
    found = []
    for model in models:
        harm = Harm(much[_place(model)], fates(rng))
        if refit:
            base = {seed: here.fit(model, rng) for seed in range(seeds)}
            head = {seeds + seed: here.fit(model, rng, harm) for seed in range(seeds)}
        else:
            base = {seed: here.kept(model, seed) for seed in range(seeds)}
            head = {seed: here.kept(model, seed, harm) for seed in range(seeds)}
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
    models: Sequence[Model], seeds: int, worlds: int, seed: int, loss: str, refit: bool = False
) -> Iterator[dict[str, Any]]:
    """Of each model: how often the loss is caught.

    loss: "default", twice the metric's minimum effect, or "promised", twice the one that the gate
    holds there: what it said that it sees, in a few worlds with the former.
    """
    rng = np.random.default_rng(seed)
    wanted = {_place(m): 2 * min_effect(m.metric, {}, None) for m in models}
    much = {_place(m): needed(m, wanted[_place(m)], rng) for m in models}
    if loss == "promised":
        _, sees, _ = _caught(models, seeds, SOME, rng, much, refit)
        wanted = {place: max(wanted[place], float(np.median(of))) for place, of in sees.items()}
        much = {_place(m): needed(m, wanted[_place(m)], rng) for m in models}
    caught, sees, lost = _caught(models, seeds, worlds, rng, much, refit)
    for m in models:
        place = _place(m)
        yield {
            "task": m.task,
            "model": m.name,
            "loss": wanted[place],
            "lost": float(np.mean(lost[place])),
            "sees": float(np.median(sees[place])),
            "caught": caught[place] / worlds,
        }


def _caught(
    models: Sequence[Model], seeds: int, worlds: int, rng: np.random.Generator, much: Much,
    refit: bool,
) -> tuple[dict[str, int], dict[str, list[float]], dict[str, list[float]]]:  # fmt: skip
    """In how many worlds each loss was called; what the gate said it sees; what was lost."""
    caught: dict[str, int] = defaultdict(int)
    sees, lost = defaultdict(list), defaultdict(list)
    for generator in rng.spawn(worlds):
        found = harmed(models, seeds, refit, much, generator)
        for place, one in zip(map(_place, models), found, strict=True):
            caught[place] += one.status == "regressed"
            sees[place].append(one.visible or 0.0)
            lost[place].append(-(one.gain or 0.0))
    return caught, sees, lost


def _place(model: Model) -> str:
    return f"{model.task} {model.name}"


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
        for name, loss, refit in (
            ("planted", "default", False), ("planted", "promised", False),
            ("refitted", "promised", True),
        ):  # fmt: skip
            rows = list(planted(models, asked.seeds, asked.worlds, 2, loss, refit))
            told[f"{name} {loss}"] = rows
            _print(f"{name} ({loss})", rows)
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _print(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        print(
            f"{name} {row['task']:22}{row['model']:24} loss {row['loss']:.4f} (was "
            f"{row['lost']:.4f}), sees {row['sees']:.4f}: caught {row['caught']:.1%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
