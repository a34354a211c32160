"""How well does logistic regression do on what EfficientNet-Lite0, left as it is, sees?

Training and validation pictures are embedded once for all seeds, trials and sizes; the seconds
are charged to every fit that uses them. Other pictures are embedded anew: predict_s is the cost.
"""

from __future__ import annotations

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import pictures, precision, probe
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.shared import charge


def fit(train: Part, context: Context) -> Predict:
    """Embed, then fit. params: C; least_side and most_side, which bound the pixels a side that
    the network is shown."""
    (weights,) = context.files.values()
    k, notes, params = context.task.n_classes or 2, context.notes, context.params
    side = pictures.side_for(train.X, params["least_side"], params["most_side"])
    eye = pictures.prepare(weights, side, context.cache, context.device, train.X, context.notes)
    learnt = pictures.shared(eye, train.X)
    context.progress(0.8)
    fitted = probe.fit(learnt.vectors, train.y, params["C"])
    if not fitted.converged:
        notes.warnings.append(f"not converged after {probe.ITERATIONS} iterations")
    charge(notes, learnt.shared_s, learnt.filled_s)
    notes.n_trainable = int(fitted.model.coef_.size + fitted.model.intercept_.size)
    notes.n_params = sum(p.numel() for p in eye.network.parameters()) + notes.n_trainable
    notes.artifact_bytes = 4 * notes.n_params
    notes.precision = precision.name(eye.bf16)

    def predict(X: Array) -> Array:
        # The validation part is judged once a trial and never timed: its embeddings are shared.
        if context.valid.holds(X):
            found = pictures.shared(eye, X)
            charge(notes, found.shared_s, found.filled_s, judging=True)
            vectors = found.vectors
        else:
            vectors = pictures.anew(eye, X)
        return spread(probe.probabilities(fitted.model, vectors), fitted.model.classes_, k)

    return predict
