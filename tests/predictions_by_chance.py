"""Random labels, predictions and weights, of every size and with every kind of tie."""

from __future__ import annotations

import numpy as np


def binary_case(seed):
    """A random case: any size, share of positives down to 0.1%, ties from none to all."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([2, 7, 50, 300, 3000]))
    y = (rng.random(n) < rng.choice([0.001, 0.05, 0.5, 0.9])).astype(np.int64)
    y[:2] = [0, 1]
    p = np.clip(rng.beta(1, 2, n) + 0.3 * y * rng.random(), 0, 1)
    ties = rng.choice([0, 1, 2, 3])
    p = [p, p.round(1), p.round(0), np.full(n, 0.3)][ties]
    return y, p.astype(rng.choice([np.float32, np.float64])), rng.uniform(0.1, 3, n)


def multiclass_case(seed):
    """A random case of 3 to 77 classes, some absent from y, some rows tied."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.choice([3, 40, 1000])), int(rng.choice([3, 6, 20, 77]))
    present = rng.choice(k, size=max(1, k - int(rng.integers(k))), replace=False)
    y = rng.choice(present, size=n)
    p = rng.gamma(0.3, size=(n, k)) + 1e-9
    p[np.arange(n), y] += rng.random()
    p[rng.random(n) < 0.1] = 1.0
    return y, p / p.sum(axis=1, keepdims=True), rng.uniform(0.1, 3, n)
