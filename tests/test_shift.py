"""Has a model moved between two runs? Against scipy where it knows the case, else by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import runs_by_hand as stores
from scipy import stats

from benchbig.stats import ratio
from benchbig.stats.holm import holm
from benchbig.stats.paired import Scored, scored
from benchbig.stats.shift import Prior, Shift, shift, steady
from benchbig.stats.student import p_value

N = 50


def runs(values: list[float], start: int = 0, ids: np.ndarray | None = None) -> dict[int, Scored]:
    """Values that no test example moves: all doubt is between seeds."""
    ids = np.arange(N) if ids is None else ids
    return {start + i: Scored(ids, v, np.full(N, 0.0)) for i, v in enumerate(values)}


BEFORE, AFTER = [0.70, 0.72, 0.77, 0.71], [0.69, 0.70, 0.72, 0.70]


def test_without_test_examples_and_prior_it_is_the_paired_t_test():
    found = shift(runs(BEFORE), runs(AFTER))
    assert found is not None
    expected = stats.ttest_rel(AFTER, BEFORE)
    assert found.paired
    assert found.weight == 3
    assert found.difference / found.se == pytest.approx(expected.statistic)
    assert found.worse(True) == pytest.approx(expected.pvalue / 2)
    assert found.worse(False) == pytest.approx(1 - expected.pvalue / 2)
    assert found.reach(0.01) == pytest.approx(found.se * stats.t.ppf(0.99, 3))


def test_with_other_seeds_it_is_the_t_test_of_two_samples():
    found = shift(runs(BEFORE), runs(AFTER, start=10))
    assert found is not None
    expected = stats.ttest_ind(AFTER, BEFORE)
    assert not found.paired
    assert found.weight == 6
    assert found.difference / found.se == pytest.approx(expected.statistic)


def test_a_prior_counts_as_so_many_more_seeds():
    """Residuals of d = -.01, -.02, -.05, -.01 about -.0225: squares .001075 / 2 fits, df 3; the
    prior's .0006 counts for 3 df as well: (3 x .0006 + .0005375) / 6 = .00038958."""
    found = shift(runs(BEFORE), runs(AFTER), Prior(0.0006, 3.0))
    assert found is not None
    assert found.sd_seeds == pytest.approx(math.sqrt(0.00038958), rel=1e-4)
    assert found.se == pytest.approx(math.sqrt(0.00038958 * 2 / 4), rel=1e-4)
    assert found.weight == 6


def test_a_prior_is_raised_to_what_seeds_vary_within_each_run():
    """Within the runs squares are .0029 and .000475, on 6 df: .0005625, more than the prior's
    .0004. Paired: (3 x .0005625 + .0005375) / 6 = .00037083, on 6 df, as many as the runs have;
    by the runs' means: .0005625, on 6 df and .0004 / .0005625 of the prior's 3."""
    prior = Prior(0.0004, 3.0)
    paired, other = (
        shift(runs(BEFORE), runs(AFTER), prior),
        shift(runs(BEFORE), runs(AFTER, start=10), prior),
    )
    assert paired is not None
    assert other is not None
    assert (paired.sd_seeds**2, paired.weight) == (pytest.approx(0.00037083, rel=1e-4), 6)
    assert other.sd_seeds**2 == pytest.approx(0.0005625)
    assert other.weight == pytest.approx(6 + 3 * 0.0004 / 0.0005625)


def test_a_prior_stays_where_each_seed_has_a_split_of_its_own():
    """What another split moves cancels in a seed's difference: (3 x .0004 + .0005375) / 6."""
    split = [
        {
            seed: Scored(np.arange(N) + 100 * seed, one, np.zeros(N))
            for seed, one in enumerate(values)
        }
        for values in (BEFORE, AFTER)
    ]
    found = shift(*split, Prior(0.0004, 3.0))
    assert found is not None
    assert found.sd_seeds**2 == pytest.approx(0.00028958, rel=1e-4)


