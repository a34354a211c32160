"""Are changes of level found, and noise left alone? Simulated series, a few of each kind.

benchmarks/change_points.py does the same at length, beside other libraries; its figures stand in
docs/track.md.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchbig.stats.levels import levels

pytest.importorskip("ruptures")


def test_a_clear_step_is_found_where_it_is():
    rng = np.random.default_rng(0)
    values = np.concatenate((rng.normal(0, 1, 20), rng.normal(5, 1, 20)))
    assert levels(values) == [0, 20]


def test_a_step_back_is_a_level_of_its_own():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(mean, 1, 15) for mean in (0, 6, 0)])
    assert levels(values) == [0, 15, 30]


def test_a_single_odd_value_is_no_level():
    values = np.random.default_rng(2).normal(0, 1, 40)
    values[20] += 12
    assert levels(values) == [0]


def test_a_series_that_repeats_itself_shows_the_smallest_step():
    assert levels([0.5] * 10 + [0.4] * 10) == [0, 10]
    assert levels([0.5] * 20) == [0]
    assert levels([0.5] * 10 + [0.4] + [0.5] * 9) == [0]


@pytest.mark.parametrize("n", [10, 30, 100])
def test_noise_alone_rarely_has_a_level(n: int):
    """At most 5 of 100 series; docs/track.md has the rates over thousands."""
    rng = np.random.default_rng(n)
    assert sum(len(levels(rng.normal(0, 1, n))) > 1 for _ in range(100)) <= 5


def test_steps_of_four_standard_deviations_are_nearly_always_found():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(100):
        at = int(rng.integers(8, 32))
        values = rng.normal(0, 1, 40)
        values[at:] += 4.0
        hits += any(abs(found - at) <= 1 for found in levels(values)[1:])
    assert hits >= 95
