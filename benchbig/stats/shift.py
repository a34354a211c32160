"""Has a model's quality moved between two runs, whose seeds may be the same or others?

    found = shift({0: before0, 1: before1}, {0: after0, 1: after1})    # one Scored a seed
    found.gain(higher_is_better=True)     # above nought where the second run is better

Where the runs share seeds, each seed is compared with itself; else the runs' means are. Either
way two doubts count: other test examples, and other seeds. The second is the harder one: three
seeds say little of their own spread, so what published records say of it counts beside them.
docs/gate.md tells the method and what it was checked on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchbig.data.parts import Array
from benchbig.stats.paired import Scored
from benchbig.stats.student import Part, p_of_parts, reach


@dataclass(frozen=True)
class Prior:
    """What is known of the noise between seeds before the seeds are looked at.

    variance: of a value over seeds, test examples apart. df: for how many degrees of freedom
    that counts.
    """

    variance: float
    df: float


@dataclass(frozen=True)
class Shift:
    """What the second run has over the first, in the metric's own units.

    base, head: means over the seeds compared. difference: head - base. se: its standard error;
    se_examples: the part of it that other test examples would make up. weight: the degrees of
    freedom with which the other part is known, that of the seeds. sd_one: a base value's standard
    deviation over test examples. sd_seeds: the noise from seed to seed, the prior counted in.
    base_seeds, head_seeds: how many. paired: whether each seed was compared with itself. one_fit:
    whether the two runs' fits are the same ones.
    """

    base: float
    head: float
    difference: float
    se: float
    se_examples: float
    weight: float
    sd_one: float
    sd_seeds: float
    base_seeds: int
    head_seeds: int
    paired: bool
    one_fit: bool = False

    @property
    def parts(self) -> list[Part]:
        """The variance over test examples, which counts as known, and that over seeds."""
        over_examples = self.se_examples**2
        return [(over_examples, math.inf), (max(0.0, self.se**2 - over_examples), self.weight)]

    def reach(self, level: float) -> float:
        """How far the difference goes by chance on one side, but for a share `level` of runs."""
        return reach(self.parts, 1 - 2 * level)

    def worse(self, higher_is_better: bool) -> float:
        """The one-sided p-value of "it did not get worse"; turned round, of "not better"."""
        gain = self.gain(higher_is_better)
        if gain == 0.0:
            return 1.0 if self.se == 0.0 else 0.5
        half = p_of_parts(abs(gain), self.parts) / 2
        return half if gain < 0 else 1 - half

    def gain(self, higher_is_better: bool) -> float:
        """The difference, above nought where the second run is the better one."""
        return self.difference if higher_is_better else -self.difference

    def visible(self, level: float, minimum: float, caught: float, higher_is_better: bool) -> float:
        """The smallest true loss that a test at this level, and above the minimum, sees so often.

        A loss brings noise of its own: where l of n decisions turn wrong, the same ones in every
        seed, the variance of the difference grows by l / n. For any other metric in [0, 1] n is
        the number of decisions that would make its value as uncertain as it is. What noise a loss
        that is already there has brought is taken off first, or it would count twice.
        """
        value = self.base
        a_decision = self.sd_one**2 / (value * (1.0 - value)) if 0.0 < value < 1.0 else 0.0
        there = max(0.0, -self.gain(higher_is_better)) * a_decision
        (over_examples, known), over_seeds = self.parts
        still = max(0.0, over_examples - there)
        loss = 0.0
        for _ in range(ROUNDS):
            parts = [(still + loss * a_decision, known), over_seeds]
            called = max(reach(parts, 1 - 2 * level), minimum)
            loss = called + reach(parts, 2 * caught - 1)
        return loss


EQUAL, APART = 0.9, 0.5  # of the examples: with equal predictions; with one of their own
ROUNDS = 12  # each about halves how far the loss is off, so that it is good to three digits
NOTHING = Prior(0.0, 0.0)


def shift(
    base: Mapping[int, Scored], head: Mapping[int, Scored], prior: Prior = NOTHING
) -> Shift | None:
    """The shift from one run to another of one model on one task; None where one has no value.

    base, head: seed to the model's predictions of that seed. Raises ValueError where a seed of
    both was tested on different examples.

    With W the variance over test examples of the difference, T that of a value over seeds and
    b, h the numbers of seeds, se^2 = W + T (1 / b + 1 / h). T is what seeds vary beyond what
    their test examples explain, joined with the prior as if that were `prior.df` more seeds
    (Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3(1), section 3).
    The prior speaks of what is usual and must not talk an unusual model quiet: where seeds within
    a run vary more, its variance is raised to theirs, and counts for the less the more it had to
    be raised. A model whose seeds all predict the same, in both runs, does not depend on the seed,
    and runs of the same fits do not differ by it: then T is nought.

    Each part of se^2 has its own t, and their squares add (Zou & Donner 2008, as in `paired`). Not
    Satterthwaite's single t: its degrees of freedom are most where T came out too small.
    """
    before, after, paired = _comparable(base, head)
    if not before or not after:
        return None
    shares = shares_of([*before, *after])
    drawn = shares @ shares.T  # covariances of the values over test examples
    values = np.array([one.value for one in (*before, *after)])
    b, h = len(before), len(after)
    contrast = np.repeat([-1.0 / b, 1.0 / h], [b, h])
    over_examples = max(0.0, float(contrast @ drawn @ contrast))
    between, weight = _between(values, drawn, [*before, *after], b, paired, prior)
    one_fit = paired and all(map(same_fit, before, after))
    if one_fit or (steady(before) and steady(after)):
        between = 0.0
    over_seeds = between * (1.0 / b + 1.0 / h)
    return Shift(
        base=float(values[:b].mean()),
        head=float(values[b:].mean()),
        difference=float(values[b:].mean() - values[:b].mean()),
        se=math.sqrt(over_examples + over_seeds),
        se_examples=math.sqrt(over_examples),
        weight=weight,
        sd_one=math.sqrt(float(np.trace(drawn[:b, :b])) / b),
        sd_seeds=math.sqrt(between),
        base_seeds=b,
        head_seeds=h,
        paired=paired,
        one_fit=one_fit,
    )


def _between(
    values: Array, drawn: Array, runs: Sequence[Scored], b: int, paired: bool, prior: Prior
) -> tuple[float, float]:
    """T, and the degrees of freedom with which it is known.

    A prior that lies below what the seeds within the runs vary is raised to that, and then tells
    nothing that they do not: its degrees of freedom are theirs, but for the share that the prior
    is of them.
    """
    seeds, seeds_df = _over_seeds(values, drawn, b, paired)
    within, within_df = _within(values, drawn, b, runs, paired)
    weight = prior.df + seeds_df
    usual = max(prior.variance, within)
    between = (prior.df * usual + seeds_df * seeds) / weight if weight else 0.0
    if within > prior.variance and weight > within_df:
        weight = within_df + (weight - within_df) * prior.variance / within
    return between, weight


def _comparable(
    base: Mapping[int, Scored], head: Mapping[int, Scored]
) -> tuple[list[Scored], list[Scored], bool]:
    """Those with a value: of the seeds that both have, or of all where they share none."""
    before = {seed: one for seed, one in base.items() if not math.isnan(one.value)}
    after = {seed: one for seed, one in head.items() if not math.isnan(one.value)}
    shared = sorted(before.keys() & after.keys())
    for seed in shared:
        if not np.array_equal(before[seed].ids, after[seed].ids):
            raise ValueError(f"seed {seed} was tested on different examples")
    if shared:
        return [before[seed] for seed in shared], [after[seed] for seed in shared], True
    return list(before.values()), list(after.values()), False


def steady(runs: Sequence[Scored]) -> bool:
    """Whether the seeds, two or more, tested on the same examples, all predict the same."""
    return len(runs) > 1 and all(same(runs[0], other) for other in runs[1:])


def same_fit(one: Scored, other: Scored) -> bool:
    """Whether both are one fit, of which at most a few predictions were changed afterwards.

    Told by predictions that are equal to the last digit, on nine examples of ten; where a model
    tells examples apart so little that such equality could be chance, it says nothing.
    """
    if one.marks is None or other.marks is None or not len(one.marks):
        return False
    apart = len(np.unique(one.marks)) / len(one.marks)
    return apart >= APART and float(np.mean(one.marks == other.marks)) >= EQUAL


def same(one: Scored, other: Scored) -> bool:
    """Whether two runs predicted the same, as far as the metric can tell."""
    return (
        one.value == other.value
        and np.array_equal(one.ids, other.ids)
        and np.array_equal(one.pulls, other.pulls)
    )


def shares_of(runs: Sequence[Scored]) -> Array:
    """(runs, units): what each example adds to each value; nought where it was not tested.

    Where all runs have groups, a unit is a group: its examples were drawn together.
    """
    grouped = all(one.groups is not None for one in runs)
    names = [one.groups if grouped and one.groups is not None else one.ids for one in runs]
    units, place = np.unique(np.concatenate(names), return_inverse=True)
    shares = np.zeros((len(runs), len(units)))
    start = 0
    for row, one in zip(shares, runs, strict=True):
        end = start + len(one.ids)
        row += np.bincount(place[start:end], one.pulls / len(one.ids), len(units))
        start = end
    return shares


def _over_seeds(values: Array, drawn: Array, b: int, paired: bool) -> tuple[float, int]:
    """The variance of a value over seeds beyond what test examples explain, and its df."""
    if paired:
        # The difference of a seed holds the noise of two fits.
        differences = values[b:] - values[:b]
        apart = drawn[:b, :b] + drawn[b:, b:] - drawn[:b, b:] - drawn[b:, :b]
        squares, df = beyond(differences, apart)
        squares /= 2.0
    else:
        first, second = beyond(values[:b], drawn[:b, :b]), beyond(values[b:], drawn[b:, b:])
        squares, df = first[0] + second[0], first[1] + second[1]
    return (max(0.0, squares / df), df) if df else (0.0, 0)


def _within(
    values: Array, drawn: Array, b: int, runs: Sequence[Scored], paired: bool
) -> tuple[float, int]:
    """The variance over seeds within each run, and its df; noughts where it is not of fits alone.

    Seeds with test parts of their own have training parts of their own as well, which a seed's
    two fits share: what these move cancels in a difference of the two.
    """
    if paired and any(not np.array_equal(runs[0].ids, one.ids) for one in runs[1:]):
        return 0.0, 0
    return _over_seeds(values, drawn, b, paired=False)


def beyond(values: Array, drawn: Array) -> tuple[float, int]:
    """The sum of squares about the mean, less what sampling alone leads one to expect; its df."""
    df = len(values) - 1
    squares = float(((values - values.mean()) ** 2).sum())
    expected = float(np.trace(drawn) - drawn.sum() / len(values))
    return squares - expected, df
