"""Do the rankers that learn from a random start reach what other people's code reaches?

ALS, BPR, NeuMF, DeepFM and SASRec on the split of film_ratings, ours by their cards' parameters
without search (or as published, where that is so), beside implicit's, RecBole's and RecTools', with
the same parameters where they mean the same. All learn from the training part and are judged by one
evaluation, which agrees with RecBole's (recbole_reference.py). Written to benchmarks/rankers.json,
which tests hold the models to and docs/generate.py makes the table of docs/rankers.md of.

Runs in an environment that has benchbig and, beside it, implicit 0.7, RecBole 1.2, RecTools and
what these need. The data must be cached: benchbig fetch --task film_ratings.

    python benchmarks/rankers_reference.py [--only als,bpr] [--seeds 0,1]
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rankers_by_others as others
import torch
from measuring import machine
from recbole_reference import older_numpy

from benchbig import store
from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.cards import find
from benchbig.data import Context, Part, Split
from benchbig.data.parts import Array
from benchbig.metrics.places import places
from benchbig.tasks import film_ratings

FIGURES = Path(__file__).with_name("rankers.json")
RESULTS = Path(__file__).resolve().parents[1] / "results"
PACKAGES = ("implicit", "recbole", "rectools", "torch", "numpy", "scipy")
BY_NAME = ("ndcg_at_10", "recall_at_10")


class Other(NamedTuple):
    """Another implementation of one of our models. params: its own, or our card's."""

    model: str
    by: str
    fit: Callable[[Split, Any, int], Array]
    params: dict[str, Any]


def recbole(model: str) -> Callable[[Split, Any, int], Array]:
    """RecBole's model of this name, to be fitted."""
    return lambda split, params, seed: others.recbole(model, split, params, seed)


