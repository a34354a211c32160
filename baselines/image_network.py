"""How is a network trained from scratch on pictures? Shared by the small CNN and the ResNet."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import augment, precision
from benchbig.finetune.augment import Variation
from benchbig.preprocess.images import in_blocks, shrink

Build = Callable[[Tensor, int, Mapping[str, Any]], nn.Module]

CHECKS = 12  # times the validation part is looked at, evenly over the steps
PATIENCE = 4  # checks without a lower loss that end the training, in its second half
LARGEST_FORWARD = 1000  # pictures of 28x28 sent through at once when nothing is learnt


def train_on(train: Part, context: Context, build: Build) -> Predict:
    """Cross entropy by AdamW on one rise and fall of the rate; the best check's weights are kept.

    build: gives the network for pictures like (n, c, h, w), k classes and these params. params:
    dropout, learning_rate, weight_decay, batch; epochs, or as many more as `steps` takes where
    the training part is small; flip, whether half the pictures are mirrored left to right; shift,
    the share of a side that they are moved by at most; side, larger pictures are shrunk to at
    most so many pixels a side.
    """
    params, k, notes = context.params, context.task.n_classes or 2, context.notes
    device = context.device
    x, y = tensor(train.X, params["side"]), torch.from_numpy(train.y)
    valid = tensor(context.valid.X, params["side"]), torch.from_numpy(context.valid.y)
    torch.manual_seed(context.seed)
    network = build(x, k, params).to(device, memory_format=torch.channels_last)
    bf16 = precision.fast_bf16(device)
    learn(network, (x, y), valid, bf16, context)
    notes.n_params = notes.n_trainable = sum(p.numel() for p in network.parameters())
    notes.artifact_bytes = 4 * notes.n_params
    notes.precision = precision.name(bf16)

    def predict(X: Array) -> Array:
        logits = forward(network, tensor(X, params["side"]), device)
        p = logits.double().softmax(dim=1).numpy()
        return np.asarray(p[:, 1] if k == 2 else p)

    return predict


def learn(
    network: nn.Module,
    train: tuple[Tensor, Tensor],
    valid: tuple[Tensor, Tensor],
    bf16: bool,
    context: Context,
) -> None:
    """Train in place and leave the weights of the lowest validation loss."""
    params, n = context.params, len(train[1])
    size = min(params["batch"], n)
    steps = max(params["epochs"] * n // size, params["steps"])
    optimizer = torch.optim.AdamW(
        network.parameters(), weight_decay=params["weight_decay"], fused=context.device != "mps"
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, params["learning_rate"], total_steps=steps + 1, pct_start=0.2
    )
    most = Variation(params["flip"], params["shift"], zoom=0.0, turn=0.0, light=0.0)
    batches = shuffled(*train, size, most, context.seed, context.device)
    best, best_state, stale = float("inf"), network.state_dict(), 0
    for step in range(1, steps + 1):
        advance(network, optimizer, next(batches), bf16)
        schedule.step()
        context.progress(step / steps)
        if step % max(1, steps // CHECKS) and step < steps:
            continue
        loss = float(cross_entropy(forward(network, valid[0], context.device), valid[1]))
        # While the rate is high the loss jumps about, and says nothing of where it will settle.
        stale = 0 if loss < best or step < steps / 2 else stale + 1
        if loss < best:
            best, best_state = loss, copy.deepcopy(network.state_dict())
        if stale == PATIENCE:
            break
    network.load_state_dict(best_state)


def advance(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    bf16: bool,
) -> None:
    """One step down the gradient of a batch, which lies on the network's device."""
    x, y = batch
    network.train()
    with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16):
        logits = network(x.to(memory_format=torch.channels_last))
    torch.autograd.backward(cross_entropy(logits.float(), y))
    optimizer.step()
    optimizer.zero_grad()


def shuffled(
    x: Tensor, y: Tensor, size: int, most: Variation, seed: int, device: str
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end on the device, shuffled and varied anew each time round."""
    rng = np.random.default_rng(seed)
    while True:
        order = torch.from_numpy(rng.permutation(len(x)))
        for rows in order[: len(order) - len(order) % size].split(size):
            draws = augment.draw(len(rows), rng)
            yield augment.vary(x[rows].to(device), draws, most), y[rows].to(device)


def forward(network: nn.Module, x: Tensor, device: str) -> Tensor:
    """(n, k) logits in float32 on the CPU, nothing learnt."""
    network.eval()
    at_once = max(1, LARGEST_FORWARD * 28 * 28 // (x.shape[2] * x.shape[3]))
    with torch.no_grad():
        parts = [
            network(part.to(device, memory_format=torch.channels_last)).cpu()
            for part in x.split(at_once)
        ]
    return torch.cat(parts)


def tensor(X: Array, side: int) -> Tensor:
    """(n, c, h, w) float32 from 0 to 1, at most side x side."""
    small = in_blocks(X, lambda part: shrink(part, side))
    channels = small[:, None] if small.ndim == 3 else small.transpose(0, 3, 1, 2)
    return torch.from_numpy(channels)
