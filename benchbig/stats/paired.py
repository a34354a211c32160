"""How far apart are two models on one task, seen example by example and seed by seed?

    base = [scored("accuracy", "binary", ids, y, p) for each seed]    # one model
    head = [scored("accuracy", "binary", ids, y, q) for each seed]    # the other, same seeds
    found = compare(base, head)            # found.difference is head's mean less base's

Arrays in, numbers out; nothing here knows a store. docs/statistics.md tells the method and why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics.cells import evaluate, pulls
from benchbig.metrics.score import prepare
from benchbig.stats import student
from benchbig.stats.mcnemar import mcnemar, tango

if TYPE_CHECKING:
    from benchbig.cards import Costs

RANKING = ("average_precision", "roc_auc", "recall_at_fpr")


@dataclass(frozen=True)
class Scored:
    """One model on one seed's test part.

    ids: (n,) int64 of the examples, ascending. value: the metric, nan where it is undefined or
    cannot be compared by example.
    pulls: (n,) how each example pulls on it: sum(pulls**2) / n**2 is the value's variance over
    other test examples. groups: (n,) int64, examples that are not independent, or None.
    right: (n,) bool for accuracy alone, which example was decided rightly. marks: (n,) numbers
    that tell an example's prediction from others, None where it is not known.
    """

    ids: Array
    value: float
    pulls: Array
    groups: Array | None = None
    right: Array | None = None
    marks: Array | None = None


@dataclass(frozen=True)
class Difference:
    """What the head model has over the base model on one task, in the metric's own units.

    base, head: means over the seeds. difference: head - base. low, high: its interval at `level`.
    p: two-sided, of no difference at all. se, df: standard error and the degrees of freedom with
    which Student's t gives that interval, from which other tests follow (benchbig.stats.student).
    se_examples: what other test examples alone would make of se. sd_seeds: standard deviation of
    the seeds' differences, None of one seed. by_seed: each seed's difference. seeds: how many
    pairs of records. n: different test examples. method: in words.
    """

    base: float
    head: float
    difference: float
    low: float
    high: float
    p: float
    se: float
    df: float
    se_examples: float
    sd_seeds: float | None
    by_seed: tuple[float, ...]
    seeds: int
    n: int
    level: float
    method: str


def scored(
    metric: str,
    kind: str,
    ids: Array,
    y: Array,
    p: Array,
    costs: Costs | None = None,
    groups: Array | None = None,
) -> Scored:
    """A model's predictions on one test part, made ready for any number of comparisons.

    metric, kind: names as on a task's card. ids: (n,); y: (n,) or (n, m) and p: (n,) or (n, k)
    as stored. groups: (n,) int64 where examples come in groups that are drawn together.
    """
    order = np.argsort(ids, kind="stable")
    cells = prepare(metric, kind, y[order], p[order], costs)
    value = evaluate(cells)
    pull = np.full(len(ids), np.nan) if math.isnan(value) else pulls(cells)
    if np.isnan(pull).any():
        value = math.nan  # such as the share of items shown: no example has a part in it
    if metric in RANKING:
        pull = pull * _small_sample(y[order])
    elif len(ids) > 1:
        pull = pull * math.sqrt(len(ids) / (len(ids) - 1))
    grouped = None if groups is None else groups[order]
    right = _right(metric, y[order], p[order])
    return Scored(ids[order], value, pull, grouped, right, _marks(p[order]))


def _marks(p: Array) -> Array:
    """(n,) a number for each prediction; of many columns their sum by weights that differ."""
    if p.ndim == 1:
        return p
    weights = np.sqrt(np.arange(2.0, p.shape[1] + 2.0))
    # Not by a product of matrices, whose last digits depend on where a row stands.
    marks: Array = (p * weights).sum(axis=1)
    return marks


def compare(
    base: Sequence[Scored],
    head: Sequence[Scored],
    level: float = 0.95,
) -> Difference | None:
    """The difference between two models; None where no seed has a value of both.

    base, head: one Scored a seed, the same seeds in the same order. Raises ValueError where the
    two of a seed were tested on different examples.

    With S seeds, s the standard deviation of their differences, and c the mean covariance between
    two seeds' differences that the test examples they share bring about: se^2 = s^2 / S + c, which
    is unbiased whether the seeds share their test part (then c is the variance over test
    examples), share none of it (c = 0) or some. s^2 is never taken for less than the test
    examples alone make it. The interval squares t with S - 1 degrees of freedom on the first part
    and its own t on the second, and adds (Zou & Donner 2008). One seed: test examples alone, and
    for accuracy McNemar's test with Tango's interval.
    """
    pairs = paired(base, head)
    if not pairs:
        return None
    by_seed = np.array([other.value - one.value for one, other in pairs])
    units, shares = moved(pairs)
    difference = float(by_seed.mean())
    parts, se_examples = _doubt(by_seed, shares)
    reach = student.reach(parts, level)
    low, high = difference - reach, difference + reach
    p = student.p_of_parts(abs(difference), parts)
    se = math.sqrt(sum(variance for variance, _ in parts))
    if len(pairs) == 1 and pairs[0][0].right is not None and pairs[0][0].groups is None:
        low, high, p = _of_shares(*pairs[0], level)
    return Difference(
        base=float(np.mean([one.value for one, _ in pairs])),
        head=float(np.mean([other.value for _, other in pairs])),
        difference=difference,
        low=low,
        high=high,
        p=p,
        se=se,
        df=student.freedom(reach / se, level) if se > 0 else math.inf,
        se_examples=se_examples,
        sd_seeds=float(by_seed.std(ddof=1)) if len(pairs) > 1 else None,
        by_seed=tuple(by_seed.tolist()),
        seeds=len(pairs),
        n=len(units) if pairs[0][0].groups is None else len(merged([a.ids for a, _ in pairs])[0]),
        level=level,
        method=_method(pairs),
    )


def paired(base: Sequence[Scored], head: Sequence[Scored]) -> list[tuple[Scored, Scored]]:
    """The seeds on which both have a value.

    Raises ValueError where the two of a seed were tested on different examples.
    """
    pairs = [
        (one, other)
        for one, other in zip(base, head, strict=True)
        if not math.isnan(one.value) and not math.isnan(other.value)
    ]
    for one, other in pairs:
        if not np.array_equal(one.ids, other.ids):
            raise ValueError("the two models were tested on different examples")
    return pairs


def moved(pairs: Sequence[tuple[Scored, Scored]]) -> tuple[Array, Array]:
    """What each drawn unit adds to each seed's difference: units (u,), and (S, u).

    A unit is an example, or a group of them; one that a seed's test part lacks adds nothing.
    """
    units, places = merged([one.ids if one.groups is None else one.groups for one, _ in pairs])
    shares = np.zeros((len(pairs), len(units)))
    for row, place, (one, other) in zip(shares, places, pairs, strict=True):
        by_example = (other.pulls - one.pulls) / len(one.ids)
        row += np.bincount(place, by_example, len(units))
    return units, shares


def merged(names: Sequence[Array]) -> tuple[Array, list[Array]]:
    """The different names of several lists, ascending, and where each of a list's stands."""
    first = names[0]
    distinct = bool((first[1:] > first[:-1]).all())
    if distinct and all(np.array_equal(first, other) for other in names[1:]):
        return first, [np.arange(len(first))] * len(names)  # without sorting what is sorted
    units, place = np.unique(np.concatenate(names), return_inverse=True)
    return units, np.split(place, np.cumsum([len(one) for one in names])[:-1])


