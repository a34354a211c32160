"""How good are a classifier's logits on the validation part, by the task's own metric?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import softmax

from benchbig.cards import TaskCard
from benchbig.metrics.names import METRICS
from benchbig.metrics.score import value

Floats = np.ndarray[Any, np.dtype[Any]]


def probabilities(logits: Floats) -> Floats:
    """float64, (n,) of the positive class from (n, 2) logits, else (n, k)."""
    p = np.asarray(softmax(logits.astype(np.float64), axis=1))
    return p[:, 1] if p.shape[1] == 2 else p


def merit(task: TaskCard, y: Floats, logits: Floats) -> float:
    """The task's metric of logits (n, k), turned so that larger is better; undefined is worst."""
    found = value(task.metric, task.kind, y, probabilities(logits), task.costs)
    if found is None:
        return -math.inf
    return found if METRICS[task.metric].higher_is_better else -found
