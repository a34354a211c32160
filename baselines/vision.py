"""How well does an image encoder of transformers do: frozen, by LoRA, fine-tuned, or asked?

For models of the hub; the built-in ones have no encoder of that form.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from benchbig.baselines import efficientnet_frozen
from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import loop, pictures, precision, probe, prompt, vision
from benchbig.finetune.encoder import size
from benchbig.finetune.merit import merit, probabilities, watched
from benchbig.finetune.vision import VisionClassifier
from benchbig.preprocess.resize import beforehand
from benchbig.preprocess.shared import charge


def fit(train: Part, context: Context) -> Predict:
    """params: by, "frozen", "lora", "full" or "zero_shot"; C of the logistic regression that is
    the head or its start; rank, alpha of LoRA; loop.Recipe's. The card's one asset is a folder."""
    (folder,) = context.files.values()
    by, side = context.params["by"], vision.side(folder)
    if by == "frozen":
        bounds = {"least_side": side, "most_side": side}
        told = replace(context, params={**context.params, **bounds})  # the notes stay the same
        return efficientnet_frozen.fit(train, told)
    return asked(context, side) if by == "zero_shot" else tune(train, context, side)


def tune(train: Part, context: Context, side: int) -> Predict:
    """Fit the head on the frozen features, then train all weights, or LoRA's beside them."""
    (folder,) = context.files.values()
    params, notes, device = context.params, context.notes, context.device
    eye = pictures.prepare(folder, side, context.cache, device, train.X, context.notes)
    learnt = pictures.shared(eye, train.X)
    fitted = probe.fit(learnt.vectors, train.y, params["C"])
    charge(notes, learnt.shared_s, learnt.filled_s)
    head = probe.head(fitted.model, context.task.n_classes or 2)
    model = VisionClassifier(vision.read(folder, device), side, *head).to(device)
    adapter = None
    if params["by"] == "lora":
        from benchbig.finetune import lora  # peft, which the others do without

        adapter = lora.attach(model.vision.network, params["rank"], params["alpha"])

    def logits(X: Array) -> Array:
        return vision.logits(model, X, device, eye.bf16)

    valid = watched(context.valid, context.seed)
    shown, looked_at = beforehand(train.X, side), beforehand(valid.X, side)

    def judge() -> float:
        return merit(context.task, valid.y, logits(looked_at))

    recipe = loop.Recipe.of(params)
    loop.train(model, shown, train.y, recipe, judge, eye.bf16, context)
    notes.n_trainable = size(model).free
    if adapter is not None:
        lora.merge(adapter)
    notes.n_params, notes.artifact_bytes = size(model).numbers, size(model).bytes
    notes.precision = precision.name(eye.bf16)
    return lambda X: probabilities(logits(X))


def asked(context: Context, side: int) -> Predict:
    """The class whose words are nearest to the picture: Radford et al. 2021, "CLIP"."""
    (folder,) = context.files.values()
    notes, device = context.notes, context.device
    model = vision.read(folder, device)
    texts = [f"a photo of a {name.strip()}" for name in prompt.answers(context.task)]
    classes = vision.of_words(model, folder, texts, device)
    scale = float(model.network.logit_scale.exp())
    held = size(model)
    notes.n_params, notes.n_trainable, notes.artifact_bytes = held.numbers, 0, held.bytes
    notes.n_train_used, notes.precision = 0, "fp32"

    def predict(X: Array) -> Array:
        found = []
        for start in range(0, len(X), vision.BATCH):
            x = vision.shown(X[start : start + vision.BATCH], side, device)
            with torch.inference_mode():
                vectors = torch.nn.functional.normalize(model.embed(x).float(), dim=1)
            found.append((scale * vectors @ classes.T).cpu().numpy())
        return probabilities(np.concatenate(found))

    return predict
