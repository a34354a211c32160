"""How do decisions between two classes at a time become probabilities of all of them?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit

from benchbig.data.parts import Array
from benchbig.preprocess.probabilities import calibrate, calibrated


def learn(decisions: Array, y: Array, classes: Array) -> tuple[float, ...]:
    """What `coupled` needs, learnt on rows that the machines did not learn from.

    decisions: (n,) of two classes, above 0 for the second; else (n, c (c - 1) / 2), a column a
    pair of the (c,) classes in scikit-learn's order, above 0 for the first. y: (n,) classes.
    Of two it is Platt's sigmoid; of more the steepness of every pair's sigmoid, of least log loss.
    """
    if decisions.ndim == 1:
        return calibrate(decisions, (y == classes[1]).astype(np.int64))
    known = np.isin(y, classes)
    rows, places = np.arange(known.sum()), np.searchsorted(classes, y[known])

    def loss(log_slope: float) -> float:
        p = coupled(decisions[known], (float(np.exp(log_slope)),))[rows, places]
        return float(-np.mean(np.log(np.maximum(p, 1e-300))))

    return (float(np.exp(minimize_scalar(loss, bounds=(-4, 4), method="bounded").x)),)


def coupled(decisions: Array, calibration: tuple[float, ...]) -> Array:
    """(n, c) probabilities: Wu, Lin and Weng 2004 (JMLR 5, 975-1005), their second approach.

    With r_ij the probability of class i where it is i or j, it is the p, summing to 1, that
    minimises sum_ij (r_ji p_i - r_ij p_j)^2: one linear system a row.
    """
    if decisions.ndim == 1:
        second = calibrated(decisions, calibration)
        return np.column_stack([1 - second, second])
    n, c = len(decisions), round((1 + np.sqrt(1 + 8 * decisions.shape[1])) / 2)
    r = np.zeros((n, c, c))
    for column, (i, j) in enumerate(combinations(range(c), 2)):
        r[:, i, j] = expit(calibration[0] * decisions[:, column])
        r[:, j, i] = 1 - r[:, i, j]
    system = np.zeros((n, c + 1, c + 1))
    system[:, :c, :c] = -r * r.swapaxes(1, 2)
    system[:, range(c), range(c)] = (r * r).sum(axis=1)
    system[:, :c, c] = system[:, c, :c] = 1  # Lagrange's multiplier of the sum
    sides = np.zeros((n, c + 1, 1))
    sides[:, c] = 1
    p: Array = np.maximum(np.linalg.solve(system, sides)[:, :c, 0], 0)
    return np.asarray(p / p.sum(axis=1, keepdims=True))
