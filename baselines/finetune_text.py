"""How well does a pretrained text encoder do when all of its weights learn the task?

The head starts as the logistic regression on the frozen embeddings. Those are shared with whoever
uses the same encoder frozen, and charged to this fit all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import torch

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.data.splits import subset
from benchbig.finetune import encoder, frozen, loop, precision, probe, vocabulary
from benchbig.finetune.classifier import Classifier, logits
from benchbig.finetune.encoder import Encoder
from benchbig.finetune.frozen import Frozen
from benchbig.finetune.merit import merit, probabilities, watched
from benchbig.preprocess.shared import charge

CPU_TOKENS = 3_000_000  # a small encoder learns from these in about half an hour on one core


class Adapter(NamedTuple):
    """What learns in the weights' stead. attach: put it beside a network's weights, in place;
    merge: add what it learnt to them. Both give and take what holds it."""

    attach: Callable[[Any], Any]
    merge: Callable[[Any], None]


def fit(train: Part, context: Context) -> Predict:
    """Fit the head, then train all weights. The card's one asset is the encoder.

    params: C of the head, frozen.of's, loop.Recipe's; cpu_tokens: on a CPU so many tokens are
    learnt from at most, over all epochs; `CPU_TOKENS` unless given.
    """
    return tune(train, context, None)


def tune(train: Part, context: Context, adapter: Adapter | None) -> Predict:
    """Fit the head, then train it and the adapter, or all weights where there is none."""
    notes, device = context.notes, context.device
    backbone = frozen.of(context, train.X)
    every = encoder.tokenise(backbone.encoder, train.X)
    train, rows, recipe = affordable(train, every, context)
    weight, bias = start(train, context, backbone)
    fresh = copy_to_learn(context)
    model = Classifier(fresh, weight, bias).to(device)
    if adapter is None:
        learn(model, train, rows, recipe, fresh, backbone.bf16, context)
    else:
        # What does not learn may stay in bfloat16; in what does small steps would be lost.
        model.network.to(torch.bfloat16 if backbone.bf16 else torch.float32)
        attached = adapter.attach(model.network)
        learn(model, train, rows, recipe, fresh, backbone.bf16, context)
        adapter.merge(attached)
    notes.n_params = encoder.size(model).numbers
    model.network.to(torch.bfloat16 if backbone.bf16 else torch.float32)
    notes.artifact_bytes = encoder.size(model).bytes
    notes.precision = precision.name(backbone.bf16)

    def predict(X: Array) -> Array:
        return probabilities(logits(model, encoder.tokenise(fresh, X), device, backbone.bf16))

    return predict


def affordable(
    train: Part, rows: list[list[int]], context: Context
) -> tuple[Part, list[list[int]], loop.Recipe]:
    """The rows that are learnt from and how: on a CPU no more tokens than `cpu_tokens`.

    Where they do not suffice, small parts are gone through less often, down to the recipe's
    epochs; after that there are fewer rows, chosen as --n-train chooses.
    """
    recipe = loop.Recipe.of(context.params)
    most = context.params.get("cpu_tokens", CPU_TOKENS) * len(rows) / sum(map(len, rows))
    if context.device != "cpu" or recipe.length(len(rows)) * recipe.batch <= most:
        return train, rows, recipe
    recipe = replace(recipe, steps=int(most / recipe.batch))
    n = max(int(most / recipe.epochs), context.task.n_classes or 2)
    if n >= len(rows):
        return train, rows, recipe
    kept = subset(train.y, n, context.seed)
    context.notes.n_train_used = n
    return train.take(kept), [rows[at] for at in kept], recipe


def start(train: Part, context: Context, backbone: Frozen) -> tuple[Array, Array]:
    """The head's first weight (k, h) and bias (k,): logistic regression on the embeddings."""
    learnt = frozen.shared(backbone, train.X)
    fitted = probe.fit(learnt.vectors, train.y, context.params["C"])
    if not fitted.converged:
        context.notes.warnings.append(f"head not converged after {probe.ITERATIONS} iterations")
    charge(context.notes, learnt.shared_s, learnt.filled_s)
    return probe.head(fitted.model, context.task.n_classes or 2)


def copy_to_learn(context: Context) -> Encoder:
    """The encoder read once more, in fp32: what others share must not learn."""
    (path,) = context.files.values()
    params, around = context.params, frozen.around_texts(path, context)
    prefix = params.get("prefix", "")
    return encoder.read(path, params["max_tokens"], context.device, around, prefix)


def learn(
    model: Classifier,
    train: Part,
    rows: list[list[int]],
    recipe: loop.Recipe,
    fresh: Encoder,
    bf16: bool,
    context: Context,
) -> None:
    """Train the model's free weights, judged by the task's metric on the validation part."""
    task, valid = context.task, watched(context.valid, context.seed)
    read = encoder.tokenise(fresh, valid.X)
    with vocabulary.narrowed(model, vocabulary.tokens((rows, read), fresh.fill)) as table:
        read = vocabulary.renumber(read, table)

        def judge() -> float:
            return merit(task, valid.y, logits(model, read, context.device, bf16))

        narrow = vocabulary.renumber(rows, table)
        loop.train(model, narrow, train.y, recipe, judge, bf16, context)
        context.notes.n_trainable = encoder.size(model).free
