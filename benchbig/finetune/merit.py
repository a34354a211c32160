"""How good are a classifier's logits on what is watched of the validation part, by the metric?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import softmax

from benchbig.cards import TaskCard
from benchbig.data import Part
from benchbig.data.splits import subset
from benchbig.metrics.names import METRICS
from benchbig.metrics.score import value

Floats = np.ndarray[Any, np.dtype[Any]]
WATCHED = 2000  # an accuracy of 0.9 is known to 0.7 points then, and epochs seldom differ by less


def probabilities(logits: Floats) -> Floats:
    """float64, (n,) of the positive class from (n, 2) logits, else (n, k)."""
    p = np.asarray(softmax(logits.astype(np.float64), axis=1))
    return p[:, 1] if p.shape[1] == 2 else p


def watched(valid: Part, seed: int) -> Part:
    """What is looked at between epochs: the validation part, or of a larger one WATCHED examples.

    Ten epochs on 1,000 texts would else read 10,000 others ten times. Which epoch is kept is all
    that hangs on it: the model's value on the validation part is that on all of it.
    """
    if len(valid) <= WATCHED:
        return valid
    return valid.take(subset(valid.y, WATCHED, seed))


def merit(task: TaskCard, y: Floats, logits: Floats) -> float:
    """The task's metric of logits (n, k), turned so that larger is better; undefined is worst."""
    found = value(task.metric, task.kind, y, probabilities(logits), task.costs)
    if found is None:
        return -math.inf
    return found if METRICS[task.metric].higher_is_better else -found
