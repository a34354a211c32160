"""How well does logistic regression do on a picture's pixels, or on the run of its edges?"""

from __future__ import annotations

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import probe
from benchbig.preprocess.images import describe
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.size import pickled_bytes


def fit(train: Part, context: Context) -> Predict:
    """All classes at once, l2 penalty 1/C, to convergence.

    params: C, and those of `describe` (benchbig/preprocess/images.py).
    """
    k, notes, matrix = context.task.n_classes or 2, context.notes, describe(context.params)
    x = matrix(train.X)
    centre = x.mean(axis=0)
    fitted = probe.fit(x - centre, train.y, context.params["C"])
    if not fitted.converged:
        notes.warnings.append(f"not converged after {probe.ITERATIONS} iterations")
    notes.n_params = notes.n_trainable = int(fitted.model.coef_.size + fitted.model.intercept_.size)
    notes.artifact_bytes = pickled_bytes(centre, fitted.model)
    notes.precision = "fp32"

    def predict(X: Array) -> Array:
        p = probe.probabilities(fitted.model, matrix(X) - centre)
        return spread(p, fitted.model.classes_, k)

    return predict
