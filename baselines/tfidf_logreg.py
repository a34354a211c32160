"""How well does logistic regression do on tf-idf of words and letter sequences?"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import tfidf
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.size import pickled_bytes

# At scikit-learn's default of 1e-4 the solver stops early on tf-idf and gives accuracy away.
TOLERANCE = 1e-5
ITERATIONS = 1000


def fit(train: Part, context: Context) -> Predict:
    """Maximum likelihood of all classes at once, l2 penalty 1/C. params: words, letters, C."""
    k, notes = context.task.n_classes or 2, context.notes
    features, rows, _ = tfidf.learn(context.params, train.X, notes)
    model = LogisticRegression(C=context.params["C"], tol=TOLERANCE, max_iter=ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, train.y)
    if model.n_iter_.max() >= ITERATIONS:
        notes.warnings.append(f"not converged after {ITERATIONS} iterations")
    notes.n_params = notes.n_trainable = int(model.coef_.size + model.intercept_.size)
    notes.artifact_bytes = pickled_bytes(features, model)
    notes.precision = "fp32"

    def predict(X: Array) -> Array:
        # The validation part is judged once a trial and never timed: its rows are shared.
        if context.valid.holds(X):
            rows = tfidf.validation(context.params, train.X, X, notes, judging=True)
        else:
            rows = features.transform(X)
        p = model.predict_proba(rows).astype(np.float64)
        # Rows of float32 add up to 1 within 1e-6 only.
        return spread(p / p.sum(axis=1, keepdims=True), model.classes_, k)

    return predict
