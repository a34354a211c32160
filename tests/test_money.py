"""What do training and predicting cost, and when does the large model pay? By hand."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
from stores_by_hand import COSTS

from benchbig.errors import BenchError
from benchbig.stats.paired import Difference
from benchbig.verdict import money
from benchbig.verdict.energy import joules
from benchbig.verdict.result import Contender
from benchbig.verdict.worth import break_even


def contender(name: str, **facts: object) -> Contender:
    known = dict.fromkeys(Contender.__dataclass_fields__)
    about = {"model": name, "family": "classical", "device": "cpu", "value": 0.8, "seeds": 3}
    return Contender(**{**known, **about, "reduced": False, **facts})


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


# Energy: a core of 4 W, a GB of 0.5 W, an H100 of 700 W, as no counter was read.
WATTS = """
[watts]
core = 4
gb = 0.5
source = "a meter"
[watts.gpu]
H100 = 700
"""


def test_energy_is_estimated_by_watts_and_seconds(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(TABLE + WATTS)
    watts = money.read(path).watts
    assert joules(watts, "cpu", 2, 4_000_000_000, 10.0) == pytest.approx((2 * 4 + 4 * 0.5) * 10)
    assert joules(watts, "NVIDIA H100 80GB", 1, None, 2.0) == pytest.approx((700 + 4) * 2)
    assert joules(watts, "NVIDIA L4", 1, None, 2.0) is None  # no watts: nothing is made up
    assert joules(watts, "cpu", 2, None, None) is None


def test_a_price_table_without_watts_has_those_that_come_along(prices):
    assert prices.watts == money.read().watts
    assert prices.watts.source


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("core = 4", "", "watts.core must be a number, not None"),
        ("H100 = 700", "H100 = true", "watts.gpu.H100 must be a number"),
        ('source = "a meter"', "", "'watts.source' is missing"),
        ("gb = 0.5", "gib = 0.5", "unknown key 'watts.gib'; did you mean 'watts.gb'"),
    ],
)
def test_wrong_watts_are_refused_with_what_is_wrong(tmp_path, old, new, said):
    path = tmp_path / "prices.toml"
    path.write_text(TABLE + WATTS.replace(old, new))
    with pytest.raises(BenchError, match=said):
        money.read(path)


def apart(difference: float, low: float, high: float) -> Difference:
    return Difference(0, 0, difference, low, high, 0.1, 1, 9, 1, 1, (), 3, 9, 0.95, "by hand")


def billed(fit: float, million: float) -> Contender:
    return contender("one", cost_fit=fit, cost_per_million=million)


def test_what_a_right_decision_must_be_worth_by_hand(prices):
    """3 points more are 30,000 right of a million; 2 + 4 dearer: 6 / 30,000 = 0.0002 each."""
    more = apart(0.03, 0.01, 0.05)
    found = break_even((billed(1, 1), billed(3, 5)), more, None, None, None, prices)
    assert found.extra_fit == 2
    assert found.extra_per_million == 4
    assert found.right_per_million == pytest.approx(30_000)
    assert found.decision_value == pytest.approx(0.0002)
    assert found.volume is None
    assert "about 30,000 more of a million decisions right" in found.why
    assert "under 0.01 USD" in found.why
    even = apart(1e-12, -0.01, 0.01)
    found = break_even((billed(1, 1), billed(3, 5)), even, None, None, None, prices)
    assert found.decision_value is None
    assert found.why == "it has no more decisions right, so that none could pay for it"


def test_a_decisions_value_gives_the_volume_by_hand(prices):
    """Worth 0.001: 30 a million [20, 45], less 4: 26. Two more a training: 2 / 26 of a million."""
    more = apart(0.03, 0.02, 0.045)
    found = break_even((billed(1, 1), billed(3, 5)), more, None, None, 0.001, prices)
    assert (found.value_per_million, found.value_low, found.value_high) == pytest.approx(
        (30, 20, 45)
    )
    assert found.volume == pytest.approx(1e6 * 2 / 26)
    assert "from 77,000 predictions a month" in found.why
    unsure = break_even((billed(1, 1), billed(3, 35)), more, None, None, 0.001, prices)
    assert unsure.why.endswith("whether it pays is not known")
    poor = break_even((billed(1, 1), billed(3, 50)), more, None, None, 0.001, prices)
    assert math.isinf(poor.volume)
    assert "it never pays" in poor.why


def test_the_cards_costs_give_the_volume_by_hand(prices):
    """cost_per_1000 falls by 0.02 EUR [0.01, 0.03]: 20 EUR a million, 10 USD [5, 15]."""
    euros = dataclasses.replace(COSTS, currency="EUR")
    bills = (billed(1, 1), billed(3, 5))
    found = break_even(bills, None, euros, apart(-0.02, -0.03, -0.01), None, prices)
    assert (found.value_per_million, found.value_low, found.value_high) == pytest.approx(
        (10, 5, 15)
    )
    assert found.volume == pytest.approx(1e6 * 2 / 6)
    assert found.value_of == "card"
    assert found.why.endswith("it pays from 330,000 predictions a month")
    unsure = break_even(bills, None, euros, apart(-0.02, -0.03, 0.01), None, prices)
    assert unsure.why.endswith("whether it pays is not known")
    units = dataclasses.replace(COSTS, currency="units")
    unknown = break_even(bills, None, units, apart(-0.02, -0.03, -0.01), None, prices)
    assert unknown.value_per_million is None


def test_a_model_of_unknown_cost_has_no_break_even(prices):
    assert break_even((billed(1, 1), contender("two")), None, None, None, None, prices) is None
