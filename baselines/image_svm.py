"""How well does a Gaussian kernel SVM do on a picture's pixels, or on the run of its edges?"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from sklearn.svm import SVC

from benchbig.baselines.rbf_svm import kernel_values
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import axes, coupling
from benchbig.preprocess.images import describe
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.size import pickled_bytes

CACHE_MB = 1000  # of kernel values; LIBSVM's default, 200, is under half of two classes of 5,400
BLOCK = 1024  # pictures whose kernel values are held at once


class Machines(NamedTuple):
    """A trained SVC: (m, d) support vectors, the kernel's gamma, (m, c) weights of the support
    vectors in each of c pairs of classes, and the (c,) pairs' offsets."""

    support: Array
    gamma: float
    weights: Array
    offsets: Array


def fit(train: Part, context: Context) -> Predict:
    """scikit-learn's SVC, a machine a pair of classes; calibrated on the validation part.

    params: C; width, gamma times the total variance (SVC's gamma "scale" is near 1); variance,
    the share of it that the axes hold which stand for the columns (benchbig/preprocess/axes.py);
    and those of `describe` (benchbig/preprocess/images.py).
    """
    k, notes, params = context.task.n_classes or 2, context.notes, context.params
    learnt, matrix = axes.learn(params, train.X, notes), describe(params)
    gamma = params["width"] / max(float(learnt.rows.var(axis=0).sum()), 1e-12)
    svc = SVC(C=params["C"], gamma=gamma, cache_size=CACHE_MB).fit(learnt.rows, train.y)
    machines, classes = by_pairs(svc, gamma), svc.classes_

    def decisions(X: Array) -> Array:
        return decide(learnt.axes.transform(matrix(X)), machines)

    calibration = coupling.learn(decisions(context.valid.X), context.valid.y, classes)
    notes.n_trainable = svc.dual_coef_.size + svc.intercept_.size
    notes.n_params = svc.support_vectors_.size + notes.n_trainable
    notes.artifact_bytes = pickled_bytes(learnt.axes, svc)
    return lambda X: spread(coupling.coupled(decisions(X), calibration), classes, k)


def by_pairs(svc: SVC, gamma: float) -> Machines:
    """The machines as one matrix: LIBSVM takes one picture and one support vector at a time."""
    ends = np.cumsum(svc.n_support_)
    rows = [slice(end - n, end) for end, n in zip(ends, svc.n_support_, strict=True)]
    pairs = list(combinations(range(len(rows)), 2))
    weights = np.zeros((len(svc.support_), len(pairs)), dtype=np.float32)
    for column, (i, j) in enumerate(pairs):
        weights[rows[i], column] = svc.dual_coef_[j - 1, rows[i]]
        weights[rows[j], column] = svc.dual_coef_[i, rows[j]]
    return Machines(svc.support_vectors_.astype(np.float32), gamma, weights, svc.intercept_)


def decide(x: Array, machines: Machines) -> Array:
    """What SVC's decision_function gives, pair by pair: (n,) of two classes, else (n, c)."""
    scores = np.empty((len(x), machines.weights.shape[1]))
    for start in range(0, len(x), BLOCK):
        near = kernel_values(x[start : start + BLOCK], machines.support, machines.gamma)
        scores[start : start + BLOCK] = near @ machines.weights + machines.offsets
    return scores[:, 0] if scores.shape[1] == 1 else scores
