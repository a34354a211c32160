"""How well does logistic regression do on the embeddings of a pretrained encoder left as it is?

Training and validation texts are embedded once for all seeds, trials and sizes; the seconds are
charged to every fit that uses them. Other texts are embedded anew: predict_s is what it costs.
"""

from __future__ import annotations

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import frozen, precision, probe
from benchbig.finetune.encoder import size
from benchbig.preprocess.probabilities import spread
from benchbig.preprocess.shared import charge


def fit(train: Part, context: Context) -> Predict:
    """Embed, then fit. The card's one asset is the encoder. params: C, and those of frozen.of."""
    k, notes, params = context.task.n_classes or 2, context.notes, context.params
    backbone = frozen.of(context, train.X)
    learnt = frozen.shared(backbone, train.X)
    context.progress(0.8)
    fitted = probe.fit(learnt.vectors, train.y, params["C"])
    if not fitted.converged:
        notes.warnings.append(f"not converged after {probe.ITERATIONS} iterations")
    charge(notes, learnt.shared_s, learnt.filled_s)
    held = size(backbone.encoder.network)
    notes.n_trainable = int(fitted.model.coef_.size + fitted.model.intercept_.size)
    notes.n_params = held.numbers + notes.n_trainable
    notes.artifact_bytes = held.bytes + 4 * notes.n_trainable
    notes.precision = precision.name(backbone.bf16)

    def predict(X: Array) -> Array:
        # The validation part is judged once a trial and never timed: its embeddings are shared.
        if context.valid.holds(X):
            found = frozen.shared(backbone, X)
            charge(notes, found.shared_s, found.filled_s, judging=True)
            vectors = found.vectors
        else:
            vectors = frozen.anew(backbone, X)
        return spread(probe.probabilities(fitted.model, vectors), fitted.model.classes_, k)

    return predict
