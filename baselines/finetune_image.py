"""How well does EfficientNet-Lite0 do when all of its weights learn the task?

The head starts as the logistic regression on the frozen network's embeddings. Those are shared
with whoever uses the network frozen, and charged to this fit all the same.
"""

from __future__ import annotations

import torch

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.data.splits import subset
from benchbig.finetune import efficientnet, loop, pictures, precision, probe
from benchbig.finetune.augment import Variation
from benchbig.finetune.merit import merit, probabilities, watched
from benchbig.finetune.picture_classifier import PictureClassifier, gallery, logits
from benchbig.finetune.pictures import Eye
from benchbig.preprocess.resize import beforehand
from benchbig.preprocess.shared import charge


def fit(train: Part, context: Context) -> Predict:
    """Fit the head, then train everything.

    params: least_side and most_side, which bound the pixels a side that the network is shown; C
    of the head, and head_rows, how many pictures it is fitted on at most; loop.Recipe's;
    augment.Variation's. The card's one asset is the network's weights.
    """
    (weights,) = context.files.values()
    params, notes, device = context.params, context.notes, context.device
    side = pictures.side_for(train.X, params["least_side"], params["most_side"])
    eye = pictures.prepare(weights, side, context.cache, device, train.X, context.notes)
    model = PictureClassifier(efficientnet.read(weights, device), *start(train, context, eye))
    model.to(device, memory_format=torch.channels_last)
    shown = gallery(train.X, side, Variation.of(params))
    valid = watched(context.valid, context.seed)
    looked_at = beforehand(valid.X, side)

    def judge() -> float:
        return merit(context.task, valid.y, logits(model, looked_at, side, device, eye.bf16))

    loop.train(model, shown, train.y, loop.Recipe.of(params), judge, eye.bf16, context)
    notes.n_params = notes.n_trainable = sum(p.numel() for p in model.parameters())
    notes.artifact_bytes = 4 * notes.n_params
    notes.precision = precision.name(eye.bf16)
    return lambda X: probabilities(logits(model, X, side, device, eye.bf16))


def start(train: Part, context: Context, eye: Eye) -> tuple[Array, Array]:
    """The head's first weight (k, h) and bias (k,): logistic regression on the embeddings."""
    rows = subset(train.y, min(len(train), context.params["head_rows"]), context.seed)
    some = train.take(rows)
    learnt = pictures.shared(eye, some.X)
    fitted = probe.fit(learnt.vectors, some.y, context.params["C"])
    if not fitted.converged:
        context.notes.warnings.append(f"head not converged after {probe.ITERATIONS} iterations")
    charge(context.notes, learnt.shared_s, learnt.filled_s)
    return probe.head(fitted.model, context.task.n_classes or 2)
