"""Is the search fair: defaults first, nothing twice, one budget, the best by validation kept?"""

from __future__ import annotations

import itertools
import math
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchbig.cards import Tuning
from benchbig.data import Context, Part, Predict
from benchbig.worker.search import Outcome, combinations, search

PART = Part(np.array(["a", "b"], dtype=object), np.array([0, 1]), np.array([0, 1]))
RANGES = {"a": [1, 2, 3], "b": [10, 20]}
DEFAULTS = {"a": 2, "b": 10, "fixed": "x"}


class Clock:
    """A clock that stands still until it is told how long something took."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def context(params: Mapping[str, Any]) -> Context:
    return Context(
        task=None,  # type: ignore[arg-type]
        params=params,
        seed=0,
        valid=PART,
        files={},
        device="cpu",
        threads=1,
        cache=Path("cache"),
    )


def run(
    values: list[float | None],
    budget: Tuning,
    ranges: Mapping[str, Any] = RANGES,
    higher_is_better: bool = True,
    lengths: Iterator[float] | None = None,
) -> Outcome:
    """A search whose n-th trial takes the n-th length and is judged to be the n-th value."""
    clock = Clock()
    durations = lengths or itertools.repeat(1.0)
    given = iter(values)

    def fit(train: Part, context: Context) -> Predict:
        clock.now += next(durations)
        context.notes.n_params = context.params["a"]
        return lambda X: np.zeros(len(X))

    def judge(predict: Predict) -> float | None:
        return next(given)

    return search(
        fit, PART, context(DEFAULTS), ranges, budget, judge, higher_is_better, clock
    )  # fmt: skip


def test_the_defaults_come_first_and_nothing_comes_twice():
    choices = list(combinations(RANGES, DEFAULTS, seed=0))
    assert choices[0] == {"a": 2, "b": 10}
    assert len(choices) == 6
    assert len({tuple(choice.items()) for choice in choices}) == 6


def test_a_seed_fixes_the_order_and_another_changes_it():
    orders = [list(combinations(RANGES, DEFAULTS, seed)) for seed in (0, 0, 1, 2, 3)]
    assert orders[0] == orders[1]
    assert len({str(order) for order in orders}) > 1


def test_a_range_is_drawn_within_its_bounds_and_in_its_measure():
    ranges = {"c": {"low": 1e-4, "high": 1e4, "log": True}, "k": {"low": 1, "high": 9}}
    drawn = list(itertools.islice(combinations(ranges, {"c": 1.0, "k": 5}, 0), 1, 400))
    logs = [math.log10(choice["c"]) for choice in drawn]
    assert all(-4 <= log <= 4 for log in logs)
    assert sum(log < 0 for log in logs) / len(logs) == pytest.approx(0.5, abs=0.1)
    assert {choice["k"] for choice in drawn} == set(range(1, 10))
    assert all(isinstance(choice["k"], int) for choice in drawn)


def test_a_range_that_runs_out_ends():
    assert len(list(combinations({"k": {"low": 1, "high": 3}}, {"k": 2}, 0))) == 3


def test_values_of_a_card_reach_the_record_as_they_stand():
    """numpy's bool or int would not go into JSON."""
    for choice in combinations({"a": [True, False], "k": {"low": 1, "high": 9}},
                               {"a": True, "k": 1}, 0):  # fmt: skip
        assert type(choice["a"]) is bool
        assert type(choice["k"]) is int
        break


def test_without_ranges_there_is_one_trial():
    outcome = run([0.5], Tuning(8, 1000.0), ranges={})
    assert (len(outcome.trials), outcome.stopped_by) == (1, "exhausted")
    assert outcome.kept.params == DEFAULTS


def test_the_number_of_trials_is_bounded():
    outcome = run([0.1] * 3, Tuning(3, 1000.0))
    assert (len(outcome.trials), outcome.stopped_by) == (3, "trials")


def test_no_trial_starts_that_would_end_too_late():
    """Trials of 2, 5 and 2 s within 13 s: after 9 s, another of 5 s would end at 14."""
    outcome = run([0.1] * 6, Tuning(6, 13.0), lengths=iter([2.0, 5.0, 2.0]))
    assert (len(outcome.trials), outcome.stopped_by, outcome.seconds) == (3, "seconds", 9.0)


