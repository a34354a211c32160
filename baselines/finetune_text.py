"""How well does a pretrained encoder do when all of its weights learn the task?

The head starts as the logistic regression on the frozen embeddings. Those are shared with whoever
uses the same encoder frozen, and charged to this fit all the same.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.special import softmax

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import encoder, frozen, loop, precision, probe, vocabulary
from benchbig.finetune.classifier import Classifier, logits
from benchbig.finetune.frozen import Frozen


def fit(train: Part, context: Context) -> Predict:
    """Fit the head, then train everything. params: max_tokens, C of the head, loop.Recipe's.

    The card's one asset is the encoder's folder.
    """
    (folder,) = context.files.values()
    notes, device, max_tokens = context.notes, context.device, context.params["max_tokens"]
    backbone = frozen.prepare(folder, max_tokens, context.cache, device, train.X)
    weight, bias = start(train, context, backbone)
    fresh = encoder.read(folder, max_tokens, device)
    model = Classifier(fresh, weight, bias).to(device)
    rows = encoder.tokenise(fresh, train.X)
    watched = encoder.tokenise(fresh, context.valid.X)
    used = vocabulary.tokens((rows, watched), fresh.fill)
    with vocabulary.narrowed(model, used) as table:
        watched = vocabulary.renumber(watched, table)

        def judge() -> float:
            best = logits(model, watched, device, backbone.bf16).argmax(axis=1)
            return float(np.mean(best == context.valid.y))

        recipe = loop.Recipe.of(context.params)
        narrow = vocabulary.renumber(rows, table)
        loop.train(model, narrow, train.y, recipe, judge, backbone.bf16, context)
        notes.n_trainable = encoder.size(model).numbers
    notes.n_params = encoder.size(model).numbers
    model.network.to(torch.bfloat16 if backbone.bf16 else torch.float32)
    notes.artifact_bytes = encoder.size(model).bytes
    notes.precision = precision.name(backbone.bf16)

    def predict(X: Array) -> Array:
        found = logits(model, encoder.tokenise(fresh, X), device, backbone.bf16)
        p = softmax(found.astype(np.float64), axis=1)
        return p[:, 1] if p.shape[1] == 2 else p

    return predict


def start(train: Part, context: Context, backbone: Frozen) -> tuple[Array, Array]:
    """The head's first weight (k, h) and bias (k,): logistic regression on the embeddings."""
    learnt = frozen.shared(backbone, train.X)
    fitted = probe.fit(learnt.vectors, train.y, context.params["C"])
    if not fitted.converged:
        context.notes.warnings.append(f"head not converged after {probe.ITERATIONS} iterations")
    context.notes.shared_s, context.notes.filled_s = learnt.shared_s, learnt.filled_s
    return probe.head(fitted.model, context.task.n_classes or 2)
