"""Small stores with predictions, for tests of whatever reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from records_by_hand import checked, model, ok, task

from benchbig import store
from benchbig.cards import Costs
from benchbig.metrics.score import score

ROWS = 400
COSTS = Costs(missed=5.0, false_alarm=1.0, currency="USD", why="made up")


def truth(seed: int, n: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """ids and labels of a seed's test part: half positives, a fifth of the pool of ids."""
    rng = np.random.default_rng(1000 + seed)
    ids = np.sort(rng.choice(5 * n, size=n, replace=False)).astype(np.int64)
    return ids, (ids % 2).astype(np.uint8)


def predicted(y: np.ndarray, right: float, seed: int, name: str) -> np.ndarray:
    """Probabilities of which this share is on the right side of one half."""
    rng = np.random.default_rng([seed, *name.encode()])
    hit = rng.random(len(y)) < right
    p = np.where(hit == (y == 1), rng.uniform(0.5, 1, len(y)), rng.uniform(0, 0.5, len(y)))
    return p.astype(np.float32)


def add(
    folder: Path,
    of: str = "churn",
    by: str = "logreg",
    right: float = 0.8,
    seeds: tuple[int, ...] = (0, 1, 2),
    asked: int = 0,
    device: str = "cpu",
    family: str | None = None,
    about: dict[str, Any] | None = None,
    **facts: Any,
) -> None:
    """Records of one model on one binary task, with predictions that are right so often."""
    store.prepare(folder)
    card = task(of, metric="accuracy", **(about or {}))
    for seed in seeds:
        ids, y = truth(seed)
        p = predicted(y, right, seed, by + of)
        metrics = score("binary", y, p, COSTS)
        record = ok(card, model(by), seed, metrics["accuracy"], asked, device, **facts)
        if family is not None:
            record["family"] = family
        record["metrics"] = metrics
        record["n_test"] = len(y)
        record["predictions"]["path"] = f"predictions/{record['key']}.npz"
        record["predictions"]["test"] = f"predictions/test-{seed:016x}.npz"
        np.savez_compressed(folder / record["predictions"]["path"], p=p)
        np.savez_compressed(folder / record["predictions"]["test"], ids=ids, y=y)
        store.append(folder, checked(record))


def slow(ms: float) -> dict[str, float]:
    """A latency of so many milliseconds, whatever the percentile."""
    return {"p50": ms, "p90": ms, "p99": ms, "n": 10}


def churn_and_faults(store: Path) -> Path:
    """A store: on churn the large model is clearly better, on faults clearly worse."""
    add(store, "churn", "logreg", 0.75, valid_value=0.75)
    add(store, "churn", "svm", 0.74, valid_value=0.70)
    add(store, "churn", "bert", 0.93, family="pretrained", latency_ms=slow(90))
    add(store, "churn", "small", 0.90, family="pretrained", valid_value=0.5)
    add(store, "faults", "logreg", 0.9)
    add(store, "faults", "bert", 0.7, family="pretrained", latency_ms=slow(90))
    return store
