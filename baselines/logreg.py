"""How well does a logistic regression do that may bend over each column?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import dense
from benchbig.preprocess.balance import class_weights
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.size import pickled_bytes

NEWTON_WIDEST = 2000  # columns times classes of the Hessian that Newton's method solves with


def fit(train: Part, context: Context) -> Predict:
    """Maximum likelihood with an l2 penalty of strength 1/C.

    params: C; balance, how far rare classes weigh more (0 not, 1 fully), taken back from the
    probabilities; numbers, the views of the number columns (benchbig/preprocess/scale.py);
    crosses, the fewest rows of a pair of values that gets a column, 0 for none (crosses.py there).
    """
    k, notes = context.task.n_classes or 2, context.notes
    encoding = dense.learn(train.X, context.params["numbers"], context.params["crosses"])
    x = dense.encode(encoding, train.X)
    unknowns = x.shape[1] * (1 if k == 2 else k)
    # Newton converges in about ten exact steps, where l-BFGS stops early on correlated columns;
    # its Hessian is too large for a very wide table.
    newton = unknowns <= NEWTON_WIDEST and unknowns < len(x)
    model = LogisticRegression(
        C=context.params["C"],
        solver="newton-cholesky" if newton else "lbfgs",
        tol=1e-6,
        max_iter=100 if newton else 5000,
    )
    counts = np.bincount(train.y, minlength=k)
    weights = class_weights(counts, context.params["balance"])
    model.fit(x, train.y, sample_weight=weights[train.y] / weights[train.y].mean())
    _unweigh(model, weights)
    if np.max(model.n_iter_) >= model.max_iter:
        notes.warnings.append(f"not converged after {model.max_iter} iterations")
    notes.n_params = notes.n_trainable = int(model.coef_.size + model.intercept_.size)
    notes.artifact_bytes = pickled_bytes(encoding, model)
    notes.precision = "fp32" if x.dtype == np.float32 else "fp64"

    def predict(X: pd.DataFrame) -> Array:
        return spread(model.predict_proba(dense.encode(encoding, X)), model.classes_, k)

    return predict


def _unweigh(model: LogisticRegression, weights: Array) -> None:
    """Take the classes' weights back from the odds: weighing a class by w multiplies them by w.

    King and Zeng 2001, "Logistic Regression in Rare Events Data", the prior correction.
    """
    log_weights = np.log(weights[model.classes_])
    if len(model.intercept_) == 1:
        model.intercept_ -= log_weights[1] - log_weights[0]
    else:
        model.intercept_ -= log_weights