def test_the_first_trial_always_runs():
    outcome = run([0.1], Tuning(6, 1.0), lengths=iter([50.0]))
    assert (len(outcome.trials), outcome.stopped_by) == (1, "seconds")
    assert outcome.kept.fit_s == 50.0


def test_a_search_that_tried_everything_says_so():
    outcome = run([0.1] * 6, Tuning(100, 1000.0))
    assert (len(outcome.trials), outcome.stopped_by) == (6, "exhausted")


def test_the_best_on_the_validation_part_is_kept():
    outcome = run([0.5, 0.9, None, 0.7], Tuning(4, 1000.0))
    assert outcome.kept is outcome.trials[1]
    assert outcome.kept.valid_value == 0.9


def test_lower_is_better_where_it_is():
    outcome = run([0.5, 0.9, 0.1, None], Tuning(4, 1000.0), higher_is_better=False)
    assert outcome.kept is outcome.trials[2]


def test_of_equals_the_first_is_kept():
    """So the defaults stand unless something is better."""
    outcome = run([0.5, 0.5, 0.5], Tuning(3, 1000.0))
    assert outcome.kept is outcome.trials[0]


def test_no_fitted_model_but_the_best_is_held_on_to():
    """Eight, with what each was lent, would be in the memory that the job is said to take."""
    made: list[weakref.ref[Any]] = []
    held: list[int] = []

    def fit(train: Part, context: Context) -> Predict:
        held.append(sum(one() is not None for one in made))

        def predict(X: Any) -> Any:
            return np.zeros(len(X))

        made.append(weakref.ref(predict))
        return predict

    values = iter([0.2, 0.9, 0.1, 0.3])
    search(fit, PART, context(DEFAULTS), RANGES, Tuning(4, 99.0), lambda _: next(values), True)
    assert held == [0, 1, 1, 1]


def test_each_trial_has_its_own_parameters_and_notes():
    outcome = run([0.1] * 6, Tuning(6, 1000.0))
    assert [trial.notes.n_params for trial in outcome.trials] == [
        trial.params["a"] for trial in outcome.trials
    ]
    assert all(trial.params["fixed"] == "x" for trial in outcome.trials)


def test_seconds_taken_from_a_cache_count_into_the_fit():
    def fit(train: Part, context: Context) -> Predict:
        context.notes.shared_s = 7.0
        return lambda X: np.zeros(len(X))

    clock = Clock()
    outcome = search(fit, PART, context({}), {}, Tuning(), lambda predict: 1.0, True, clock)
    assert outcome.kept.fit_s == 7.0


@pytest.mark.parametrize("cached", [False, True])
def test_what_trials_share_counts_once_whether_a_cache_had_it_or_not(cached: bool) -> None:
    """An embedding of 10 seconds and heads of 4: 10 + 4 + 4 fit into 21 seconds, a third not."""
    clock = Clock()
    filled = [cached]

    def fit(train: Part, context: Context) -> Predict:
        clock.now += 4.0
        if filled[0]:
            context.notes.shared_s = 10.0
        else:
            context.notes.filled_s, filled[0] = 10.0, True
            clock.now += 10.0
        return lambda X: np.zeros(len(X))

    found = search(
        fit, PART, context(DEFAULTS), RANGES, Tuning(8, 21.0), lambda predict: 0.5, True, clock
    )
    assert (len(found.trials), found.seconds, found.stopped_by) == (2, 18.0, "seconds")
    assert [trial.fit_s for trial in found.trials] == [14.0, 14.0]


def test_what_judging_was_spared_counts_in_the_search_but_not_in_the_fit() -> None:
    """A validation part that took 10 seconds once, and heads of 4: as above."""
    clock = Clock()

    def fit(train: Part, context: Context) -> Predict:
        clock.now += 4.0
        context.notes.valid_shared_s = 10.0
        return lambda X: np.zeros(len(X))

    found = search(
        fit, PART, context(DEFAULTS), RANGES, Tuning(8, 21.0), lambda predict: 0.5, True, clock
    )
    assert (len(found.trials), found.seconds, found.stopped_by) == (2, 18.0, "seconds")
    assert [trial.fit_s for trial in found.trials] == [4.0, 4.0]
