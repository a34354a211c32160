"""The stored predictions that stand for models: of which records, which of their examples matter.

gate_worlds.py draws test examples and fits of them anew.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchbig import store
from benchbig.cards import find
from benchbig.data.parts import Array
from benchbig.hub.suite import belongs
from benchbig.record import Record
from benchbig.tables.select import select

LIKELY = 2000  # of a rare class, examples that a model holds the likeliest
TINY = 1e-6


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
