"""Ranks, wins, strengths and crossovers over a table small enough to reckon by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from benchbig.stats import standings
from benchbig.stats.crossover import crossing
from benchbig.stats.joint import covariance, draws, nothing
from benchbig.stats.paired import compare, scored

NONE, FAILED = math.nan, -math.inf
#          a     b     c     d
TABLE = np.array(
    [
        [0.9, 0.8, 0.7, NONE],  # ranks 1 2 3
        [0.5, 0.5, 0.1, FAILED],  # ranks 1.5 1.5 3 4
        [0.2, 0.6, NONE, NONE],  # ranks 2 1
    ]
)


def test_ranks_are_means_over_the_tasks_taken():
    assert standings.ranks(TABLE) == pytest.approx([1.5, 1.5, 3.0, 4.0])
    full = np.random.default_rng(0).random((5, 6)).round(1)
    expected = np.mean([stats.rankdata(-row) for row in full], axis=0)
    assert standings.ranks(full) == pytest.approx(expected)


def test_wins_are_shares_of_duels_a_tie_half():
    """a: 2/2, 2.5/3, 0/1. b: 1/2, 2.5/3, 1/1. c: 0/2, 1/3. d: 0/3."""
    expected = [(1 + 2.5 / 3 + 0) / 3, (0.5 + 2.5 / 3 + 1) / 3, (0 + 1 / 3) / 2, 0]
    assert standings.wins(TABLE) == pytest.approx(expected)


def test_losses_are_rescaled_and_a_failure_is_the_worst():
    """Spans .2, .4, .4: a 0, 0, 1; b .5, 0, 0; c 1, 1; d failed: 1."""
    assert standings.losses(TABLE) == pytest.approx([1 / 3, 1 / 6, 1.0, 1.0])
    assert standings.losses(np.array([[0.4, 0.4]])) == pytest.approx([0, 0])


def test_strengths_maximize_the_bradley_terry_likelihood():
    """Against scipy's optimizer on the likelihood written out, the drawn game included."""
    rng = np.random.default_rng(1)
    values = rng.normal([0, 0.3, 0.6, 1.0], 1, size=(12, 4))

    def unlikely(log: np.ndarray) -> float:
        total = 0.0
        for row in values:
            for i in range(4):
                for j in range(i):
                    won = row[i] > row[j]
                    total += np.log1p(np.exp(log[j] - log[i] if won else log[i] - log[j]))
        return total + 0.5 * (np.log1p(np.exp(-log)) + np.log1p(np.exp(log))).sum()

    best = optimize.minimize(unlikely, np.zeros(4)).x
    expected = 1000 + 400 / math.log(10) * best
    assert standings.strengths(values) == pytest.approx(expected, abs=0.1)


def test_four_hundred_points_are_odds_of_ten_to_one():
    """11 games, 10 won; with the drawn game ln(odds) is a little less than ln 10."""
    values = np.array([[1.0, 0.0]] * 10 + [[0.0, 1.0]])
    found = standings.strengths(values)
    assert found.sum() == pytest.approx(2000)
    odds = 10 ** ((found[0] - found[1]) / 400)
    # The likelihood's slope is nought: 10 - 11 s(2x) + .5 - s(x) = 0 for x = ln(odds) / 2.
    x = math.log(odds) / 2
    sigmoid = [1 / (1 + math.exp(-z)) for z in (2 * x, x)]
    assert 10 - 11 * sigmoid[0] + 0.5 - sigmoid[1] == pytest.approx(0, abs=1e-4)


def test_intervals_hold_the_value_and_narrow_without_doubt():
    sure = [np.zeros((4, 4))] * 3
    low, high = standings.intervals(standings.ranks, TABLE, sure)
    assert (low <= standings.ranks(TABLE)).all()
    assert (high >= standings.ranks(TABLE)).all()
    one = TABLE[:1]
    low, high = standings.intervals(standings.ranks, one, sure[:1])
    assert low[:3] == pytest.approx([1, 2, 3])
    assert high[:3] == pytest.approx([1, 2, 3])
    assert math.isnan(low[3])


def test_a_model_that_took_no_task_has_no_standing():
    values = np.array([[0.9, 0.8, NONE]])
    for statistic in (standings.ranks, standings.wins, standings.losses, standings.strengths):
        assert np.isnan(statistic(values)).tolist() == [False, False, True]


