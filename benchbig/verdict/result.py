"""What a verdict is made of: plain frozen data that any page, table or program can show.

docs/verdict.md explains each field. `gain` everywhere means: what the large model has over the
classical one, in the metric's own units and turned so that above nought the large one is better.
None means not measured, or not defined; it is never nought.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from benchbig.verdict.summary import Overall

ADOPT = "adopt large"
KEEP = "keep classical"
ALIKE = "no meaningful difference"
UNSURE = "not enough data"
VERDICTS = (ADOPT, KEEP, ALIKE, UNSURE)


@dataclass(frozen=True)
class Contender:
    """The best of a family on a task by the validation part, with what it costs.

    value, low, high: mean over the seeds and its 95% interval on the test part. chosen_from: how
    many of the family stood to choose from. n_train: rows given; n_train_used: rows learnt from;
    reduced: whether that is fewer. energy_j: of the whole job, by a counter; energy_estimate_j: of
    the kept fit, its seconds times assumed watts. cost_fit, cost_per_million: in Verdicts.prices'
    currency.
    """

    model: str
    family: str
    adaptation: str
    device: str
    value: float
    low: float | None
    high: float | None
    valid_value: float | None
    chosen_from: int
    seeds: int
    n_train: int | None
    n_train_used: int | None
    reduced: bool
    fit_s: float | None
    latency_p50_ms: float | None
    throughput_per_s: float | None
    peak_rss_bytes: int | None
    peak_vram_bytes: int | None
    energy_j: float | None
    energy_estimate_j: float | None
    n_params: int | None
    cost_fit: float | None
    cost_per_million: float | None


@dataclass(frozen=True)
class Gain:
    """The large contender less the classical one, paired by test example and seed.

    value with low and high at `level`; p of no difference, p_holm the same after Holm over the
    tasks. detectable: the smallest true difference that would be found in 80 of 100 such
    comparisons at 5%. seeds, n_test: pairs of records, different test examples. method: in words.
    """

    value: float
    low: float
    high: float
    p: float
    p_holm: float
    se: float
    df: float
    detectable: float
    by_seed: tuple[float, ...]
    seeds: int
    n_test: int
    level: float
    method: str


@dataclass(frozen=True)
class Ratios:
    """Large over classical: 37.0 means that the large one takes 37 times as much.

    same_machine: whether both were measured in one environment; else times do not compare well.
    energy_by: "counter" where both were measured, else "estimate", or None.
    """

    fit: float | None
    latency: float | None
    memory: float | None
    energy: float | None
    cost_fit: float | None
    cost_per_million: float | None
    same_machine: bool
    energy_by: str | None


@dataclass(frozen=True)
class BreakEven:
    """From when on the large model pays, in the price table's currency.

    extra_fit, extra_per_million: what it costs more, a training and a million predictions.
    right_per_million: how many more right decisions (accuracy); value_per_million: what its
    decisions save by the costs on the task's card, with its 95% interval, or by --decision-value;
    None where nobody said what a decision is worth. value_of: "card" or "given". decision_value:
    what one more right decision must be worth at a million predictions a month and one training
    a month. volume: predictions a month from which it pays, infinity where it never does.
    """

    extra_fit: float
    extra_per_million: float
    right_per_million: float | None
    value_per_million: float | None
    value_low: float | None
    value_high: float | None
    value_of: str | None
    decision_value: float | None
    volume: float | None
    why: str


@dataclass(frozen=True)
class Point:
    """One training size of a learning curve: both contenders there, and the gain."""

    n_train: int
    classical: str
    large: str
    classical_value: float
    large_value: float
    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class Crossover:
    """Where on the learning curve the better family changes.

    direction: "large from" (the large model is better from `at` examples on), "large until", or
    "none" (no change within the sizes tried). at, low, high: training examples; low None: may
    lie below the smallest size tried, high None: above the largest. always: "large" or
    "classical" where one of them is ahead at every size. text: the same in words.
    """

    direction: str
    at: float | None
    low: float | None
    high: float | None
    always: str | None
    points: tuple[Point, ...]
    text: str


@dataclass(frozen=True)
class TaskVerdict:
    """The answer for one task. why: one sentence. notes: what else should be known.

    classical, large: None where no model of the family is left. scratch: the best network trained
    from scratch, where it does better than both on the validation part. beyond: the best of the
    family that went on, alone, to more training rows than both were given; overtaken: whether it
    is the answer for that, and not who does better at equal rows. choice: the model to take, the
    cheaper one where they are alike, None where nothing can be said.
    """

    task: str
    title: str
    sector: str
    modality: str
    data_origin: str
    metric: str
    higher_is_better: bool
    min_effect: float
    n_test: int | None
    verdict: str
    why: str
    choice: str | None
    classical: Contender | None
    large: Contender | None
    gain: Gain | None
    ratios: Ratios | None
    break_even: BreakEven | None
    crossover: Crossover | None
    scratch: Contender | None = None
    beyond: Contender | None = None
    overtaken: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A model that a limit excluded from a task, and why."""

    task: str
    model: str
    why: str


@dataclass(frozen=True)
class Prices:
    """The price table behind every sum of money, as it was read."""

    name: str
    date: str
    source: str
    currency: str
    note: str


@dataclass(frozen=True)
class Verdicts:
    """The whole answer of one store. limits: option to value, as asked for."""

    store: str
    level: float
    prices: Prices
    limits: Mapping[str, str]
    tasks: tuple[TaskVerdict, ...]
    overall: Overall
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Nested dictionaries and lists of plain values for JSON; nan and infinity become None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