def test_one_seed_has_the_prior_alone():
    found = shift(runs([0.7]), runs([0.6]), Prior(0.0004, 3.0))
    assert found is not None
    assert (found.se, found.weight) == (pytest.approx(math.sqrt(2 * 0.0004)), 3.0)


def test_over_test_examples_alone_it_is_mcnemars_variance():
    """20 examples, 5 right only before and 2 only after: variance (7 - 9 / 20) / 20^2 x 20 / 19."""
    y = np.ones(20, dtype=int)
    before = np.array([0.9] * 15 + [0.1] * 5)
    after = np.array([0.1] * 5 + [0.9] * 12 + [0.1] * 3)
    one, other = (scored("accuracy", "binary", np.arange(20), y, p) for p in (before, after))
    found = shift({0: one}, {0: other})
    assert found is not None
    assert found.difference == pytest.approx(-3 / 20)
    assert found.se == pytest.approx(math.sqrt((7 - 9 / 20) / 19 / 20), rel=1e-6)
    assert found.reach(0.01) == pytest.approx(found.se * stats.norm.ppf(0.99))


def test_parts_that_overlap_count_an_example_once():
    """Two seeds on the same examples say no more of them than one; on others, twice as much."""
    rng = np.random.default_rng(0)
    pulls = rng.normal(size=N) - 0.0
    pulls -= pulls.mean()

    def se(ids: list[np.ndarray]) -> float:
        base = {i: Scored(one, 0.5, np.zeros(N)) for i, one in enumerate(ids)}
        head = {i: Scored(one, 0.5, pulls) for i, one in enumerate(ids)}
        found = shift(base, head)
        assert found is not None
        return found.se_examples

    same, apart = np.arange(N), np.arange(N) + N
    one = math.sqrt((pulls**2).sum()) / N
    assert se([same, same]) == pytest.approx(one)
    assert se([same, apart]) == pytest.approx(one / math.sqrt(2))


def test_groups_are_drawn_whole():
    pulls = np.array([1.0, 1.0, -1.0, -1.0])
    groups = np.array([7, 7, 8, 8])
    head = {0: Scored(np.arange(4), 0.5, pulls, groups)}
    base = {0: Scored(np.arange(4), 0.5, np.zeros(4), groups)}
    found = shift(base, head)
    assert found is not None
    assert found.se == pytest.approx(math.sqrt(2 * (2 / 4) ** 2))


def test_a_model_that_does_not_depend_on_the_seed_has_no_noise_of_seeds():
    assert steady(list(runs([0.7, 0.7]).values()))
    found = shift(runs([0.7, 0.7]), runs([0.6, 0.6]), Prior(0.01, 3.0))
    assert found is not None
    assert found.sd_seeds == 0.0


def test_other_examples_of_one_seed_are_refused():
    with pytest.raises(ValueError, match="seed 0 was tested on different examples"):
        shift(runs([0.7]), runs([0.6], ids=np.arange(N) + 1))


def test_a_seed_without_a_value_is_left_out():
    assert shift(runs([math.nan]), runs([0.6])) is None
    found = shift(runs([0.7, math.nan]), runs([0.6, 0.5]))
    assert found is not None
    assert found.base_seeds == 1


def test_the_variance_over_examples_is_that_of_a_bootstrap():
    """Accuracy of two published models, three seeds each, on resamples of the test part."""
    parts = [
        {seed: stores.real("bank_intents", name, seed) for seed in range(3)}
        for name in ("tfidf_logreg", "minilm_frozen")
    ]
    one, other = (
        {s: scored("accuracy", "multiclass", *part) for s, part in of.items()} for of in parts
    )
    found = shift(one, other)
    assert found is not None
    right = [np.mean([p.argmax(axis=1) == y for _, y, p in of.values()], axis=0) for of in parts]
    rng = np.random.default_rng(0)
    n = len(right[0])
    drawn = rng.integers(n, size=(2000, n))
    resampled = (right[1] - right[0])[drawn].mean(axis=1).std()
    assert found.se_examples == pytest.approx(resampled, rel=0.06)


