"""Tune a model: draw trials from its card, judge each on the validation part, keep the best."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchbig.cards import Tuning
from benchbig.data import Context, Notes, Part, Predict

DRAWS = 1000  # tries to draw a combination that has not been tried, before giving up
Fit = Callable[[Part, Context], Predict]


@dataclass(frozen=True)
class Trial:
    """One fit of the search. valid_value: the task's metric; fit_s: seconds, shared ones too."""

    notes: Notes
    params: Mapping[str, Any]
    valid_value: float | None
    fit_s: float


@dataclass(frozen=True)
class Outcome:
    """The trial that was kept, its predict, all trials, and what ended the search.

    stopped_by: "trials" or "seconds" (the budget's bounds), or "exhausted" (nothing left to try).
    """

    kept: Trial
    predict: Predict
    trials: tuple[Trial, ...]
    seconds: float
    stopped_by: str


def search(
    fit: Fit,
    train: Part,
    context: Context,
    ranges: Mapping[str, Any],
    budget: Tuning,
    judge: Callable[[Predict], float | None],
    higher_is_better: bool,
    clock: Callable[[], float] = time.perf_counter,
) -> Outcome:
    """Fit with the card's defaults first, then with drawn combinations within the budget.

    No trial starts that would, at the length of the longest so far, end past budget.seconds;
    the first always runs. What trials share counts once, whether it was computed here or came out
    of a cache. Same seed, same order of combinations. judge: a predict's value on the validation
    part, None where undefined, which counts as worst; of equals the first is kept. No other fitted
    model is held on to, so that the memory of a job is not that of a search.
    """
    sign = 1 if higher_is_better else -1

    def merit(trial: Trial) -> float:
        return -math.inf if trial.valid_value is None else sign * trial.valid_value

    trials: list[Trial] = []
    kept: tuple[Trial, Predict] | None = None
    stopped_by, own, longest, shared = "exhausted", 0.0, 0.0, 0.0
    for choice in combinations(ranges, context.params, context.seed):
        if trials and own + shared + longest > budget.seconds:
            stopped_by = "seconds"
            break
        began = clock()
        trial, predict = _one(fit, train, context.trial(choice), judge, clock)
        trials.append(trial)
        if kept is None or merit(trial) > merit(kept[0]):
            kept = trial, predict
        del predict
        length = clock() - began - trial.notes.filled_s
        own, longest = own + length, max(longest, length)
        notes = trial.notes
        shared = max(shared, notes.shared_s + notes.filled_s + notes.valid_shared_s)
        if len(trials) == budget.trials and ranges:
            stopped_by = "trials"
            break
    assert kept is not None  # the defaults are always tried
    return Outcome(*kept, tuple(trials), own + shared, stopped_by)


def _one(
    fit: Fit,
    train: Part,
    context: Context,
    judge: Callable[[Predict], float | None],
    clock: Callable[[], float],
) -> tuple[Trial, Predict]:
    given, told = train.lend(), replace(context, valid=context.valid.lend())
    began = clock()
    predict = fit(given, told)
    fit_s = clock() - began + context.notes.shared_s
    return Trial(context.notes, context.params, judge(predict), fit_s), predict


def combinations(
    ranges: Mapping[str, Any], defaults: Mapping[str, Any], seed: int
) -> Iterator[dict[str, Any]]:
    """The defaults, then every other combination in a random order, none twice.

    ranges: name -> list of values, or {low, high, log}. Where all are lists the combinations
    run out; a range is drawn from without end, uniformly in the value or, with log, in its
    logarithm, whole numbers where both bounds are.
    """
    first = {name: defaults[name] for name in ranges}
    yield first
    if not ranges:
        return
    rng = np.random.default_rng(seed)
    names = sorted(ranges)
    if all(isinstance(ranges[name], list) for name in names):
        everything = list(itertools.product(*(ranges[name] for name in names)))
        for index in rng.permutation(len(everything)):
            choice = dict(zip(names, everything[index], strict=True))
            if choice != first:
                yield choice
        return
    seen = [first]
    while True:
        for _ in range(DRAWS):
            choice = {name: _draw(ranges[name], rng) for name in names}
            if choice not in seen:
                break
        else:
            return
        seen.append(choice)
        yield choice


def _draw(choices: Any, rng: np.random.Generator) -> Any:
    """One value of a list or of a {low, high, log} range."""
    if isinstance(choices, list):
        return choices[int(rng.integers(len(choices)))]
    low, high = choices["low"], choices["high"]
    if choices.get("log"):
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
    else:
        value = float(rng.uniform(low, high))
    return round(value) if isinstance(low, int) and isinstance(high, int) else value
