"""What does RecBole's full-ranking evaluation give on the very splits of film_ratings?

Written to benchmarks/recbole.json, which tests/test_recbole.py holds benchbig's models to.
Runs in an environment that has benchbig and, beside it, RecBole 1.2 with what that needs. The data
must be cached: benchbig fetch --task film_ratings.

    python benchmarks/recbole_reference.py
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchbig.assets import cache_dir
from benchbig.assets import find as find_asset
from benchbig.cards import find
from benchbig.data import Part
from benchbig.data.histories import NOTHING
from benchbig.tasks import film_ratings

FIGURES = Path(__file__).with_name("recbole.json")
METRICS = {"recall": "recall", "ndcg": "ndcg", "mrr": "mrr", "map": "map", "hit": "hit_rate"}
# Models that are an exact solution, so that the same parameters give the same lists; but for the
# 100 nearest items, where RecBole takes some of those that are equally near by chance.
FITS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ItemKNN", {"k": 1682, "shrink": 0.0}),
    ("ItemKNN", {"k": 100, "shrink": 0.0}),
    ("EASE", {"reg_weight": 250.0}),
)


def held_out() -> Iterator[tuple[str, Part]]:
    """The validation and the test part; each user's X is what is learnt from there."""
    assets = find().task("film_ratings").assets
    files = {name: find_asset(asset, cache_dir()) for name, asset in assets.items()}
    if None in files.values():
        sys.exit("the data are not cached; type: benchbig fetch --task film_ratings")
    split = film_ratings.load(0, {name: path for name, path in files.items() if path})
    yield "valid", split.valid
    yield "test", split.test


def write(part: Part, folder: Path) -> None:
    """RecBole's atomic files, users and items under the numbers they have here."""
    folder.mkdir()
    held_row, place = np.nonzero(part.y != NOTHING)
    pairs = {
        "train": (part.X.user[part.X.row], part.X.item),
        "held": (part.X.user[held_row], part.y[held_row, place]),
    }
    for name, (users, items) in pairs.items():
        lines = [f"{user}\t{item}\n" for user, item in zip(users, items, strict=True)]
        text = "user_id:token\titem_id:token\n" + "".join(lines)
        (folder / f"{folder.name}.{name}.inter").write_text(text)


def evaluated(model: str, params: dict[str, Any], folder: Path) -> dict[str, float]:
    """RecBole's figures for one model, at 10."""
    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.utils import get_model, get_trainer, init_seed

    told = {
        **params,
        "data_path": str(folder.parent),
        "benchmark_filename": ["train", "held", "held"],
        "load_col": {"inter": ["user_id", "item_id"]},
        "metrics": ["Recall", "NDCG", "MRR", "MAP", "Hit"],
        "topk": [10],
        "valid_metric": "NDCG@10",
        "metric_decimal_place": 8,
        "eval_args": {
            "group_by": "user",
            "order": "RO",
            "mode": "full",
            "split": {"RS": [8, 1, 1]},
        },
        "use_gpu": False,
        "show_progress": False,
        "state": "WARNING",
        "checkpoint_dir": str(folder / "saved"),
    }
    config = Config(model=model, dataset=folder.name, config_dict=told)
    init_seed(0, True)
    dataset = create_dataset(config)
    train, held, _ = data_preparation(config, dataset)
    learnt = get_model(model)(config, train.dataset)
    trainer = get_trainer(config["MODEL_TYPE"], model)(config, learnt)
    trainer.eval_collector.data_collect(train)
    found = trainer.evaluate(held, load_best_model=False)
    return {f"{ours}_at_10": float(found[f"{theirs}@10"]) for theirs, ours in METRICS.items()}


def older_numpy() -> None:
    """RecBole 1.2 calls numpy's types by names that numpy 2 has dropped."""
    for name, kind in (("float_", np.float64), ("complex_", np.complex128), ("unicode_", np.str_)):
        if not hasattr(np, name):
            setattr(np, name, kind)


def main() -> None:
    older_numpy()
    figures: dict[str, Any] = {"recbole": version("recbole")}
    sys.argv = sys.argv[:1]  # RecBole reads the command line
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # where it writes logs
        for name, part in held_out():
            write(part, Path(folder) / name)
            figures[name] = [
                {"model": model, **params, **evaluated(model, params, Path(folder) / name)}
                for model, params in FITS
            ]
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    print(FIGURES.read_text())


if __name__ == "__main__":
    main()