def known(difference: float = 0.0, se: float = 0.01, sd_one: float = 0.05) -> Shift:
    """A shift from a value of 0.5 of which all doubt is over test examples, as if of 100."""
    return Shift(0.5, 0.5 + difference, difference, se, se, 6, sd_one, 0.0, 3, 3, True)


def test_what_is_seen_by_hand():
    """A value of .5 and sd .05 is as uncertain as 100 decisions. With l the loss and k the sum of
    two quantiles, l = k sqrt(se^2 + l / 100): a quadratic."""
    k = stats.norm.ppf(0.995) + stats.norm.ppf(0.95)
    loss = (k**2 / 100 + math.sqrt((k**2 / 100) ** 2 + 4 * k**2 * 0.01**2)) / 2
    assert known().visible(0.005, 0.0, 0.95, True) == pytest.approx(loss, rel=0.01)
    sure = known(sd_one=0.0)  # where a loss brings no noise: se above the minimum, or its own
    assert sure.visible(0.005, 0.0, 0.95, True) == pytest.approx(k * 0.01)
    assert sure.visible(0.005, 0.05, 0.95, True) == pytest.approx(
        0.05 + stats.norm.ppf(0.95) * 0.01
    )


def test_what_is_seen_where_all_doubt_is_over_seeds():
    """With 6 df: the loss is the sum of two quantiles of t, in standard errors; where a loss brings
    noise of its own, each quantile squared is t's on the one part and the normal's on the other."""
    small = Shift(0.5, 0.5, 0.0, 0.002, 0.0, 6, 0.0, 0.0, 3, 3, True)
    far, near = stats.t.ppf(0.9999, 6), stats.t.ppf(0.95, 6)
    assert small.visible(0.0001, 0.0, 0.95, True) == pytest.approx((far + near) * 0.002)
    found = Shift(0.5, 0.5, 0.0, 0.002, 0.0, 6, 0.05, 0.0, 3, 3, True)
    loss = found.visible(0.0001, 0.0, 0.95, True)
    both = [
        math.sqrt((t * 0.002) ** 2 + stats.norm.ppf(share) ** 2 * loss / 100)
        for t, share in ((far, 0.9999), (near, 0.95))
    ]
    assert loss == pytest.approx(sum(both), rel=0.01)


def test_each_part_of_the_doubt_has_its_own_t():
    """t of 6 df at .999 is 5.208, the normal's 3.090: sqrt(5.208^2 x 4 + 3.090^2 x 9)."""
    found = Shift(0.5, 0.5, -14.0, math.sqrt(13), 3.0, 6, 0.0, 0.0, 3, 3, True)
    reached = math.sqrt(4 * 5.207626**2 + 9 * 3.090232**2)
    assert found.reach(0.001) == pytest.approx(reached, rel=1e-6)
    assert Shift(**{**vars(found), "difference": -reached}).worse(True) == pytest.approx(0.001)
    assert Shift(**{**vars(found), "difference": reached}).worse(False) == pytest.approx(0.001)


def test_fits_that_are_the_same_ones_differ_by_test_examples_alone():
    """Some predictions were changed afterwards; of other fits, or of a model that knows few
    different answers, equal predictions say nothing."""
    rng = np.random.default_rng(0)
    y = (rng.random(200) < 0.5).astype(int)

    def run(p: list[np.ndarray]) -> dict[int, Scored]:
        of = enumerate(p)
        return {seed: scored("accuracy", "binary", np.arange(200), y, one) for seed, one in of}

    before = [0.3 * y + 0.7 * rng.random(200) for _ in range(3)]
    after = [np.where(np.arange(200) < 15, 1 - one, one) for one in before]
    prior = Prior(0.01, 3.0)
    kept, other = shift(run(before), run(after), prior), shift(run(before), run(after[::-1]), prior)
    assert kept is not None
    assert other is not None
    assert (kept.one_fit, kept.sd_seeds) == (True, 0.0)
    assert (other.one_fit, other.sd_seeds > 0) == (False, True)
    hard = [[np.round(one) for one in of] for of in (before, after)]
    told = shift(run(hard[0]), run(hard[1]), prior)
    assert told is not None
    assert not told.one_fit