def wanted() -> list[Other]:
    """The other implementations, told our cards' parameters where theirs mean the same.

    RecBole's Adam knows no decoupled decay; its epochs are watched instead, as ours are.
    """
    card = {name: find().model(name).params for name in ("als", "bpr", "neumf", "deepfm", "sasrec")}

    def watched(name: str, **own: Any) -> dict[str, Any]:
        shared = card[name]
        return {
            "learning_rate": shared["learning_rate"],
            "train_batch_size": shared["batch"] * (1 + shared["negatives"]),
            "train_neg_sample_args": {
                "distribution": "uniform", "sample_num": shared["negatives"], "alpha": 1.0,
                "dynamic": False, "candidate_num": 0,
            },
            "epochs": 30, "eval_step": 2, "stopping_step": shared["patience"], **own,
        }  # fmt: skip

    half = card["neumf"]["factors"] // 2
    hidden = card["deepfm"]["hidden"]
    return [
        Other("als", "implicit", others.implicit_als, dict(card["als"])),
        Other("bpr", "implicit", others.implicit_bpr, {
            "factors": card["bpr"]["factors"], "learning_rate": 0.05, "regularization": 0.01,
            "every": 20, "looks": 15,
        }),
        Other("bpr", "RecBole", recbole("BPR"), watched(
            "bpr", embedding_size=card["bpr"]["factors"])),
        Other("neumf", "RecBole", recbole("NeuMF"), watched(
            "neumf", mf_embedding_size=2 * half, mlp_embedding_size=2 * half,
            mlp_hidden_size=[2 * half, half], dropout_prob=card["neumf"]["dropout"])),
        Other("deepfm", "RecBole", recbole("DeepFM"), watched(
            "deepfm", embedding_size=card["deepfm"]["factors"],
            mlp_hidden_size=[hidden, hidden // 2], dropout_prob=card["deepfm"]["dropout"])),
        Other("sasrec", "RecTools", others.rectools_sasrec, {
            **{k: card["sasrec"][k] for k in
               ("width", "layers", "heads", "dropout", "length", "batch", "learning_rate")},
            "every": 12, "looks": 4, "patience": 2,
        }),
    ]  # fmt: skip


def films() -> Split:
    """The split of film_ratings, which is the same for every seed."""
    assets = find().task("film_ratings").assets
    files = {name: find_asset(asset, cache_dir()) for name, asset in assets.items()}
    if None in files.values():
        sys.exit("the data are not cached; type: benchbig fetch --task film_ratings")
    return film_ratings.load(0, {name: path for name, path in files.items() if path})


def ours(name: str, split: Split, seed: int) -> Array:
    """Scores of the test part by our model, by its card's parameters."""
    catalog = find()
    card, task = catalog.model(name), catalog.task("film_ratings")
    told = Context(task, dict(card.params), seed, split.valid, {}, "cpu", 1, cache_dir())
    module = importlib.import_module(f"benchbig.baselines.{card.code or name}")
    found: Array = module.fit(split.train, told)(split.test.X)
    return found


def by_user(scores: Array, part: Part) -> dict[str, Array]:
    """(n,) of each metric: what a user's one held-out item gives (docs/metrics.md)."""
    told = np.ascontiguousarray(scores, dtype=np.float32)
    return gains(places(told, part.X, part.y, repeats=False))


def gains(p: Array) -> dict[str, Array]:
    """The same of a ranking as it is stored."""
    rank = p["rank"][:, 0].astype(float)
    hit = (rank > 0) & (rank <= 10)
    gain = np.where(hit, 1 / np.log2(np.maximum(rank, 1) + 1), 0.0)
    return {"ndcg_at_10": gain, "recall_at_10": hit.astype(float)}


def published(name: str, seed: int) -> dict[str, Array] | None:
    """By user, what is published of our model with its card's parameters; None where nothing is."""
    params = dict(find().model(name).params)
    for record in store.latest(RESULTS):
        asked = (record["task"], record["model"], record["seed"], record["n_train_asked"])
        whole = not record["limit"] and record["status"] == "ok"
        if asked == ("film_ratings", name, seed, 0) and whole and record["params"] == params:
            with np.load(RESULTS / record["predictions"]["path"]) as held:
                return gains(held["p"])
    return None


def measured(
    one: Callable[[int], dict[str, Array]], seeds: list[int]
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Each metric by seed with the CPU seconds, and each by user, the mean over the seeds."""
    figures: dict[str, Any] = {name: [] for name in (*BY_NAME, "cpu_s")}
    users = []
    for seed in seeds:
        began = time.process_time()
        users.append(one(seed))
        figures["cpu_s"].append(round(time.process_time() - began, 1))
        for name in BY_NAME:
            figures[name].append(float(users[-1][name].mean()))
    return figures, {name: np.mean([one[name] for one in users], axis=0) for name in BY_NAME}


def beside(mine: dict[str, Array], theirs: dict[str, Array]) -> dict[str, dict[str, float]]:
    """Ours less theirs, user by user: the mean difference and its standard error."""
    found = {}
    for name in BY_NAME:
        apart = mine[name] - theirs[name]
        error = float(apart.std(ddof=1) / np.sqrt(len(apart)))
        found[name] = {"difference": float(apart.mean()), "error": error}
    return found


def installed() -> dict[str, str]:
    """The versions of what is here to take part."""
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def main() -> None:
    """Fit all, and keep what was found so far after each: the figures of others stay."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="als,bpr,neumf,deepfm,sasrec", help="models, by commas")
    parser.add_argument("--seeds", default="0,1", help="seeds, by commas")
    given = parser.parse_args()
    sys.argv = sys.argv[:1]  # RecBole reads the command line
    older_numpy()
    torch.set_num_threads(1)
    split, seeds = films(), [int(seed) for seed in given.seeds.split(",")]
    where = machine()  # before: its load is that of the others
    for name in given.only.split(","):
        found = compared(name, split, seeds)
        keep(name, found, where)
        print(name, json.dumps(found, indent=1), flush=True)


def compared(name: str, split: Split, seeds: list[int]) -> dict[str, Any]:
    """Our model's figures, each other implementation's, and how far they are apart."""

    def mine_of(seed: int) -> dict[str, Array]:
        return published(name, seed) or by_user(ours(name, split, seed), split.test)

    def theirs_of(other: Other, seed: int) -> dict[str, Array]:
        return by_user(other.fit(split, other.params, seed), split.test)

    mine, my_users = measured(mine_of, seeds)
    others_found = []
    for other in (one for one in wanted() if one.model == name):
        theirs, their_users = measured(partial(theirs_of, other), seeds)
        apart = beside(my_users, their_users)
        others_found.append(
            {"by": other.by, "params": other.params, **theirs, "ours_less_theirs": apart}
        )
    return {"seeds": seeds, "ours": mine, "others": others_found}


def keep(name: str, found: dict[str, Any], where: dict[str, Any]) -> None:
    """Put a model's figures beside those of the others."""
    held = json.loads(FIGURES.read_text()) if FIGURES.exists() else {"models": {}}
    held["versions"] = {**held.get("versions", {}), **installed()}
    held["models"][name] = {"machine": where, **found}
    FIGURES.write_text(json.dumps(held, indent=1) + "\n")


if __name__ == "__main__":
    main()
