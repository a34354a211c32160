"""Train a network that ranks items, and keep the epoch that ranks the validation part best."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from benchbig.data import Context, Part
from benchbig.data.histories import Histories
from benchbig.data.parts import Array
from benchbig.metrics.names import METRICS
from benchbig.metrics.places import places
from benchbig.metrics.score import value

USERS = 512  # served at once while judging
CLIP = 5.0  # largest norm of the gradient


@dataclass(frozen=True)
class Plan:
    """How long to train and how fast.

    epochs: at most. every: epochs between two looks at the validation part. patience: looks
    without a better value that end the training. rate, decay: AdamW's. rise: steps to full rate.
    """

    epochs: int
    every: int
    patience: int
    rate: float
    decay: float
    rise: int = 20


def train(
    network: nn.Module,
    epoch: Callable[[], Iterable[Tensor]],
    rank: Callable[[Histories], Array],
    plan: Plan,
    context: Context,
) -> int:
    """Train in place, leave the best look's weights in the network, and return that look's epoch.

    epoch: the losses of one epoch's batches, one after another. rank: scores of every item for
    these users, by the network as it is.
    """
    held = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(held, lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / plan.rise)
    )
    best, best_epoch, stale, weights = -math.inf, 0, 0, copy.deepcopy(network.state_dict())
    for done in range(1, plan.epochs + 1):
        network.train()
        for loss in epoch():
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(held, CLIP)
            optimizer.step()
            schedule.step()
        context.progress(done / plan.epochs)
        if done % plan.every and done < plan.epochs:
            continue
        now = judge(rank, context.valid, context)
        stale = 0 if now > best else stale + 1
        if now > best:
            best, best_epoch, weights = now, done, copy.deepcopy(network.state_dict())
        if stale == plan.patience:
            break
    network.load_state_dict(weights)
    network.eval()
    return best_epoch


def judge(rank: Callable[[Histories], Array], part: Part, context: Context) -> float:
    """The task's metric on a part; larger is better, as of every metric that ranks."""
    kept = []
    for start in range(0, len(part), USERS):
        piece = part.take(np.arange(start, min(start + USERS, len(part))))
        assert isinstance(piece.X, Histories)
        kept.append(places(rank(piece.X), piece.X, piece.y, context.task.repeats))
    assert METRICS[context.task.metric].higher_is_better
    found = value(context.task.metric, "ranking", part.y, np.concatenate(kept))
    return -math.inf if found is None else found
