"""How well does a small convolutional network do that is trained on these pictures alone?

Two convolutions and two dense layers, as in the tutorials, with batch normalisation and dropout.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchbig.data import Context, Part, Predict
from benchbig.data.parts import Array
from benchbig.finetune import precision
from benchbig.preprocess.images import in_blocks, shrink

CHECKS = 12  # times the validation part is looked at, evenly over the steps
PATIENCE = 4  # checks without a lower loss that end the training
GRID = 7  # places a side that the last convolution's output is pooled to
LARGEST_FORWARD = 1000  # pictures sent through at once when nothing is learnt


def fit(train: Part, context: Context) -> Predict:
    """Cross entropy by AdamW on one rise and fall of the rate; the best check's weights are kept.

    params: channels of the first convolution (the second has twice as many), width of the dense
    layer, dropout, learning_rate, weight_decay, batch; epochs, or as many more as `steps` takes
    where the training part is small; flip, whether half the pictures are mirrored left to right;
    side, larger pictures are shrunk to at most so many pixels a side.
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


def build(x: Tensor, k: int, params: Mapping[str, Any]) -> nn.Sequential:
    """The network for pictures like x (n, c, h, w), pixels standardised as they run by."""
    first, second, width = params["channels"], 2 * params["channels"], params["width"]
    # MPS pools to a divisor's size alone, so the card offers the CPU and CUDA.
    last = (x.shape[2] // 4, x.shape[3] // 4)
    pool = nn.Identity() if last == (GRID, GRID) else nn.AdaptiveAvgPool2d(GRID)
    return nn.Sequential(
        nn.BatchNorm2d(x.shape[1], affine=False, momentum=0.1),
        nn.Conv2d(x.shape[1], first, 3, padding=1),
        nn.BatchNorm2d(first),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.BatchNorm2d(second),
        nn.ReLU(),
        nn.MaxPool2d(2),
        pool,
        nn.Flatten(),
        nn.Dropout(params["dropout"]),
        nn.Linear(second * GRID * GRID, width),
        nn.ReLU(),
        nn.Dropout(params["dropout"]),
        nn.Linear(width, k),
    )


def learn(
    network: nn.Sequential,
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
    batches = shuffled(*train, size, params["flip"], context.seed)
    best, best_state, stale = float("inf"), network.state_dict(), 0
    for step in range(1, steps + 1):
        advance(network, optimizer, next(batches), context.device, bf16)
        schedule.step()
        context.progress(step / steps)
        if step % max(1, steps // CHECKS) and step < steps:
            continue
        loss = float(cross_entropy(forward(network, valid[0], context.device), valid[1]))
        stale = 0 if loss < best else stale + 1
        if loss < best:
            best, best_state = loss, copy.deepcopy(network.state_dict())
        if stale == PATIENCE:
            break
    network.load_state_dict(best_state)


def advance(
    network: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    device: str,
    bf16: bool,
) -> None:
    """One step down the gradient of a batch."""
    network.train()
    with torch.autocast(device, torch.bfloat16, enabled=bf16):
        logits = network(batch[0].to(device, memory_format=torch.channels_last))
    torch.autograd.backward(cross_entropy(logits.float(), batch[1].to(device)))
    optimizer.step()
    optimizer.zero_grad()


def shuffled(
    x: Tensor, y: Tensor, size: int, flip: bool, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end, shuffled anew each time round; flip: half of them mirrored."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(len(x), generator=generator)
        for rows in order[: len(order) - len(order) % size].split(size):
            batch = x[rows]
            if flip:
                turned = torch.rand(len(rows), 1, 1, 1, generator=generator) < 0.5
                batch = torch.where(turned, batch.flip(3), batch)
            yield batch, y[rows]


def forward(network: nn.Sequential, x: Tensor, device: str) -> Tensor:
    """(n, k) logits in float32 on the CPU, nothing learnt."""
    network.eval()
    with torch.no_grad():
        parts = [
            network(part.to(device, memory_format=torch.channels_last)).cpu()
            for part in x.split(LARGEST_FORWARD)
        ]
    return torch.cat(parts)


def tensor(X: Array, side: int) -> Tensor:
    """(n, c, h, w) float32 from 0 to 1, at most side x side."""
    small = in_blocks(X, lambda part: shrink(part, side))
    channels = small[:, None] if small.ndim == 3 else small.transpose(0, 3, 1, 2)
    return torch.from_numpy(channels)
