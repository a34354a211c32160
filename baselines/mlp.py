"""How well does a plain neural network do that is trained on this table alone?"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import dense
from benchbig.preprocess.balance import class_weights
from benchbig.preprocess.size import pickled_bytes

CHECKS = 20  # times the validation part is looked at, evenly over the steps
PATIENCE = 6  # checks without a lower loss that end the training
BATCH = (128, 1024)  # the smallest and largest batch; between them 1/64 of the rows
LARGEST_FORWARD = 65536  # rows sent through at once when nothing is learnt


def fit(train: Part, context: Context) -> Predict:
    """Cross entropy or squared error by AdamW, cosine steps; the best check's weights are kept.

    params: width, layers, dropout, learning_rate, weight_decay, steps (at most); balance, how
    far rare classes weigh more in the loss (0 not, 1 fully), taken back from the probabilities;
    numbers, the views of the number columns (benchbig/preprocess/scale.py).
    """
    if context.task.kind == "regression":
        return _fit_numbers(train, context)
    params, k = context.params, context.task.n_classes or 2
    counts = np.bincount(train.y, minlength=k)
    weights = _tensor(class_weights(counts, params["balance"]), context.device)
    loss = partial(cross_entropy, weight=weights)
    logits = _learn(train, context, prior(counts), lambda y: torch.from_numpy(y), loss)

    def predict(X: pd.DataFrame) -> Array:
        p = (logits(X) - weights.log()).softmax(dim=1).cpu().double().numpy()
        return p[:, 1] if k == 2 else p / p.sum(axis=1, keepdims=True)

    return predict


def _fit_numbers(train: Part, context: Context) -> Predict:
    """Learn how many deviations from its mean a number lies."""
    mean, width = train.y.mean(), train.y.std() or 1.0

    def target(y: Array) -> Tensor:
        return torch.from_numpy(((y - mean) / width).astype(np.float32)[:, None])

    outputs = _learn(train, context, np.zeros(1), target, mse_loss)

    def predict(X: pd.DataFrame) -> Array:
        return mean + width * outputs(X)[:, 0].cpu().double().numpy()

    return predict


def _learn(
    train: Part,
    context: Context,
    start: Array,
    target: Callable[[Array], Tensor],
    loss: Callable[[Tensor, Tensor], Tensor],
) -> Callable[[pd.DataFrame], Tensor]:
    """From rows to what the trained network says of them, (n, outputs); start: see `build`."""
    params, notes, device = context.params, context.notes, context.device
    encoding = dense.learn(train.X, params["numbers"])
    x, y = _rows(encoding, train.X, device), target(train.y).to(device)
    valid = _rows(encoding, context.valid.X, device), target(context.valid.y).to(device)
    torch.manual_seed(context.seed)
    network = build(x.shape[1], start, params).to(device)
    train_network(network, (x, y), valid, loss, params, context.seed, context.progress)
    notes.n_params = notes.n_trainable = sum(p.numel() for p in network.parameters())
    notes.artifact_bytes = 4 * notes.n_params + pickled_bytes(encoding)
    notes.precision = "fp32"
    return lambda X: _forward(network, _rows(encoding, X, device))


def prior(counts: Array) -> Array:
    """(k,) logarithms of the class frequencies; an unseen class counts as if it had one row."""
    return np.asarray(np.log((counts + 1) / (counts.sum() + len(counts))))


def build(n_columns: int, start: Array, params: Mapping[str, Any]) -> nn.Sequential:
    """Linear, SiLU and dropout, `layers` times, then a linear layer that says `start` at first."""
    layers: list[nn.Module] = []
    width = n_columns
    for _ in range(params["layers"]):
        layers += [nn.Linear(width, params["width"]), nn.SiLU(), nn.Dropout(params["dropout"])]
        width = params["width"]
    head = nn.Linear(width, len(start))
    # Starting from the class frequencies spares the first steps' only lesson where one is rare.
    with torch.no_grad():
        head.weight.zero_()
        head.bias.copy_(torch.from_numpy(start))
    return nn.Sequential(*layers, head)


def train_network(
    network: nn.Sequential,
    train: tuple[Tensor, Tensor],
    valid: tuple[Tensor, Tensor],
    loss: Callable[[Tensor, Tensor], Tensor],
    params: Mapping[str, Any],
    seed: int,
    progress: Callable[[float], None],
) -> None:
    """Train in place and leave the weights of the lowest validation loss."""
    x, y = train
    size = min(len(x), max(BATCH[0], min(BATCH[1], len(x) // 64)))
    steps, every = params["steps"], max(1, params["steps"] // CHECKS)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=params["learning_rate"], weight_decay=params["weight_decay"]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _cosine(step, steps))
    batches = _batches(len(x), size, seed)
    best, best_state, stale = math.inf, copy.deepcopy(network.state_dict()), 0
    for step in range(1, steps + 1):
        rows = next(batches).to(x.device)
        network.train()
        optimizer.zero_grad()
        loss(network(x[rows]), y[rows]).backward()
        optimizer.step()
        schedule.step()
        if step % every:
            continue
        progress(step / steps)
        now = float(loss(_forward(network, valid[0]), valid[1]))
        stale = 0 if now < best else stale + 1
        if now < best:
            best, best_state = now, copy.deepcopy(network.state_dict())
        if stale == PATIENCE:
            break
    network.load_state_dict(best_state)


def _batches(n: int, size: int, seed: int) -> Iterator[Tensor]:
    """Rows of one batch after another, without end, shuffled anew each time round."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(n, generator=generator)
        yield from order[: n - n % size].split(size)


def _cosine(step: int, steps: int) -> float:
    """Up over the first twentieth, then down to 0 along a half cosine."""
    rise = max(1, steps // 20)
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def _forward(network: nn.Sequential, x: Tensor) -> Tensor:
    network.eval()
    with torch.no_grad():
        return torch.cat([network(part) for part in x.split(LARGEST_FORWARD)])


def _rows(encoding: dense.Dense, X: pd.DataFrame, device: str) -> Tensor:
    return _tensor(dense.encode(encoding, X), device)


def _tensor(values: Array, device: str) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32)).to(device)
