"""How well does a linear support vector machine do on tf-idf of words and letter sequences?

Its margins become probabilities on the validation part: by Platt's sigmoid for two classes, else
by one temperature, which leaves every row's best class where it is.
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import tfidf
from benchbig.preprocess.probabilities import calibrate, calibrated
from benchbig.preprocess.size import pickled_bytes

ITERATIONS = 5000
UNSEEN = -1e9  # margin of a class that the training part lacks: its probability is 0


def fit(train: Part, context: Context) -> Predict:
    """Squared hinge loss, one machine a class against the rest. params: words, letters, C."""
    k, notes = context.task.n_classes or 2, context.notes
    features, rows, _ = tfidf.learn(context.params, train.X, notes)
    model = LinearSVC(C=context.params["C"], max_iter=ITERATIONS, random_state=context.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, train.y)
    if model.n_iter_ >= ITERATIONS:
        notes.warnings.append(f"not converged after {ITERATIONS} iterations")

    valid = tfidf.validation(context.params, train.X, context.valid.X, notes, judging=False)
    calibration = calibrate(margins(model, valid, k), context.valid.y)
    notes.n_params = notes.n_trainable = int(model.coef_.size + model.intercept_.size)
    notes.artifact_bytes = pickled_bytes(features, model, calibration)
    notes.precision = "fp64"

    def predict(X: Array) -> Array:
        rows = valid if context.valid.holds(X) else features.transform(X)
        return calibrated(margins(model, rows, k), calibration)

    return predict


def margins(model: LinearSVC, rows: Array, n_classes: int) -> Array:
    """(n,) of the positive class where there are two, else (n, k), `UNSEEN` where not learnt."""
    found: Array = model.decision_function(rows)
    if n_classes == 2:
        return found
    if found.ndim == 1:
        found = np.column_stack([-found, found])
    full = np.full((len(found), n_classes), UNSEEN)
    full[:, model.classes_] = found
    return full
