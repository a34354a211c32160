"""A row's interval and rank, worked out by hand or checked against scipy."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from benchbig.stats.rows import T_975, combine, ranks


def test_the_table_of_t_quantiles_is_scipys():
    expected = stats.t.ppf(0.975, np.arange(1, len(T_975) + 1))
    assert pytest.approx(expected, abs=5e-4) == T_975


def test_one_seed_gives_its_own_interval():
    assert combine([0.7], [0.6], [0.75]) == (0.7, 0.6, 0.75)


def test_seeds_that_agree_give_the_interval_within():
    """Three test parts that overlap are no larger test part: nothing is divided by 3."""
    mean, low, high = combine([0.7] * 3, [0.6] * 3, [0.75] * 3)
    assert (mean, low, high) == pytest.approx((0.7, 0.6, 0.75))


def test_seeds_without_doubt_within_give_the_t_interval():
    values = [0.70, 0.72, 0.77]
    mean, low, high = combine(values, values, values)
    expected = stats.t.interval(0.95, 2, np.mean(values), stats.sem(values))
    assert mean == pytest.approx(0.73)
    assert (low, high) == pytest.approx(expected, abs=1e-5)


def test_both_doubts_add_in_squares_on_each_side():
    """sd of (.4, .6) is .1414, /sqrt 2 = .1, times t = 12.706: 1.2706; within .3 and .4."""
    mean, low, high = combine([0.4, 0.6], [0.1, 0.3], [0.8, 1.0])
    assert mean == 0.5
    assert low == pytest.approx(0.5 - math.hypot(0.3, 1.2706))
    assert high == pytest.approx(0.5 + math.hypot(0.4, 1.2706))


def test_a_seed_without_an_interval_leaves_the_row_without():
    assert combine([0.4, 0.6], [0.3, None], [0.5, None]) == (0.5, None, None)


def test_combined_intervals_cover_the_truth_when_seeds_share_a_test_part():
    """Truth 0; the test part moves all seeds alike (sd 1), each seed by itself (sd .5).

    The t part alone is exact, the sum of both a little wide: 95% to 99% of 1000 (sd .7 points).
    """
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(1000):
        values = rng.normal() + rng.normal(0, 0.5, size=3)
        _, low, high = combine(values.tolist(), (values - 1.96).tolist(), (values + 1.96).tolist())
        hits += low <= 0 <= high
    assert 930 <= hits <= 995


def test_values_equal_as_shown_share_a_rank():
    values = [0.7812, 0.7808, None, 0.79, 0.5]
    assert ranks(values, higher_is_better=True, digits=3) == [2, 2, None, 1, 4]
    assert ranks(values, higher_is_better=False, digits=3) == [2, 2, None, 4, 1]
    assert ranks([None], higher_is_better=True, digits=3) == [None]


def test_rows_load_no_numpy():
    code = "import sys, benchbig.stats.rows; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
