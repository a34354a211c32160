"""Which recipe of a model does best on the validation part, over seeds that are not published?

A model with one fixed recipe owes its reader how that was chosen. Every combination of the given
values is fitted once a seed; the test part is dropped as soon as the task is loaded, so that none
of its labels can be seen.

    python benchmarks/choose_recipe.py --task bank_intents --model minilm_finetune \
        --seeds 10,11,12 --set epochs=1.0,2.0 --set rate=5e-5,1e-4,2e-4 \
        --out benchmarks/recipes/minilm_finetune.jsonl

Appends one JSON line a fit to --out, leaves out what stands there already, and prints the means,
the best first.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import statistics
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

import benchbig
from benchbig.assets.cache import cache_dir, find
from benchbig.cards.read import read
from benchbig.cards.schema import ModelCard, TaskCard
from benchbig.data import Context
from benchbig.metrics.score import value

ROOT = Path(benchbig.__file__).parent.parent


def main() -> None:
    """Fit what is missing, then show the means."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--task", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--seeds", default="10,11,12", help="not those of the suites")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=A,B", dest="values")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    task = read(ROOT / "tasks" / f"{given.task}.toml", TaskCard)
    model = read(ROOT / "baselines" / f"{given.model}.toml", ModelCard)
    done = fits(given.out)
    for seed in map(int, given.seeds.split(",")):
        for params in combinations(given.values, model.params):
            asked = {"task": task.name, "model": model.name, "seed": seed, "params": params}
            if not any(asked.items() <= fit.items() for fit in done):
                fit = asked | measured(task, model, seed, params, given.threads)
                with given.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(fit) + "\n")
    show([fit for fit in fits(given.out) if (fit["task"], fit["model"]) == (task.name, model.name)])


def combinations(
    values: list[str], params: Mapping[str, Any]
) -> Iterator[dict[str, int | float | str]]:
    """All combinations of NAME=A,B,..., each value of the type that the card's has."""
    names = [value.split("=")[0] for value in values]
    choices = [value.split("=")[1].split(",") for value in values]
    for chosen in itertools.product(*choices):
        yield {name: type(params[name])(text) for name, text in zip(names, chosen, strict=True)}


def measured(
    task: TaskCard, model: ModelCard, seed: int, params: Mapping[str, Any], threads: int
) -> dict[str, float]:
    """One fit: its metric on the validation part and its seconds."""
    split = importlib.import_module(f"benchbig.tasks.{task.name}").load(seed, cached(task))
    train, valid = split.train, split.valid
    del split  # and with it the test part
    context = Context(
        task, {**model.params, **params}, seed, valid, cached(model), "cpu", threads, cache_dir()
    )
    code = importlib.import_module(f"benchbig.baselines.{model.code or model.name}")
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predict = code.fit(train, context)
    seconds = time.perf_counter() - began
    found = value(task.metric, task.kind, valid.y, predict(valid.X), task.costs)
    return {"valid": float("nan") if found is None else found, "fit_s": round(seconds, 1)}


def cached(card: TaskCard | ModelCard) -> dict[str, Path]:
    """The card's assets, which must have been fetched."""
    found = {name: find(asset, cache_dir()) for name, asset in card.assets.items()}
    for name, path in found.items():
        if path is None:
            raise SystemExit(f"{name} is not in the cache; type: benchbig fetch")
    return {name: path for name, path in found.items() if path}


def fits(file: Path) -> list[dict[str, Any]]:
    """The fits made before."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines]


def show(fits: list[dict[str, Any]]) -> None:
    """Mean and range over the seeds of each combination, the best mean first."""
    by_params = defaultdict(list)
    for fit in fits:
        by_params[json.dumps(fit["params"])].append(fit)
    ranked = sorted(by_params.items(), key=lambda item: -mean(item[1], "valid"))
    for params, group in ranked:
        values = [fit["valid"] for fit in group]
        print(
            f"{mean(group, 'valid'):.4f}  [{min(values):.4f}, {max(values):.4f}]  "
            f"{len(group)} seeds  {mean(group, 'fit_s'):6.1f} s  {params}"
        )


def mean(group: list[dict[str, Any]], name: str) -> float:
    """The mean of one field."""
    return statistics.fmean(fit[name] for fit in group)


if __name__ == "__main__":
    main()