def test_intervals_cover_the_truth_over_tasks():
    """Two equal models, 12 tasks: half the duels. 95% of 100 draws, and never below 88."""
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(100):
        values = rng.normal(size=(12, 2))
        low, high = standings.intervals(standings.wins, values, [np.zeros((2, 2))] * 12)
        hits += low[0] <= 0.5 <= high[0]
    assert hits >= 88


def test_covariance_has_compares_variances_and_is_noughts_for_other_examples():
    rng = np.random.default_rng(3)
    y = (rng.random(200) < 0.4).astype(np.int64)
    p, q = rng.random((2, 200)) * 0.5 + 0.4 * y

    def model(s: np.ndarray, first: int = 0):
        return [scored("roc_auc", "binary", np.arange(200) + first, y, s)]

    values, errors = covariance(
        [(model(p), model(q)), (nothing(model(p)), model(p)), (model(p, 500), model(q, 500))]
    )
    one = compare(model(p), model(q))
    assert values[0] == pytest.approx(one.difference)
    assert errors[0, 0] == pytest.approx(one.se**2)
    assert values[1] == pytest.approx(model(p)[0].value)
    assert errors[0, 2] == 0
    # q - p and p share p's doubt with the opposite sign.
    assert errors[0, 1] < 0


def test_draws_have_the_covariance_asked_for():
    matrix = np.array([[2.0, 1.0, NONE], [1.0, 3.0, NONE], [NONE, NONE, NONE]])
    found = draws(matrix, 20000, 0)
    assert np.cov(found[:, :2].T) == pytest.approx(matrix[:2, :2], rel=0.05)
    assert np.isnan(found[:, 2]).all()


def test_a_crossing_lies_where_the_line_is_nought_on_a_log_scale():
    """From -1 at 100 to 1 at 10,000: at 1,000. From -1 at 100 to 3 at 10,000: a quarter, 316."""
    sure = np.eye(2) * 1e-8
    found = crossing([100, 10000], np.array([-1.0, 1.0]), sure)
    assert found.rising
    assert found.at == pytest.approx(1000)
    assert (found.low, found.high) == pytest.approx((1000, 1000), rel=0.01)
    assert crossing([100, 10000], np.array([-1.0, 3.0]), sure).at == pytest.approx(10**2.5)
    falling = crossing([100, 10000], np.array([1.0, -1.0]), sure)
    assert not falling.rising
    assert falling.at == pytest.approx(1000)


def test_a_gain_that_keeps_its_sign_has_no_crossing():
    sure = np.eye(3) * 1e-8
    above = crossing([100, 300, 1000], np.array([0.1, 0.2, 0.3]), sure)
    assert (above.at, above.low, above.high, above.sign) == (None, None, None, 1)
    assert crossing([100, 300, 1000], np.array([-0.3, -0.1, -0.2]), sure).sign == -1


def test_a_crossing_that_may_lie_outside_has_an_open_end():
    doubt = np.diag([1e-8, 1e-8, 0.04])
    found = crossing([100, 1000, 10000], np.array([-0.2, -0.1, 0.1]), doubt)
    assert 1000 < found.at < 10000
    assert found.low is not None
    assert found.high is None


def test_the_crossings_interval_covers_the_truth(monkeypatch):
    """A gain that rises by 0.1 a decade and is nought at 1,000; errors of 0.03 at five sizes.

    Nominal 95% of 100; benchmarks/statistics_promises.py draws 2,000, with all replicates.
    """
    monkeypatch.setattr("benchbig.stats.crossover.REPLICATES", 200)
    sizes = np.array([100, 300, 1000, 3000, 10000])
    errors = np.full((5, 5), 0.0003) + np.eye(5) * 0.0006
    truth = 0.1 * np.log10(sizes / 1000)
    rng = np.random.default_rng(4)
    hits = 0
    for seed in range(100):
        gains = rng.multivariate_normal(truth, errors)
        found = crossing(sizes, gains, errors, seed=seed)
        if found.at is None:
            continue
        hits += (found.low or 0) <= 1000 <= (found.high or math.inf)
    assert hits >= 88
