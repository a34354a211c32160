"""Which recipe of a model does best on the validation part, over seeds that are not published?

A model with one fixed recipe owes its reader how that was chosen. Every combination of the given
values is fitted once a seed; the test part is dropped as soon as the task is loaded, so that none
of its labels can be seen.

    python benchmarks/choose_recipe.py --task bank_intents --model minilm_finetune \
        --seeds 10,11,12 --set epochs=1.0,2.0 --set rate=5e-5,1e-4,2e-4 \
        --out benchmarks/recipes/minilm_finetune.jsonl

Appends one JSON line a fit to --out, leaves out what stands there already, and prints the means,
the best first. --n-train fits on so many rows alone, those that `benchbig run --n-train` takes: for
what would take a day on all of them.
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
from benchbig.data.splits import subset
from benchbig.metrics.names import METRICS
from benchbig.metrics.places import places
from benchbig.metrics.score import value

ROOT = Path(benchbig.__file__).parent.parent


def main() -> None:
    """Fit what is missing, then show the means."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--task", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--seeds", default="10,11,12", help="not those of the suites")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=A,B", dest="values")
    parser.add_argument(
        "--n-train", type=int, default=0, help="rows to learn from; all unless given"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    task = read(ROOT / "tasks" / f"{given.task}.toml", TaskCard)
    model = read(ROOT / "baselines" / f"{given.model}.toml", ModelCard)
    same = {"task": task.name, "model": model.name, "n_train": given.n_train}
    done = fits(given.out)
    for seed in map(int, given.seeds.split(",")):
        for params in combinations(given.values, model.params):
            asked = same | {"seed": seed, "params": params}
            if not any(asked.items() <= fit.items() for fit in done):
                fit = asked | measured(task, model, seed, given.n_train, params, given.threads)
                with given.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(fit) + "\n")
    found = [fit for fit in fits(given.out) if same.items() <= fit.items()]
    show(found, METRICS[task.metric].higher_is_better)


def combinations(
    values: list[str], params: Mapping[str, Any]
) -> Iterator[dict[str, int | float | str]]:
    """All combinations of NAME=A,B,..., each value of the type that the card's has."""
    names = [value.split("=")[0] for value in values]
    for name in names:
        if name not in params:
            raise SystemExit(f"--set {name}: the card has {', '.join(params)}")
    choices = [value.split("=")[1].split(",") for value in values]
    for chosen in itertools.product(*choices):
        yield {name: typed(text, params[name]) for name, text in zip(names, chosen, strict=True)}


def typed(text: str, like: int | float | str) -> int | float | str:
    """The text as a value of the same type; "true" and "false" as TOML has them."""
    if isinstance(like, bool):
        return {"true": True, "false": False}[text]
    return type(like)(text)


def measured(
    task: TaskCard,
    model: ModelCard,
    seed: int,
    n_train: int,
    params: Mapping[str, Any],
    threads: int,
) -> dict[str, float]:
    """One fit: its metric on the validation part and its seconds."""
    split = importlib.import_module(f"benchbig.tasks.{task.name}").load(seed, cached(task))
    train, valid = split.train, split.valid
    del split  # and with it the test part
    if n_train:
        train = train.take(subset(train.y, n_train, seed))
    context = Context(
        task, {**model.params, **params}, seed, valid, cached(model), "cpu", threads, cache_dir()
    )
    code = importlib.import_module(f"benchbig.baselines.{model.code or model.name}")
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predict = code.fit(train, context)
    seconds = time.perf_counter() - began
    p = predict(valid.X)
    if task.kind == "ranking":
        p = places(p, valid.X, valid.y, task.repeats)
    found = value(task.metric, task.kind, valid.y, p, task.costs)
    return {"valid": float("nan") if found is None else found, "fit_s": round(seconds, 1)}


def cached(card: TaskCard | ModelCard) -> dict[str, Path]:
    """The card's assets, which must have been fetched."""
    found = {name: find(asset, cache_dir()) for name, asset in card.assets.items()}
    for name, path in found.items():
        if path is None:
            raise SystemExit(f"{name} is not in the cache; type: benchbig fetch")
    return {name: path for name, path in found.items() if path}


def fits(file: Path) -> list[dict[str, Any]]:
    """The fits made before; where a line names no size, all rows were learnt from."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [{"n_train": 0, **json.loads(line)} for line in lines]


def show(fits: list[dict[str, Any]], higher_is_better: bool) -> None:
    """Mean and range over the seeds of each combination, the best mean first."""
    sign = -1 if higher_is_better else 1
    by_params = defaultdict(list)
    for fit in fits:
        by_params[json.dumps(fit["params"])].append(fit)
    ranked = sorted(by_params.items(), key=lambda item: sign * mean(item[1], "valid"))
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
