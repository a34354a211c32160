"""Train a classifier's free weights, and keep the epoch that does best on the validation part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from benchbig.data import Context
from benchbig.finetune import memory
from benchbig.finetune.batches import Positions
from benchbig.preprocess.balance import class_weights

Labels = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float32]]
EMBEDDINGS = ("embed", "wte", "wpe")  # in the names of weights that stand for tokens or places


@dataclass(frozen=True)
class Recipe:
    """How to train.

    epochs: as many, a fraction too, or as many more as `steps` takes where the training part is
    small, but at most `most_epochs`. batch: rows a step. rate, head_rate: peak learning rates of
    the encoder and of its head, reached after the fraction `warmup` of all steps and falling to
    0 in a straight line. decay: AdamW's, on the matrices of the encoder's layers. clip: largest
    norm of the gradient. dropout: of all dropout layers. patience: epochs without a better one
    that end the training, 0 for none. balance: how far rare classes weigh more in the loss, 0 not
    at all, 1 until every class counts the same.
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
    patience: int = 0
    balance: float = 0.0

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Recipe:
        """The recipe on a model's card."""
        fields = cls.__dataclass_fields__
        optional = {"patience", "balance"} - set(params)
        return cls(**{name: params[name] for name in fields if name not in optional})

    def length(self, n: int) -> int:
        """Steps over n rows."""
        epoch = -(-n // self.batch)
        return max(round(self.epochs * epoch), min(self.steps, round(self.most_epochs * epoch)), 1)


def train(
    model: Any,
    examples: Sized,
    y: Labels,
    recipe: Recipe,
    judge: Callable[[], float],
    bf16: bool,
    context: Context,
) -> list[float]:
    """Train on examples with classes y (n,) and leave the best epoch's weights in the model.

    model: a module with a `head`, the last linear layer; order(examples, size, rng), an epoch's
    batches of positions; batch(examples, positions, device), what its forward takes to logits
    (n, k); as Classifier has them for token rows.
    judge: how good the model is now, larger is better; asked after each epoch and at the end,
    and a draw goes to the later. Returns what it said. Device, seed and progress are the
    context's. A batch that does not fit into memory is taken in parts, with the same gradient.
    What the balance of classes adds to the logits is taken back in the end.
    """
    torch.manual_seed(context.seed)
    rng = np.random.default_rng(context.seed)
    _set_dropout(model, recipe.dropout)
    steps = recipe.length(len(examples))
    counts = np.bincount(y, minlength=model.head.out_features)
    weights = class_weights(counts, recipe.balance).astype(np.float32)
    there = torch.from_numpy(weights).to(context.device)
    step = _Step(model, examples, y, weights, there, recipe.batch, bf16, context.device)
    optimizer = _optimizer(model, recipe, context.device)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rise_and_fall(steps, recipe.warmup))
    best = _Best(model, recipe.patience)
    while schedule.last_epoch < steps and not best.stale:  # it counts steps, whatever its name
        model.train()
        order = model.order(examples, recipe.batch, rng)
        for at in order[: steps - schedule.last_epoch]:
            step.backward(at)
            nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            context.progress(schedule.last_epoch / steps)
        best.look(judge(), last=schedule.last_epoch >= steps)
    best.restore()
    with torch.no_grad():
        model.head.bias -= torch.from_numpy(np.log(weights)).to(model.head.bias.device)
    if step.size < recipe.batch:
        context.notes.warnings.append(f"memory held only {step.size} rows of a batch at a time")
    model.eval()
    return best.said


@dataclass
class _Best:
    """What was said of the model so far, and the weights that learn as they were at the best."""

    model: nn.Module
    patience: int
    said: list[float] = field(default_factory=list)
    weights: dict[str, torch.Tensor] = field(default_factory=dict)

    @property
    def stale(self) -> bool:
        """Whether the patience is at its end."""
        best = max(self.said, default=0.0)
        since = self.said[::-1].index(best) if self.said else 0
        return bool(self.patience) and since >= self.patience

    def look(self, said: float, last: bool) -> None:
        """Take note of one more judgement; at the last the best weights may be in the model."""
        self.said.append(said)
        if said == max(self.said):
            free = {n: w for n, w in self.model.named_parameters() if w.requires_grad}
            self.weights = {} if last else {n: w.detach().clone() for n, w in free.items()}

    def restore(self) -> None:
        self.model.load_state_dict(self.weights, strict=False)


@dataclass
class _Step:
    """The gradient of one batch after another. weights: (k,) of the classes, once more on the
    device; size: rows that memory was found to hold."""

    model: Any
    examples: Sized
    y: Labels
    weights: Floats
    there: torch.Tensor
    size: int
    bf16: bool
    device: str

    def backward(self, at: Positions) -> None:
        """Add the gradient of the weighted mean cross entropy of the rows at these positions."""
        total = float(self.weights[self.y[at]].sum())

        def part(positions: Positions) -> None:
            torch.autograd.backward(self._loss(positions) / total)

        fitted = memory.fitting(part, at, self.size, self.model.zero_grad)
        self.size = min(self.size, fitted) if fitted < len(at) else self.size

    def _loss(self, at: Positions) -> torch.Tensor:
        """The weighted sum of cross entropies."""
        batch = self.model.batch(self.examples, at, self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.bf16):
            logits = self.model(*batch)
        y = torch.from_numpy(self.y[at]).to(self.device)
        return nn.functional.cross_entropy(logits, y, self.there, reduction="sum")


def _set_dropout(model: nn.Module, probability: float) -> None:
    """Drop as much in every layer that drops."""
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = probability


def _optimizer(model: nn.Module, recipe: Recipe, device: str) -> torch.optim.AdamW:
    """Fused AdamW; decay on the layers' matrices, none on embeddings, norms, biases, the head.

    Embeddings go by their names: "embeddings" in BERT, "embed_tokens" in Llama, "wte" in GPT-2.
    """
    decayed, plain, head = [], [], []
    for name, weight in model.named_parameters():
        if not weight.requires_grad:
            continue
        if name.startswith("head."):
            head.append(weight)
        elif weight.ndim > 1 and not any(part in name for part in EMBEDDINGS):
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
