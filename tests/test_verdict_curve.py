"""From how many examples on is the large model better? A small store, and the words."""

from __future__ import annotations

import pytest
from stores_by_hand import add

from benchbig.cards import find
from benchbig.stats.crossover import Crossing
from benchbig.verdict.curve import _said
from benchbig.verdict.judge import judge
from benchbig.verdict.result import Point


def test_the_crossover_of_a_store_with_a_learning_curve(tmp_path):
    """Level near 1,000: below it the classical model is right 20 points more often."""
    for asked_for, classical, large in ((100, 0.8, 0.6), (1000, 0.8, 0.8), (0, 0.8, 0.95)):
        add(tmp_path, "churn", "logreg", classical, asked=asked_for)
        add(tmp_path, "churn", "bert", large, asked=asked_for, family="pretrained")
    (one,) = judge(tmp_path, find()).tasks
    found = one.crossover
    assert found.direction == "large from"
    assert [point.n_train for point in found.points] == [100, 1000, 8000]
    assert found.low < 1000 < found.high
    assert found.text.startswith("the large model is ahead from about")
    assert one.classical.n_train == 8000
    last = found.points[-1]  # of the size that the verdict is about: the same gain and interval
    assert (last.gain, last.low, last.high) == (one.gain.value, one.gain.low, one.gain.high)


def test_a_model_that_learns_nothing_stands_at_every_size(tmp_path):
    """Run once, on all rows: with 100 rows it beats what was fine-tuned on so few."""
    for asked_for, classical, large in ((100, 0.7, 0.6), (1000, 0.8, 0.7), (0, 0.8, 0.95)):
        add(tmp_path, "churn", "logreg", classical, asked=asked_for)
        add(tmp_path, "churn", "bert", large, asked=asked_for, family="pretrained",
            valid_value=large)  # fmt: skip
    asked = {"family": "pretrained", "adaptation": "zero_shot", "valid_value": 0.75}
    add(tmp_path, "churn", "told", 0.75, **asked)
    (one,) = judge(tmp_path, find()).tasks
    points = one.crossover.points
    assert [(point.n_train, point.large) for point in points] == [
        (100, "told"), (1000, "told"), (8000, "bert"),
    ]  # fmt: skip
    assert points[0].large_value == points[1].large_value
    assert points[0].gain > 0 > points[1].gain


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (500.0, 1900.0, "; between 500 and 1,900"),
        (None, 1900.0, "; below 1,900, perhaps below the 100 that were tried"),
        (500.0, None, "; above 500, perhaps above the 24,000 that were tried"),
        (None, None, "; perhaps outside of the 100 to 24,000 that were tried"),
    ],
)
def test_a_crossover_is_told_with_its_ends(low, high, text):
    points = tuple(Point(n, "svm", "bert", 0.8, 0.8, 0.0, -0.1, 0.1) for n in (100, 24000))
    found = _said(Crossing(True, 817.0, low, high, 0), points)
    assert found.text == "the large model is ahead from about 820 examples" + text
    until = _said(Crossing(False, 817.0, 500.0, 1900.0, 0), points)
    assert until.text.startswith("the large model is ahead up to about 820 examples")


@pytest.mark.parametrize(
    ("gains", "always", "text"),
    [
        ((-0.2, -0.2), "classical", "the classical model is ahead throughout"),
        ((0.2, 0.3), "large", "the large model is ahead throughout"),
        ((0.2, 0.05), "large", "the large model is ahead throughout, which may be chance at 200"),
        ((-0.05, -0.01), "classical",
         "the classical model is ahead throughout, which may be chance at each size"),
        ((-0.2, 0.01), None,
         "now one is ahead and now the other, and no size where that turns can be told"),
        ((0.0, 0.0), None, "the two are level"),
    ],
)  # fmt: skip
def test_who_is_ahead_throughout_is_said_with_its_doubts(gains, always, text):
    """Intervals reach 0.1 to either side."""
    points = tuple(
        Point(n, "svm", "bert", 0.8, 0.8, gain, gain - 0.1, gain + 0.1)
        for n, gain in zip((100, 200), gains, strict=True)
    )
    found = _said(Crossing(True, None, None, None, -1), points)
    assert (found.always, found.text) == (always, f"not within 100 to 200: {text}")


def test_the_size_that_both_families_have_counts(tmp_path):
    add(tmp_path, "churn", "logreg", 0.9)
    add(tmp_path, "churn", "logreg", 0.8, asked=1000)
    add(tmp_path, "churn", "bert", 0.85, asked=1000, family="pretrained")
    (one,) = judge(tmp_path, find()).tasks
    assert one.classical.n_train == 1000
    assert one.notes[0] == "at 1,000 training rows, the most at which both families have a value"
