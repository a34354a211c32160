"""Train a network that ranks items, and keep it as it ranked the validation part best."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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

    steps: at most. every: steps between two looks at the validation part. patience: looks without
    a better value that end the training. rate, decay: AdamW's. rise: steps to the full rate.
    """

    steps: int
    every: int
    patience: int
    rate: float
    decay: float
    rise: int = 20

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Plan:
        """The plan on a model's card."""
        return cls(
            steps=params["steps"],
            every=params["every"],
            patience=params["patience"],
            rate=params["learning_rate"],
            decay=params["weight_decay"],
        )


def train(
    network: nn.Module,
    losses: Iterator[Tensor],
    rank: Callable[[Histories], Array],
    plan: Plan,
    context: Context,
) -> None:
    """Train in place and leave the weights of the best look in the network, in eval mode.

    losses: of one batch after another, without end. rank: scores of every item for these users,
    by the network as it is. A network that did best at the last step says so in the notes.
    """
    held = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(held, lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / plan.rise)
    )
    best, best_step, stale, weights = -math.inf, 0, 0, copy.deepcopy(network.state_dict())
    for step in range(1, plan.steps + 1):
        network.train()
        optimizer.zero_grad()
        torch.autograd.backward(next(losses))
        nn.utils.clip_grad_norm_(held, CLIP)
        optimizer.step()
        schedule.step()
        if step % plan.every and step < plan.steps:
            continue
        context.progress(step / plan.steps)
        network.eval()
        now = judge(rank, context.valid, context)
        stale = 0 if now > best else stale + 1
        if now > best:
            best, best_step, weights = now, step, copy.deepcopy(network.state_dict())
        if stale == plan.patience:
            break
    network.load_state_dict(weights)
    network.eval()
    if best_step == plan.steps:
        context.notes.warnings.append(f"still improving after {best_step} steps")


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
