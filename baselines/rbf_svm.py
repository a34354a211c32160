"""How well does a support vector machine with a Gaussian kernel do, on any number of rows?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import eigh

from benchbig.baselines.primal_svm import decide, learn
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import dense
from benchbig.preprocess.probabilities import calibrate, calibrated
from benchbig.preprocess.size import pickled_bytes

BLOCK = 8192  # rows whose kernel values are held at once


class Map(NamedTuple):
    """The Nystroem map: (m, d) landmarks, (m, r) what whitens their kernel, and its gamma."""

    landmarks: Array
    whitening: Array
    gamma: float


def fit(train: Part, context: Context) -> Predict:
    """A linear machine on the kernel's Nystroem features; calibrated on the validation part.

    params: C; width, gamma times the columns' total variance; landmarks, how many training rows
    span the kernel's space: with no more rows than that the machine is the exact one; numbers,
    the views of the number columns (benchbig/preprocess/scale.py).
    """
    k, notes, params = context.task.n_classes or 2, context.notes, context.params
    encoding = dense.learn(train.X, params["numbers"])
    x = dense.encode(encoding, train.X).astype(np.float32)
    rows = choose(train.y, params["landmarks"], context.seed)
    gamma = params["width"] / max(float(x.var(axis=0).sum()), 1e-12)
    kernel = learn_map(x[rows], gamma)
    planes = learn(features(x, kernel), train.y, k, params["C"])
    if not planes.converged:
        notes.warnings.append("not converged")

    def score(X: pd.DataFrame) -> Array:
        return decide(features(dense.encode(encoding, X).astype(np.float32), kernel), planes)

    calibration = calibrate(score(context.valid.X), context.valid.y)
    notes.n_params = int(kernel.landmarks.size + kernel.whitening.size + planes.weights.size)
    notes.n_trainable = int(planes.weights.size + planes.offsets.size)
    notes.artifact_bytes = pickled_bytes(encoding, kernel, planes, calibration)
    notes.precision = "fp32"
    return lambda X: calibrated(score(X), calibration)


def choose(y: Array, n: int, seed: int) -> Array:
    """At most n rows as landmarks, every class in turn until it has no more rows.

    Landmarks drawn in proportion would hold one fraud in a thousand; the kernel's space must be
    good where the rare class lies.
    """
    order = np.random.default_rng(seed).permutation(len(y))
    turn = np.empty(len(y), dtype=np.int64)
    for label in np.unique(y):
        members = order[y[order] == label]
        turn[members] = np.arange(len(members))
    return np.sort(order[np.argsort(turn[order], kind="stable")][:n])


def learn_map(landmarks: Array, gamma: float) -> Map:
    """Williams and Seeger 2001: features whose inner products are the kernel's, projected."""
    values, vectors = eigh(kernel_values(landmarks, landmarks, gamma).astype(np.float64))
    kept = values > values[-1] * 1e-6  # directions below float32's precision are noise
    whitening = (vectors[:, kept] / np.sqrt(values[kept])).astype(np.float32)
    return Map(landmarks, whitening, gamma)


def features(x: Array, kernel: Map) -> Array:
    """(n, r) float32 features of these rows."""
    mapped = np.empty((len(x), kernel.whitening.shape[1]), dtype=np.float32)
    for start in range(0, len(x), BLOCK):
        block = kernel_values(x[start : start + BLOCK], kernel.landmarks, kernel.gamma)
        mapped[start : start + BLOCK] = block @ kernel.whitening
    return mapped


def kernel_values(a: Array, b: Array, gamma: float) -> Array:
    """exp(-gamma |a_i - b_j|^2), (len(a), len(b)) float32."""
    far = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * (a @ b.T)
    return np.exp(np.float32(-gamma) * np.maximum(far, 0))
