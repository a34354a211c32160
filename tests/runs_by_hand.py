"""Stores for tests of the gate: real test parts, their predictions altered as a test wants it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import records_by_hand as by_hand

from benchbig import store
from benchbig.data.digest import ids_sha256
from benchbig.metrics.score import value
from benchbig.record import Record

PUBLISHED = Path(__file__).resolve().parents[1] / "results"
Part = tuple[np.ndarray, np.ndarray, np.ndarray]


@cache
def real(task: str = "bank_intents", model: str = "tfidf_logreg", seed: int = 0) -> Part:
    """ids, y and p of a published record that learnt from all there is."""
    found = [
        record
        for record in store.results(store.latest(PUBLISHED))
        if (record["task"], record["model"], record["seed"]) == (task, model, seed)
        and not record["n_train_asked"]
    ]
    kept = store.predictions(PUBLISHED, found[0])
    return kept.ids, kept.y, kept.p


def worse(p: np.ndarray, y: np.ndarray, share: float, seed: int = 0) -> np.ndarray:
    """A copy in which this share of the rows names the class after the true one."""
    rng = np.random.default_rng(seed)
    hit = np.flatnonzero(rng.random(len(p)) < share)
    spoilt = p.copy()
    spoilt[hit] = 0.0
    spoilt[hit, (y[hit].astype(int) + 1) % p.shape[1]] = 1.0
    return spoilt


def put(
    folder: Path,
    p: np.ndarray | None = None,
    seed: int = 0,
    task: str = "bank_intents",
    model: str = "tfidf_logreg",
    part: Part | None = None,
    kind: str = "multiclass",
    metric: str = "accuracy",
    **facts: Any,
) -> Record:
    """Append an ok record of these predictions (by default the published ones) to a store."""
    ids, y, published = part or real(seed=min(seed, 2))
    p = published if p is None else p
    of = by_hand.task(task, kind=kind, metric=metric, modality="text", n_classes=77)
    number = value(metric, kind, y, p)
    (folder / "predictions").mkdir(parents=True, exist_ok=True)
    test = f"test-{hashlib.sha256(ids.tobytes() + y.tobytes()).hexdigest()[:16]}.npz"
    np.savez_compressed(folder / "predictions" / test, ids=ids, y=y)
    given = {
        "n_test": len(y),
        "test_ids_sha256": ids_sha256(ids),
        "data_sha256": hashlib.sha256(str(seed).encode()).hexdigest(),
        "threads": 1,
        **facts,
    }
    record = by_hand.ok(of, by_hand.model(model), seed, number or 0.0, **given)
    record["value"] = number
    own = folder / "predictions" / f"{record['key']}.npz"
    np.savez_compressed(own, p=p)
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    record["predictions"] = {
        "path": f"predictions/{own.name}", "sha256": digest, "test": f"predictions/{test}",
    }  # fmt: skip
    return append(folder, record)


def append(folder: Path, record: Record) -> Record:
    """Append any record, whatever its names."""
    path = folder / "records" / "t" / "m.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, sort_keys=True) + "\n")
    return record


def fail(
    folder: Path, seed: int = 0, message: str = "the matrix is singular", **facts: Any
) -> Record:
    """Append a record of a job that failed."""
    of = by_hand.task("bank_intents", kind="multiclass", metric="accuracy", n_classes=77)
    return append(folder, by_hand.bad(of, seed=seed, by="tfidf_logreg", message=message, **facts))


def seeds(folder: Path, share: float = 0.0, which: Iterable[int] = (0, 1, 2), **facts: Any) -> Path:
    """A store of one model's seeds, each as published or made worse."""
    for seed in which:
        _, y, p = real(seed=min(seed, 2))
        put(folder, worse(p, y, share, seed) if share else p, seed, **facts)
    return folder
