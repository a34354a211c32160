"""Does the paired comparison keep its level and its power? In simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pairs_by_hand import of_losses

from benchbig.stats.paired import compare
from benchbig.stats.student import (
    detectable,
    power,
)

# Simulation: every seed's difference is truth + its own training + its test examples.


def simulated(rng: np.random.Generator, truth: float, tau: float, shared: float):
    """Losses of two models over three seeds whose test parts of 100 share this much of them."""
    n, pool = 100, rng.normal(size=100)
    zero, head = [], []
    for seed in range(3):
        common = round(shared * n)
        ids = np.concatenate((np.arange(common), 1000 * (seed + 1) + np.arange(n - common)))
        noise = np.concatenate((pool[:common], rng.normal(size=n - common)))
        zero.append(of_losses(np.zeros(n), ids))
        head.append(of_losses(noise + truth + rng.normal(0, tau), ids))
    return compare(zero, head)


@pytest.mark.parametrize("shared", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("tau", [0.0, 0.1, 0.6])
def test_models_that_are_equal_are_called_different_at_most_at_the_level(shared, tau):
    """tau 0.1: retraining moves a difference as much as a test part's 100 examples do.

    1,000 draws at 5% have a standard error of 0.7 points; the interval covers just as often.
    """
    rng = np.random.default_rng(0)
    found = [simulated(rng, 0.0, tau, shared) for _ in range(1000)]
    false = np.mean([one.p < 0.05 for one in found])
    assert false <= 0.064
    assert np.mean([one.low <= 0 <= one.high for one in found]) == pytest.approx(1 - false)


def test_a_difference_that_was_promised_is_found_as_often_as_promised():
    """The promise is made from each comparison's own standard error, as a user sees it."""
    rng = np.random.default_rng(1)
    truth = 5 * math.sqrt(0.01 * (1 + 1) / 3)
    found = [simulated(rng, truth, 0.1, 0.2) for _ in range(600)]
    promised = np.mean([power(truth, one.se, one.df) for one in found])
    assert np.mean([one.p < 0.05 for one in found]) >= promised - 0.06
    shown = [detectable(one.se, one.df) for one in found]
    seen = [one.p < 0.05 for one, least in zip(found, shown, strict=True) if least <= truth]
    assert np.mean(seen) >= 0.7
