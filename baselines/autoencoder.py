"""How well does the error of a network tell frauds apart that learnt to copy honest rows alone?

What it has not seen it copies badly. The rare class teaches nothing but, on the validation part,
how an error becomes a probability.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.preprocess import dense
from benchbig.preprocess.probabilities import calibrate, calibrated
from benchbig.preprocess.size import pickled_bytes

CHECKS = 20  # times the validation part is looked at, evenly over the steps
PATIENCE = 5  # checks without a lower error that end the training
BATCH = 512
LARGEST_FORWARD = 65536  # rows sent through at once when nothing is learnt
FARTHEST = 10.0  # standard deviations: one wild value must not be all that a row's error tells


def fit(train: Part, context: Context) -> Predict:
    """Learn to copy rows of class 0 through a narrow layer. Binary tasks; class 1 is the rare one.

    params: width of the outer layers, bottleneck of the narrow one, dropout of the input,
    learning_rate, steps (at most).
    """
    params, notes, device = context.params, context.notes, context.device
    encoding = dense.learn(train.X)
    x, valid = _rows(encoding, train.X, device), _rows(encoding, context.valid.X, device)
    torch.manual_seed(context.seed)
    network = build(x.shape[1], params).to(device)
    honest = torch.from_numpy(train.y == 0), torch.from_numpy(context.valid.y == 0)
    learn(network, x[honest[0]], valid[honest[1]], params, context)
    calibration = calibrate(errors(network, valid), context.valid.y)
    notes.n_params = notes.n_trainable = sum(w.numel() for w in network.parameters())
    notes.artifact_bytes = 4 * notes.n_params + pickled_bytes(encoding, calibration)
    notes.n_train_used, notes.precision = int(honest[0].sum()), "fp32"

    def predict(X: pd.DataFrame) -> Array:
        return calibrated(errors(network, _rows(encoding, X, device)), calibration)

    return predict


def build(n_columns: int, params: Mapping[str, Any]) -> nn.Sequential:
    """Columns to width to bottleneck and back."""
    width, narrow = params["width"], params["bottleneck"]
    return nn.Sequential(
        nn.Dropout(params["dropout"]),
        nn.Linear(n_columns, width),
        nn.SiLU(),
        nn.Linear(width, narrow),
        nn.SiLU(),
        nn.Linear(narrow, width),
        nn.SiLU(),
        nn.Linear(width, n_columns),
    )


def learn(
    network: nn.Sequential, x: Tensor, valid: Tensor, params: Mapping[str, Any], context: Context
) -> None:
    """Train in place on the squared error and leave the weights of the lowest on `valid`."""
    steps = params["steps"]
    optimizer = torch.optim.AdamW(network.parameters(), lr=params["learning_rate"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, params["learning_rate"], total_steps=steps + 1, pct_start=0.1
    )
    batches = _batches(len(x), min(BATCH, len(x)), context.seed)
    best, best_state, stale = math.inf, copy.deepcopy(network.state_dict()), 0
    for step in range(1, steps + 1):
        rows = x[next(batches).to(x.device)]
        network.train()
        optimizer.zero_grad()
        nn.functional.mse_loss(network(rows), rows).backward()
        optimizer.step()
        schedule.step()
        if step % max(1, steps // CHECKS) and step < steps:
            continue
        context.progress(step / steps)
        error = float(errors(network, valid).mean())
        stale = 0 if error < best else stale + 1
        if error < best:
            best, best_state = error, copy.deepcopy(network.state_dict())
        if stale == PATIENCE:
            break
    network.load_state_dict(best_state)


def errors(network: nn.Sequential, x: Tensor) -> Array:
    """(n,) the logarithm of each row's mean squared error: errors span orders of magnitude."""
    network.eval()
    with torch.no_grad():
        parts = [(network(part) - part).square().mean(dim=1) for part in x.split(LARGEST_FORWARD)]
    return np.log(torch.cat(parts).double().cpu().numpy() + 1e-12)


def _batches(n: int, size: int, seed: int) -> Iterator[Tensor]:
    """Positions of one batch after another, without end, shuffled anew each time round."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(n, generator=generator)
        yield from order[: n - n % size].split(size)


def _rows(encoding: dense.Dense, X: pd.DataFrame, device: str) -> Tensor:
    values = np.clip(dense.encode(encoding, X), -FARTHEST, FARTHEST).astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(values)).to(device)