def _method(pairs: Sequence[tuple[Scored, Scored]]) -> str:
    what = "examples" if pairs[0][0].groups is None else "groups of examples"
    if len(pairs) == 1:
        return f"paired by test {what}; one seed, so not over other trainings"
    return f"paired by test {what} and over {len(pairs)} seeds"


def _right(metric: str, y: Array, p: Array) -> Array | None:
    """Which examples were decided rightly, where that is all the metric counts."""
    if metric != "accuracy":
        return None
    decided = p >= 0.5 if p.ndim == 1 else p.argmax(axis=1)
    right: Array = decided == y
    return right


def _of_shares(base: Scored, head: Scored, level: float) -> tuple[float, float, float]:
    """Interval and p-value of a difference of two accuracies on one test part."""
    assert base.right is not None
    assert head.right is not None
    gained, lost = int((head.right & ~base.right).sum()), int((base.right & ~head.right).sum())
    return *tango(gained, lost, len(base.ids), level), mcnemar(gained, lost)


def _small_sample(y: Array) -> Array:
    """(n,) factors that give the area under the ROC curve exactly DeLong's variance.

    DeLong, DeLong & Clarke-Pearson 1988 divide by one less than the examples of each class.
    """
    sizes = np.bincount(y.astype(np.int64), minlength=2).astype(np.float64)
    factors = np.sqrt(sizes / np.maximum(sizes - 1, 1))
    result: Array = factors[y.astype(np.int64)]
    return result


def _doubt(by_seed: Array, shares: Array) -> tuple[list[student.Part], float]:
    """Independent parts of the variance, and the standard error over test examples alone."""
    seeds = len(by_seed)
    together = shares.mean(axis=0)
    over_examples = float((together**2).sum())
    examples_df = _freedom(together)
    if seeds == 1:
        return [(over_examples, examples_df)], math.sqrt(over_examples)
    products = shares @ shares.T
    alone = float(np.trace(products)) / seeds
    common = max(0.0, (float(products.sum()) / seeds - alone) / (seeds - 1))
    own = alone - common  # what test examples alone make the seeds differ by
    seen = float(by_seed.var(ddof=1))
    parts = [(max(own, seen) / seeds, seeds - 1.0), (common, examples_df)]
    return parts, math.sqrt(over_examples)


def _freedom(shares: Array) -> float:
    """The degrees of freedom of sum(shares**2): 2 / (its relative variance).

    2 n / (kurtosis - 1): about n where all examples matter alike, few where few of them do.
    """
    squares = shares**2
    total = squares.sum()
    spread = (squares**2).sum() / total**2 - 1 / len(shares) if total > 0 else 0.0
    return max(1.0, 2.0 / spread) if spread > 0 else math.inf
