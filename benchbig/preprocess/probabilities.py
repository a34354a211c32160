"""How do scores become the probabilities that a model must give?"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, softmax

from benchbig.data.parts import Array


def spread(p: Array, classes: Array, n_classes: int) -> Array:
    """The shape that a task's kind asks for, whatever classes the training part happened to hold.

    p: (n, c) probabilities of the c classes seen, classes: (c,) which they are.
    Returns (n,) of class 1 where n_classes is 2, else (n, n_classes); an unseen class gets 0.
    """
    full = np.zeros((len(p), n_classes))
    full[:, np.asarray(classes, dtype=np.int64)] = p
    return full[:, 1] if n_classes == 2 else full


def calibrated(scores: Array, calibration: tuple[float, ...]) -> Array:
    """Probabilities of the positive class from (n,) scores, of all classes from (n, k) ones."""
    if scores.ndim == 1:
        slope, offset = calibration
        return np.asarray(expit(slope * scores + offset))
    return np.asarray(softmax(scores / calibration[0], axis=1))


def calibrate(scores: Array, y: Array) -> tuple[float, ...]:
    """What turns scores into probabilities, learnt on rows that the scorer did not learn from.

    Neither way changes a ranking: one score a row gets Platt's sigmoid, (slope, offset); a score
    a class gets a temperature, (T,).
    """
    return _sigmoid(scores, y) if scores.ndim == 1 else _temperature(scores, y)


def _sigmoid(scores: Array, y: Array) -> tuple[float, float]:
    """Platt 1999, with his smoothed targets, which keep a separable part from steps to infinity.

    The slope is held positive, so that calibrating never turns the ranking around.
    """
    positives, negatives = int(np.sum(y == 1)), int(np.sum(y != 1))
    target = np.where(y == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    centre, width = float(scores.mean()), float(scores.std()) or 1.0
    z = (scores - centre) / width

    def loss(point: Array) -> tuple[float, Array]:
        slope = np.exp(point[0])
        logit = slope * z + point[1]
        error = (expit(logit) - target) / len(z)
        value = float(np.mean(np.logaddexp(0, logit) - target * logit))
        return value, np.array([slope * (error @ z), error.sum()])

    start = np.array([0.0, np.log((positives + 1) / (negatives + 1))])
    bounds = [(-5.0, 8.0), (None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, tol=1e-12).x
    slope = float(np.exp(found[0])) / width
    return slope, float(found[1]) - slope * centre


def _temperature(scores: Array, y: Array) -> tuple[float]:
    """The temperature of least log loss (Guo et al. 2017), within 1/1000 to 1000."""
    rows = np.arange(len(y))

    def loss(log_t: float) -> float:
        p = softmax(scores / np.exp(log_t), axis=1)[rows, y]
        return float(-np.mean(np.log(np.maximum(p, 1e-300))))

    found = minimize_scalar(loss, bounds=(-6.9, 6.9), method="bounded")
    return (float(np.exp(found.x)),)
