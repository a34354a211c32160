"""How well does naive Bayes do on tf-idf of words and letter sequences?

The complement form learns a class from all other classes' texts: Rennie et al. 2003, "Tackling
the Poor Assumptions of Naive Bayes Text Classifiers". Its independent words make it far too sure,
so its scores become probabilities on the validation part, as those of the SVM do.
"""

from __future__ import annotations

import numpy as np
from sklearn.naive_bayes import ComplementNB, MultinomialNB

from benchbig.baselines.tfidf_svm import UNSEEN
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import tfidf
from benchbig.preprocess.probabilities import calibrate, calibrated
from benchbig.preprocess.size import pickled_bytes

FORMS = {"complement": ComplementNB, "multinomial": MultinomialNB}


def fit(train: Part, context: Context) -> Predict:
    """params: words, letters; form, "complement" or "multinomial"; alpha, added to every count."""
    k, notes = context.task.n_classes or 2, context.notes
    features, rows, _ = tfidf.learn(context.params, train.X, notes)
    model = FORMS[context.params["form"]](alpha=context.params["alpha"]).fit(rows, train.y)

    valid = tfidf.validation(context.params, train.X, context.valid.X, notes, judging=False)
    calibration = calibrate(margins(model, valid, k), context.valid.y)
    notes.n_params = notes.n_trainable = int(model.feature_log_prob_.size + len(model.classes_))
    notes.artifact_bytes = pickled_bytes(features, model, calibration)
    notes.precision = "fp64"

    def predict(X: Array) -> Array:
        rows = valid if context.valid.holds(X) else features.transform(X)
        return calibrated(margins(model, rows, k), calibration)

    return predict


def margins(model: ComplementNB | MultinomialNB, rows: Array, n_classes: int) -> Array:
    """Log odds (n,) of the positive class where there are two, else log probabilities (n, k)."""
    found = np.full((rows.shape[0], n_classes), UNSEEN)
    found[:, model.classes_] = model.predict_log_proba(rows)
    return found[:, 1] - found[:, 0] if n_classes == 2 else found
