"""Predictions of two models on one test part, for tests of how they are compared."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from benchbig.cards import Costs
from benchbig.data.histories import Histories
from benchbig.metrics.places import places
from benchbig.stats.paired import Scored, scored

COSTS = Costs(5.0, 1.0, "EUR", "made up")
BINARY = ("average_precision", "roc_auc", "accuracy", "f1", "precision", "recall", "log_loss")


def binary(n: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and two models' probabilities, with ties."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    logits = 1.5 * y - 1 + rng.normal(size=(2, n))
    p, q = np.round(1 / (1 + np.exp(-logits)), 2).astype(np.float32)
    return y, p, q


def many(n: int = 400, k: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    y = rng.integers(k, size=n)
    logits = rng.normal(size=(n, k)) + 2 * np.eye(k)[y]
    p = np.exp(logits)
    return y, (p / p.sum(axis=1, keepdims=True)).astype(np.float16)


def one_seed(metric: str, y: np.ndarray, p: np.ndarray, **more: object) -> list[Scored]:
    return [scored(metric, "binary", np.arange(len(y)), y, p, **more)]


def of_losses(losses: np.ndarray, ids: np.ndarray) -> Scored:
    """A model of which the mean of these numbers is asked."""
    pull = (losses - losses.mean()) * math.sqrt(len(losses) / (len(losses) - 1))
    return Scored(ids, float(losses.mean()), pull)


def ranked(n: int = 300, items: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Held-out items of each user, one to three, some chosen before, and where a list has them."""
    rng = np.random.default_rng(2)
    y = np.array([rng.choice(items, 3, replace=False) for _ in range(n)])
    y[np.arange(3) >= rng.integers(1, 4, size=n)[:, None]] = -1
    chosen = rng.integers(items, size=(n, 4))
    chosen[::2, 0] = y[::2, 0]
    none = pd.DataFrame(index=range(n))
    X = Histories(
        np.arange(n), 4 * np.arange(n + 1), chosen.ravel(), np.tile(np.arange(4), n),
        none, pd.DataFrame(index=range(items)), np.full(items, "", dtype=object),
    )  # fmt: skip
    return y, places(rng.normal(size=(n, items)), X, y, repeats=True)


def numbers(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    y = rng.normal(3, 1, size=n)
    return y, (y + rng.normal(0, 0.7, size=n)).astype(np.float32)
