"""Train every weight of a classifier, and keep the epoch that does best on the validation part."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from benchbig.data import Context
from benchbig.finetune import batches
from benchbig.finetune.batches import Rows
from benchbig.finetune.classifier import Classifier

Labels = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Recipe:
    """How to train.

    epochs: as many, a fraction too, or as many more as `steps` takes where the training part is
    small, but at most `most_epochs`. batch: rows a step. rate, head_rate: peak learning rates of
    the encoder and of its head, reached after the fraction `warmup` of all steps and falling to
    0 in a straight line. decay: AdamW's, on the matrices of the encoder's layers. clip: largest
    norm of the gradient. dropout: of all dropout layers.
    """

    epochs: float
    most_epochs: float
    steps: int
    batch: int
    rate: float
    head_rate: float
    warmup: float
    decay: float
    clip: float
    dropout: float

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Recipe:
        """The recipe on a model's card."""
        return cls(**{name: params[name] for name in cls.__dataclass_fields__})

    def length(self, n: int) -> int:
        """Steps over n rows."""
        epoch = -(-n // self.batch)
        return max(round(self.epochs * epoch), min(self.steps, round(self.most_epochs * epoch)), 1)


def train(
    model: Classifier,
    rows: Rows,
    y: Labels,
    recipe: Recipe,
    judge: Callable[[], float],
    bf16: bool,
    context: Context,
) -> list[float]:
    """Train on token rows with classes y (n,) and leave the best epoch's weights in the model.

    judge: how good the model is now, larger is better; asked after each epoch and at the end,
    and a draw goes to the later. Returns what it said. Device, seed and progress are the
    context's.
    """
    torch.manual_seed(context.seed)
    rng = np.random.default_rng(context.seed)
    _set_dropout(model, recipe.dropout)
    steps = recipe.length(len(rows))
    optimizer = _optimizer(model, recipe, context.device)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rise_and_fall(steps, recipe.warmup))
    said: list[float] = []
    best: dict[str, torch.Tensor] = {}
    while schedule.last_epoch < steps:  # which counts steps, whatever its name
        model.train()
        order = batches.shuffled(rows, recipe.batch, rng)
        for at in order[: steps - schedule.last_epoch]:
            loss = _loss(model, [rows[row] for row in at], y[at], context.device, bf16)
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            context.progress(schedule.last_epoch / steps)
        said.append(judge())
        if said[-1] == max(said):
            # At the end the best weights may be in the model already.
            best = copy.deepcopy(model.state_dict()) if schedule.last_epoch < steps else {}
    if best:
        model.load_state_dict(best)
    model.eval()
    return said


def _set_dropout(model: Classifier, probability: float) -> None:
    """Drop as much in every layer that drops."""
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = probability


def _loss(model: Classifier, rows: Rows, y: Labels, device: str, bf16: bool) -> torch.Tensor:
    """The mean cross entropy of one batch."""
    ids, mask = batches.pad(rows, model.fill, device)
    with torch.autocast(device, torch.bfloat16, enabled=bf16):
        logits = model(ids, mask)
    return nn.functional.cross_entropy(logits, torch.from_numpy(y).to(device))


def _optimizer(model: nn.Module, recipe: Recipe, device: str) -> torch.optim.AdamW:
    """Fused AdamW; decay on the layers' matrices, none on embeddings, norms, biases, the head."""
    decayed, plain, head = [], [], []
    for name, weight in model.named_parameters():
        if name.startswith("head."):
            head.append(weight)
        elif weight.ndim > 1 and "embedding" not in name:
            decayed.append(weight)
        else:
            plain.append(weight)
    groups: list[dict[str, Any]] = [
        {"params": decayed, "lr": recipe.rate, "weight_decay": recipe.decay},
        {"params": plain, "lr": recipe.rate, "weight_decay": 0.0},
        {"params": head, "lr": recipe.head_rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, fused=device in ("cpu", "cuda"))


def _rise_and_fall(steps: int, warmup: float) -> Callable[[int], float]:
    """The factor on the learning rate: up to 1 over the warm-up, then down to 0 at the end."""
    rising = max(1, round(steps * warmup))

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return max(0.0, (steps - step) / max(1, steps - rising))

    return factor