def test_the_noise_of_a_loss_that_is_there_counts_once():
    """A loss of .04 has brought .04 / 100; without it the variance was .0001."""
    after = known(-0.04, se=math.sqrt(0.0001 + 0.0004))
    before = known().visible(0.005, 0.01, 0.95, True)
    assert after.visible(0.005, 0.01, 0.95, True) == pytest.approx(before)
    gained = known(0.04, se=math.sqrt(0.0001 + 0.0004))
    assert gained.visible(0.005, 0.01, 0.95, True) > before
    assert gained.visible(0.005, 0.01, 0.95, False) == pytest.approx(before)


# Ratios of times


def test_the_ratio_of_pairs_is_the_paired_t_test_of_logarithms():
    base, head = [1.0, 2.0, 4.0], [1.5, 2.5, 6.5]
    se, df = ratio.moderated(ratio.paired(base, head), (0.0, 0.0))
    expected = stats.ttest_rel(np.log(head), np.log(base))
    assert df == 2
    assert ratio.paired(base, head).log_ratio / se == pytest.approx(expected.statistic)


def test_the_ratio_of_others_is_the_t_test_of_two_samples():
    base, head = [1.0, 1.2, 1.1], [1.5, 1.4]
    se, df = ratio.moderated(ratio.unpaired(base, head), (0.0, 0.0))
    expected = stats.ttest_ind(np.log(head), np.log(base))
    assert df == 3
    assert ratio.unpaired(base, head).log_ratio / se == pytest.approx(expected.statistic)


def test_what_measures_have_in_common_is_found_again():
    """2,000 variances drawn as Smyth has them: 4 df about a scaled inverse chi-square."""
    rng = np.random.default_rng(0)
    true = 6 * 0.04 / rng.chisquare(6, size=2000)
    noises = [ratio.Noise(0.0, v * rng.chisquare(4), 4, 1.0) for v in true]
    variance, df = ratio.fitted(noises)
    assert variance == pytest.approx(0.04, rel=0.06)
    assert df == pytest.approx(6, rel=0.15)
    assert ratio.pooled(noises) == (variance, 3.0)


def test_variances_that_only_chance_sets_apart_are_one():
    rng = np.random.default_rng(1)
    noises = [ratio.Noise(0.0, 0.04 * rng.chisquare(4), 4, 1.0) for _ in range(400)]
    variance, df = ratio.fitted(noises)
    assert df > 60
    assert variance == pytest.approx(0.04, rel=0.1)


def test_of_two_measures_nothing_is_learnt():
    assert ratio.pooled([ratio.Noise(0.0, 1.0, 2, 1.0)] * 2) == (0.0, 0.0)
    assert ratio.moderated(ratio.Noise(0.0, 0.0, 0, 2.0), (0.0, 0.0)) == (math.inf, 0.0)


@pytest.mark.parametrize("kind", ["alike", "spread", "two kinds"])
def test_costs_that_did_not_change_are_rarely_called_slower(kind: str):
    """35 models, 3 seeds, 200 comparisons at 1%; 7 or more alarms come up once in 200 tries."""
    alarms = 0
    for rng in np.random.default_rng(1).spawn(200):
        sds = {
            "alike": np.full(35, 0.15),
            "spread": np.sqrt(0.15**2 * 4 / rng.chisquare(4, 35)),
            "two kinds": np.where(np.arange(35) % 2, 0.02, 0.3),
        }[kind]
        base, head = (np.exp(rng.normal(0, sds, (3, 35))).T for _ in range(2))
        noises = [ratio.paired(one, other) for one, other in zip(base, head, strict=True)]
        prior = ratio.pooled(noises)
        tested = [(noise.log_ratio, *ratio.moderated(noise, prior)) for noise in noises]
        worse = holm([p_value(*one, side="greater") for one in tested])
        alarms += any(
            p <= 0.01 and one[0] >= math.log(1.25) for p, one in zip(worse, tested, strict=True)
        )
    assert alarms <= 6
