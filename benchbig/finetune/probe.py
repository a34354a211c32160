"""What does a linear model make of frozen embeddings?"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

Floats = np.ndarray[Any, np.dtype[np.float32]]

# At scikit-learn's default of 1e-4 the solver stops early on embeddings: on bank intents that
# costs more than a point of accuracy.
TOLERANCE = 1e-5
ITERATIONS = 3000


class Probe(NamedTuple):
    """A fitted logistic regression.

    model: scikit-learn's; converged: whether it met the tolerance within `ITERATIONS`.
    """

    model: LogisticRegression
    converged: bool


def fit(vectors: Floats, y: np.ndarray[Any, Any], c: float) -> Probe:
    """Logistic regression on embeddings (n, h), run to convergence; c: inverse penalty."""
    model = LogisticRegression(C=c, tol=TOLERANCE, max_iter=ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(vectors, y)
    return Probe(model, bool(model.n_iter_.max() < ITERATIONS))


def probabilities(model: LogisticRegression, vectors: Floats) -> np.ndarray[Any, Any]:
    """(n, m) probabilities in float64, so that rows add up to 1, of the classes it learnt."""
    p = model.predict_proba(vectors).astype(np.float64)
    total: np.ndarray[Any, Any] = p / p.sum(axis=1, keepdims=True)
    return total


def head(model: LogisticRegression, n_classes: int) -> tuple[Floats, Floats]:
    """The probe as the weight (k, h) and bias (k,) of a linear layer whose softmax is the same.

    A class that the training part lacked gets weight 0 and the lowest bias minus 10, so that it
    starts out improbable but can be learnt. scikit-learn keeps one row for two classes: the
    other's is 0.
    """
    coef, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coef = np.vstack([np.zeros_like(coef), coef])
        intercept = np.concatenate([np.zeros_like(intercept), intercept])
    weight = np.zeros((n_classes, coef.shape[1]), dtype=np.float32)
    bias = np.full(n_classes, intercept.min() - 10, dtype=np.float32)
    weight[model.classes_], bias[model.classes_] = coef, intercept
    return weight, bias
