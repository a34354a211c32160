"""Verdicts: contenders, the rule, limits, money and break-even, worked out by hand."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from stores_by_hand import COSTS, add

from benchbig.cards import find
from benchbig.errors import BenchError
from benchbig.metrics.names import ABSENT
from benchbig.stats.crossover import Crossing
from benchbig.stats.paired import Difference
from benchbig.verdict import effects, limits, money, say
from benchbig.verdict.curve import _said
from benchbig.verdict.decide import decide
from benchbig.verdict.judge import Settings, judge
from benchbig.verdict.overall import _friedman, _wilcoxon
from benchbig.verdict.regret import ScaledGain, regrets
from benchbig.verdict.result import ADOPT, ALIKE, KEEP, UNSURE, BreakEven, Contender, Gain, Point
from benchbig.verdict.worth import break_even

PUBLISHED = Path(__file__).resolve().parents[1] / "results"


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
        "bert is level [-5.0, +5.0]; with 400 test examples and 3 seeds, differences under "
        "3.1 points cannot be seen"
    )


def test_of_two_that_are_alike_the_cheaper_is_taken():
    small = contender("bert", cost_per_million=1.0)
    gain = gained(0.0, -0.009, 0.009, 1.0)
    found = decide("accuracy", contender("svm", cost_per_million=2.0), small, gain, 0.01, None)
    assert found.choice == "bert"


def test_a_better_model_that_never_pays_is_not_adopted():
    gain = gained(0.03, 0.01, 0.05, 0.001)
    dear = BreakEven(1.0, 100.0, 30000.0, 50.0, 20.0, 80.0, "card", 0.01, math.inf, "")
    assert decided(gain, dear).verdict == KEEP
    perhaps = dataclasses.replace(dear, value_high=120.0)
    assert decided(gain, perhaps).verdict == ADOPT


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


# Money: a core hour of 0.04, a GB hour of 0.005, an H100 hour of 10, in USD; 2 EUR a USD.
TABLE = """
name = "made up"
date = "2026-01-01"
source = "nowhere"
note = "an assumption"
currency = "USD"
[cpu]
core_hour = 0.04
gb_hour = 0.005
[gpu]
H100 = 10.0
other = 1.0
[rates]
EUR = 2.0
"""


@pytest.fixture
def prices(tmp_path: Path) -> money.PriceTable:
    path = tmp_path / "prices.toml"
    path.write_text(TABLE)
    return money.read(path)


def test_an_hour_costs_its_threads_and_memory_or_its_gpu(prices):
    assert money.hour(prices, "cpu", 2, 4_000_000_000) == pytest.approx(2 * 0.04 + 4 * 0.005)
    assert money.hour(prices, "NVIDIA H100 80GB HBM3", 8, None) == 10.0
    assert money.hour(prices, "NVIDIA L4", 8, None) == 1.0
    assert money.of_seconds(0.1, 1800) == pytest.approx(0.05)
    assert money.of_million(0.1, 1000.0) == pytest.approx(0.1 * 1000 / 3600)
    assert money.of_million(None, 1000.0) is None
    assert money.of_million(0.1, None) is None


def test_prices_can_be_had_in_another_currency(prices, tmp_path):
    euros = money.read(tmp_path / "prices.toml", "EUR")
    assert euros.core_hour == pytest.approx(0.08)
    assert euros.convert(1.0, "USD") == pytest.approx(2.0)
    assert euros.convert(1.0, "EUR") == 1.0
    assert prices.convert(1.0, "EUR") == pytest.approx(0.5)
    assert prices.convert(1.0, "units") is None


def test_the_price_table_that_comes_along_says_its_date_and_source():
    about = money.read().about
    assert about.currency == "USD"
    assert about.date.startswith("20")
    assert "assumption" in about.note
    assert about.source


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("core_hour = 0.04", "", "cpu.core_hour must be a number, not None"),
        ("gb_hour = 0.005", 'gb_hour = "x"', "cpu.gb_hour must be a number"),
        ("H100 = 10.0", "H100 = -1.0", "gpu.H100 must be a number"),
        ('note = "an assumption"', "", "'note' is missing"),
        ('source = "nowhere"', 'sorce = "nowhere"', "unknown key 'sorce'; did you mean 'source'"),
        ("EUR = 2.0", "EUR = 0", "rates.EUR must be above 0"),
        ("[cpu]", "[cpu", "cannot be read"),
    ],
)
def test_a_wrong_price_table_is_refused_with_what_is_wrong(tmp_path, old, new, said):
    path = tmp_path / "prices.toml"
    path.write_text(TABLE.replace(old, new))
    with pytest.raises(BenchError, match=said.replace("[", r"\[")):
        money.read(path)


def test_a_price_table_without_a_rate_or_a_file_is_refused(tmp_path):
    with pytest.raises(BenchError, match="unknown currency 'XYZ'"):
        money.read(None, "XYZ")
    with pytest.raises(BenchError, match="cannot be read"):
        money.read(tmp_path / "none.toml")


def rows_of(right: float, cost: float):
    """A stand-in for a row: the two metrics that the break-even reads."""

    class Row:
        metrics = {"accuracy": right, "cost_per_1000": cost}  # noqa: RUF012

    return Row()


def billed(fit: float, million: float) -> Contender:
    return contender("one", cost_fit=fit, cost_per_million=million)


def test_what_a_right_decision_must_be_worth_by_hand(prices):
    """3 points more are 30,000 right of a million; 2 + 4 dearer: 6 / 30,000 = 0.0002 each."""
    rows = rows_of(0.90, 0), rows_of(0.93, 0)
    found = break_even(rows, (billed(1, 1), billed(3, 5)), None, None, None, prices)
    assert found.extra_fit == 2
    assert found.extra_per_million == 4
    assert found.right_per_million == pytest.approx(30_000)
    assert found.decision_value == pytest.approx(0.0002)
    assert found.volume is None
    assert "under 0.01 USD" in found.why


def test_a_decisions_value_gives_the_volume_by_hand(prices):
    """Worth 0.001: 30 a million, less 4: 26. Two more a training: 2 / 26 of a million."""
    rows = rows_of(0.90, 0), rows_of(0.93, 0)
    found = break_even(rows, (billed(1, 1), billed(3, 5)), None, None, 0.001, prices)
    assert found.value_per_million == pytest.approx(30)
    assert found.volume == pytest.approx(1e6 * 2 / 26)
    assert "from 77,000 predictions a month" in found.why
    poor = break_even(rows, (billed(1, 1), billed(3, 50)), None, None, 0.001, prices)
    assert math.isinf(poor.volume)
    assert "it never pays" in poor.why


def saving(difference: float, low: float, high: float) -> Difference:
    return Difference(0, 0, difference, low, high, 0.1, 1, 9, 1, 1, (), 3, 9, 0.95, "by hand")


def test_the_cards_costs_give_the_volume_by_hand(prices):
    """cost_per_1000 falls by 0.02 EUR [0.01, 0.03]: 20 EUR a million, 10 USD [5, 15]."""
    euros = dataclasses.replace(COSTS, currency="EUR")
    rows, bills = (rows_of(0.9, 1), rows_of(0.9, 0.98)), (billed(1, 1), billed(3, 5))
    found = break_even(rows, bills, euros, saving(-0.02, -0.03, -0.01), None, prices)
    assert (found.value_per_million, found.value_low, found.value_high) == pytest.approx(
        (10, 5, 15)
    )
    assert found.volume == pytest.approx(1e6 * 2 / 6)
    assert found.value_of == "card"
    assert found.why.endswith("it pays from 330,000 predictions a month")
    unsure = break_even(rows, bills, euros, saving(-0.02, -0.03, 0.01), None, prices)
    assert unsure.why.endswith("whether it pays is not known")
    units = dataclasses.replace(COSTS, currency="units")
    unknown = break_even(rows, bills, units, saving(-0.02, -0.03, -0.01), None, prices)
    assert unknown.value_per_million is None


def test_a_model_of_unknown_cost_has_no_break_even(prices):
    rows = rows_of(0.9, 0), rows_of(0.9, 0)
    assert break_even(rows, (billed(1, 1), contender("two")), None, None, None, prices) is None


def test_regret_is_what_the_other_would_have_brought():
    """Gains .4 and -.2 of the span: always classical misses .2 on average, always large .1."""
    gains = [ScaledGain("a", "x", 0.4, 0.0, 0.04), ScaledGain("b", "y", -0.2, 0.0, -0.01)]
    found = {(one.sector, one.rule): one for one in regrets(gains)}
    assert found["all", "always classical"].value == pytest.approx(0.2)
    assert found["all", "always large"].value == pytest.approx(0.1)
    assert found["x", "always large"].value == 0
    assert found["x", "always large"].worst_task is None
    assert found["y", "always large"].worst_loss == pytest.approx(0.01)
    assert regrets([]) == ()


# A store: on churn the large model is clearly better, on faults clearly worse.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    add(tmp_path, "churn", "logreg", 0.75, valid_value=0.75)
    add(tmp_path, "churn", "svm", 0.74, valid_value=0.70)
    add(tmp_path, "churn", "bert", 0.93, family="pretrained", latency_ms=slow(90))
    add(tmp_path, "churn", "small", 0.90, family="pretrained", valid_value=0.5)
    add(tmp_path, "faults", "logreg", 0.9)
    add(tmp_path, "faults", "bert", 0.7, family="pretrained", latency_ms=slow(90))
    return tmp_path


def slow(ms: float) -> dict[str, float]:
    return {"p50": ms, "p90": ms, "p99": ms, "n": 10}


def asked(**facts: object) -> Settings:
    return Settings(limits=limits.Limits(**facts))


def test_a_store_is_judged_task_by_task(folder):
    found = {one.task: one for one in judge(folder, find()).tasks}
    assert found["churn"].verdict == ADOPT
    assert found["churn"].choice == "bert"
    assert found["churn"].gain.value == pytest.approx(
        found["churn"].large.value - found["churn"].classical.value
    )
    assert found["faults"].verdict == KEEP
    assert found["churn"].ratios.latency == pytest.approx(90 / 0.21)
    assert found["churn"].gain.p_holm >= found["churn"].gain.p


def test_contenders_are_chosen_on_the_validation_part(tmp_path):
    """svm is better on the test part, logreg on the validation part: logreg stands."""
    add(tmp_path, "churn", "logreg", 0.7, valid_value=0.8)
    add(tmp_path, "churn", "svm", 0.9, valid_value=0.7)
    add(tmp_path, "churn", "bert", 0.9, family="pretrained")
    (one,) = judge(tmp_path, find()).tasks
    assert one.classical.model == "logreg"
    assert one.classical.chosen_from == 2


def test_limits_find_the_winner_again(folder):
    found = judge(folder, find(), asked(latency_ms=50.0))
    churn = next(one for one in found.tasks if one.task == "churn")
    assert churn.large.model == "small"
    assert ("churn", "bert", "latency 90 ms") in {
        (one.task, one.model, one.why) for one in found.left_out
    }
    faults = next(one for one in found.tasks if one.task == "faults")
    assert faults.large is None
    assert (faults.verdict, faults.choice) == (KEEP, "logreg")
    assert "within the limits" in faults.why
    assert found.limits == {"--max-latency-ms": "50"}


def test_limits_that_leave_nobody_leave_no_choice(folder):
    found = judge(folder, find(), asked(params=1.0, latency_ms=0.001))
    assert {(one.verdict, one.choice) for one in found.tasks} == {(UNSURE, None)}


def test_a_family_that_was_never_run_is_not_said_to_be_without_the_limits(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7)
    (one,) = judge(tmp_path, find(), asked(latency_ms=50.0)).tasks
    assert one.verdict == UNSURE
    assert one.why == "no pretrained model has a value"


def test_what_was_not_measured_is_not_within_a_limit(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, latency_ms=None)
    found = judge(tmp_path, find(), asked(latency_ms=50.0))
    assert found.left_out[0].why == "latency not measured"


def test_memory_hardware_and_size_are_limits_too(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7)
    add(tmp_path, "churn", "bert", 0.9, family="pretrained", device="NVIDIA H100", n_params=10**8)
    reasons = {
        "gpu": (asked(gpu=False), "runs on NVIDIA H100"),
        "size": (asked(params=5e7), "parameters 100,000,000"),
        "memory": (asked(memory_bytes=4e8), "memory 412 MB"),
        "licence": (asked(licence="commercial"), "licence unknown: no card"),
    }
    for settings, why in reasons.values():
        out = judge(tmp_path, find(), settings).left_out
        assert ("bert", why) in {(one.model, one.why) for one in out}


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        (("Apache-2.0",), True),
        (("MIT", "CC BY 4.0"), True),
        ((), True),
        (("Apache-2.0", "CC BY-NC 4.0"), False),
        (("research use",), False),
        (("unstated",), False),
        (None, False),
    ],
)
def test_a_licence_allows_business_or_not(licence, free):
    assert (limits._unlicensed(licence) is None) == free


def test_limits_are_read_with_their_units():
    found = limits.parse(50, "2G", "50M", True, "commercial")
    assert found == limits.Limits(50, 2e9, False, "commercial", 5e7)
    assert limits.parse(None, "1.5GB", None, False, "any").memory_bytes == 1.5e9
    for wrong in ((None, "much", None), (None, "0G", None), (None, None, "50X"), (0.0, None, None)):
        with pytest.raises(BenchError, match="--max"):
            limits.parse(*wrong, False, "any")
    with pytest.raises(BenchError, match="unknown licence"):
        limits.parse(None, None, None, False, "free")


def test_one_seed_and_one_task_are_said_to_be_little(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, seeds=(0,))
    add(tmp_path, "churn", "bert", 0.9, seeds=(0,), family="pretrained")
    found = judge(tmp_path, find())
    assert "one seed" in found.tasks[0].notes[0]
    assert found.tasks[0].verdict == ADOPT
    assert "one task" in found.overall.notes[0]


def test_only_seeds_that_both_have_are_compared(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, seeds=(0, 1))
    add(tmp_path, "churn", "bert", 0.9, seeds=(1, 2), family="pretrained")
    assert judge(tmp_path, find()).tasks[0].gain.seeds == 1
    other = tmp_path / "other"
    add(other, "churn", "logreg", 0.7, seeds=(0,))
    add(other, "churn", "bert", 0.9, seeds=(1,), family="pretrained")
    (one,) = judge(other, find()).tasks
    assert one.gain is None
    assert "no seed on the same test examples" in one.why


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


def test_tests_over_tasks_need_enough_of_them():
    gains = [0.1, 0.2, 0.05, 0.3, 0.15, 0.12]
    assert _wilcoxon(gains) == pytest.approx(2 / 2**6)  # all on one side: two of 64 signs
    assert _wilcoxon(gains[:5]) is None
    assert _wilcoxon([0.0] * 6) is None
    ranked = np.array([[3.0, 2, 1]] * 4)
    # 12 / (n k (k + 1)) sum R^2 - 3 n (k + 1) = 12 / 48 * (12^2 + 8^2 + 4^2) - 48 = 8.
    assert _friedman(ranked) == pytest.approx(math.exp(-8 / 2))
    assert _friedman(ranked[:2]) is None
    assert _friedman(np.empty((4, 0))) is None


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
    never = _said(Crossing(True, None, None, None, -1), points)
    assert never.text == "not within 100 to 24,000: the classical model is ahead throughout"
    until = _said(Crossing(False, 817.0, 500.0, 1900.0, 0), points)
    assert until.text.startswith("the large model is ahead up to about 820 examples")


def test_the_size_that_both_families_have_counts(tmp_path):
    add(tmp_path, "churn", "logreg", 0.9)
    add(tmp_path, "churn", "logreg", 0.8, asked=1000)
    add(tmp_path, "churn", "bert", 0.85, asked=1000, family="pretrained")
    (one,) = judge(tmp_path, find()).tasks
    assert one.classical.n_train == 1000
    assert one.notes[0] == "at 1,000 training rows, the most that both families were given"


def test_missing_predictions_are_said(folder):
    for path in (folder / "predictions").glob("[0-9a-f]*.npz"):
        path.unlink()
    with pytest.raises(BenchError, match="benchbig check"):
        judge(folder, find())


def test_an_answer_is_plain_json_and_the_same_each_time(folder):
    first, second = (json.dumps(judge(folder, find()).as_dict(), allow_nan=False) for _ in "ab")
    assert first == second


def test_the_published_records_have_a_gain_on_every_task():
    """Real predictions: each value of a contender is the record's, each gain their difference."""
    found = judge(PUBLISHED, find(), suite="finance")
    assert len(found.tasks) == 5
    for one in found.tasks:
        gain = one.large.value - one.classical.value
        assert one.gain.value == pytest.approx(gain if one.higher_is_better else -gain)
        assert one.gain.low < one.gain.value < one.gain.high


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
