"""The rule of the verdict, what matters, and how amounts are written."""

from __future__ import annotations

import dataclasses
import math

import pytest

from benchbig.errors import BenchError
from benchbig.metrics.names import ABSENT
from benchbig.verdict import effects, say
from benchbig.verdict.decide import decide
from benchbig.verdict.result import ADOPT, ALIKE, KEEP, UNSURE, BreakEven, Contender, Gain


def contender(name: str, **facts: object) -> Contender:
    known = dict.fromkeys(Contender.__dataclass_fields__)
    about = {"model": name, "family": "classical", "device": "cpu", "value": 0.8, "seeds": 3}
    return Contender(**{**known, **about, "reduced": False, **facts})


def gained(value: float, low: float, high: float, p: float) -> Gain:
    return Gain(value, low, high, p, p, 0.01, 9.0, 0.031, (value,) * 3, 3, 400, 0.95, "by hand")


def decided(gain: Gain | None, pays: BreakEven | None = None):
    return decide("accuracy", contender("svm"), contender("bert"), gain, 0.01, pays)


@pytest.mark.parametrize(
    ("gain", "verdict", "choice"),
    [
        (gained(0.03, 0.01, 0.05, 0.001), ADOPT, "bert"),
        (gained(0.03, -0.01, 0.07, 0.2), UNSURE, None),
        (gained(0.03, 0.001, 0.06, 0.06), UNSURE, None),  # Holm's p counts, not the interval
        (gained(0.008, 0.002, 0.014, 0.001), UNSURE, None),  # sure, but does it matter?
        (gained(0.004, 0.001, 0.007, 0.001), ALIKE, "svm"),  # sure, and too small to matter
        (gained(0.0, -0.009, 0.009, 1.0), ALIKE, "svm"),
        (gained(-0.01, -0.028, 0.008, 0.3), KEEP, "svm"),  # worse or not, it is not better
        (gained(-0.03, -0.05, -0.01, 0.001), KEEP, "svm"),
        (gained(0.0, -0.05, 0.05, 1.0), UNSURE, None),
        (None, UNSURE, None),
    ],
)
def test_the_rule_gives_one_of_four_verdicts(gain, verdict, choice):
    found = decided(gain)
    assert (found.verdict, found.choice) == (verdict, choice)


def test_the_verdict_says_what_could_not_be_seen():
    why = decided(gained(0.0, -0.05, 0.05, 1.0)).why
    assert why == (
        "bert was level [-5.0, +5.0] here, which may be chance; with 400 test examples and 3 "
        "seeds, a true difference under 3.1 points is often missed"
    )
    sure = decided(gained(0.008, 0.002, 0.014, 0.001)).why
    assert "better by 0.8 points [+0.2, +1.4] here, which may be less than the 1.0 points" in sure


def test_of_two_that_are_alike_the_cheaper_is_taken():
    small = contender("bert", cost_per_million=1.0)
    gain = gained(0.0, -0.009, 0.009, 1.0)
    found = decide("accuracy", contender("svm", cost_per_million=2.0), small, gain, 0.01, None)
    assert found.choice == "bert"
    assert found.why.endswith("; take bert, the cheaper one")


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (2.0, "take svm, which costs no more"),
        (3.0, "take svm, the cheaper one"),
        (None, "take svm, as what their predictions cost is not known of both"),
    ],
)
def test_why_the_classical_one_is_taken_of_two_that_are_alike(cost, said):
    large = contender("bert", cost_per_million=cost)
    gain = gained(0.0, -0.009, 0.009, 1.0)
    found = decide("accuracy", contender("svm", cost_per_million=2.0), large, gain, 0.01, None)
    assert (found.choice, found.why.rsplit("; ", 1)[1]) == ("svm", said)


def test_a_better_model_that_never_pays_is_not_adopted():
    gain = gained(0.03, 0.01, 0.05, 0.001)
    dear = BreakEven(1.0, 100.0, 30000.0, 50.0, 20.0, 80.0, "card", 0.01, math.inf, "")
    assert decided(gain, dear).verdict == KEEP
    perhaps = dataclasses.replace(dear, value_high=120.0)
    assert decided(gain, perhaps).verdict == ADOPT
    unknown = dataclasses.replace(dear, value_per_million=None, value_low=None, value_high=None)
    assert decided(gain, unknown).verdict == ADOPT


def test_a_minimum_effect_is_a_default_a_number_or_a_metrics_own():
    assert effects.min_effect("accuracy", {}, 0.9) == 0.01
    assert effects.min_effect("log_loss", {}, 0.4) == pytest.approx(0.02)
    given = effects.parse(["0.05", "roc_auc=2%,f1=0"])
    assert given == {"": 0.05, "roc_auc": 0.02, "f1": 0.0}
    assert effects.min_effect("accuracy", given, 0.9) == 0.05
    assert effects.min_effect("roc_auc", given, 0.9) == 0.02
    for wrong in ("much", "-1", "nan", "inf"):
        with pytest.raises(BenchError, match=r"type such as 0\.01"):
            effects.parse([wrong])
    with pytest.raises(BenchError, match="did you mean 'accuracy'"):
        effects.parse(["acuracy=1"])


def test_amounts_are_written_for_people():
    assert say.gap("accuracy", 0.032) == "+3.2 points"
    assert say.gap("roc_auc", -0.0123) == "-0.012"
    assert say.between("accuracy", -0.01, 0.02) == "[-1.0, +2.0]"
    assert [say.money(x, "EUR") for x in (None, 0, 0.001, 0.5, 4.2, 31, 1234)] == [
        ABSENT, "0 EUR", "<0.01 EUR", "0.50 EUR", "4.2 EUR", "31 EUR", "1,200 EUR",
    ]  # fmt: skip
    assert [say.times(x) for x in (0.08, 1.0, 36.97, 1234)] == ["0.08x", "1.0x", "37x", "1,200x"]
    assert say.about(817) == "820"
    assert say.p_value(0.00001) == "<0.0001"
    assert say.p_value(0.0034) == "0.0034"
