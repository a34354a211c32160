"""How is a support vector machine trained on many rows and few columns? Newton in the primal."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from benchbig.data.parts import Array

STEPS = 60
BLOCK = 8192  # rows summed at once
SHORTEST = 1e-6  # relative gain below which the objective counts as minimal


class Planes(NamedTuple):
    """weights: (d, c) and offsets: (c,) of c separating planes; converged: all of them."""

    weights: Array
    offsets: Array
    converged: bool


def learn(x: Array, y: Array, n_classes: int, C: float, balance: float = 0.0) -> Planes:
    """One plane for two classes, else one a class against the rest.

    x: (n, d); y: (n,) classes. Minimises |w|^2 / 2 + C sum_i c_i max(0, 1 - s_i (w x_i + b))^2,
    scikit-learn's LinearSVC with a free offset. balance: a row's weight c_i is (n / (2 m))^balance
    with m the rows on its side: 0 weighs all rows alike, 1 both sides.
    """
    planes = []
    for label in [1] if n_classes == 2 else range(n_classes):
        side = np.where(y == label, 1.0, -1.0).astype(x.dtype)
        share = np.where(side > 0, np.mean(side > 0), np.mean(side < 0))
        cost = (C * (0.5 / share) ** balance).astype(x.dtype)
        planes.append(_plane(x, side, cost))
    weights = np.column_stack([w for w, _, _ in planes])
    offsets = np.array([b for _, b, _ in planes])
    return Planes(weights, offsets, all(done for _, _, done in planes))


def decide(x: Array, planes: Planes) -> Array:
    """(n,) distances to the plane of two classes, or (n, c), float64."""
    scores = (x @ planes.weights).astype(np.float64) + planes.offsets
    return scores[:, 0] if scores.shape[1] == 1 else scores


def _plane(x: Array, side: Array, cost: Array) -> tuple[Array, float, bool]:
    """Newton's method of Chapelle 2007 (Neural Computation 19): only rows within the margin count.

    Each step solves the least squares problem of those rows, then goes along it as far as the
    objective falls; it ends when a step gains no more.
    """
    w, b = np.zeros(x.shape[1], dtype=x.dtype), 0.0
    scores = np.zeros(len(x), dtype=x.dtype)
    value = _objective(w, side * scores, cost)
    for _ in range(STEPS):
        w_step, b_step = _newton_step(x, side, cost, scores, w)
        score_step = x @ w_step + x.dtype.type(b_step)
        length = 1.0
        while length > 1e-4:
            new = _objective(w + length * w_step, side * (scores + length * score_step), cost)
            if new < value:
                break
            length /= 2
        else:
            return w, b, True  # no descent left within the floating point precision
        w, b = w + x.dtype.type(length) * w_step, b + length * b_step
        scores = scores + x.dtype.type(length) * score_step
        gain, value = (value - new) / value, new
        if gain < SHORTEST:
            return w, b, True
    return w, b, False


def _newton_step(
    x: Array, side: Array, cost: Array, scores: Array, w: Array
) -> tuple[Array, float]:
    """The step to the minimum of the active rows' least squares problem.

    Where columns hang together (one-hot ones that sum to one, many of them), products of float32
    can lose the positive definite, however they are summed: then they are made in float64.
    """
    try:
        return _solved(x, side, cost, scores, w, x.dtype)
    except LinAlgError:
        return _solved(x, side, cost, scores, w, np.dtype(np.float64))


def _solved(
    x: Array, side: Array, cost: Array, scores: Array, w: Array, products: np.dtype[Any]
) -> tuple[Array, float]:
    """Summed block by block in float64: over 100,000 rows float32 sums lose too much.

    products: of what precision a block's products are; float32 takes half the time.
    """
    d = len(w)
    hessian, gradient = np.zeros((d + 1, d + 1)), np.append(w, 0.0).astype(np.float64)
    active = np.flatnonzero(side * scores < 1)
    for start in range(0, len(active), BLOCK):
        rows = active[start : start + BLOCK]
        block, twice = x[rows].astype(products, copy=False), 2 * cost[rows].astype(products)
        pull = twice * (scores[rows] - side[rows])
        gradient += np.append(block.T @ pull, pull.sum())
        hessian[:d, :d] += (block * twice[:, None]).T @ block
        hessian[:d, d] += block.T @ twice
        hessian[d, d] += twice.sum()
    hessian[d, :d] = hessian[:d, d]
    hessian[np.arange(d), np.arange(d)] += 1
    hessian[d, d] += 1e-6  # keeps the offset solvable where no row is active
    step = -cho_solve(cho_factor(hessian, overwrite_a=True, check_finite=False), gradient)
    return step[:d].astype(x.dtype), float(step[d])


def _objective(w: Array, margins: Array, cost: Array) -> float:
    slack = np.maximum(0, 1 - margins)
    return float(w @ w) / 2 + float(cost @ (slack * slack))
