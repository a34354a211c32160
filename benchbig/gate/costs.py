"""Did a model get slower or larger, as far as one machine's repeated measurements show?"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchbig.gate.finding import Cost
from benchbig.record import Record
from benchbig.stats.holm import holm
from benchbig.stats.student import p_value, quantile

if TYPE_CHECKING:
    from benchbig.stats.ratio import Noise

LARGEST = 700.0  # logarithm of about the largest number there is

Circumstance = tuple[object, ...]
Machines = Callable[[str, str], str]


def env_names(base: str, head: str) -> str:
    """The environments by their names, where nothing more is known of them."""
    return f"env {base}, then {head}"


@dataclass(frozen=True)
class Measure:
    """A cost of a record. least: the smallest ratio that matters in practice. timed: whether
    jobs on the same machine disturb it."""

    name: str
    value: Callable[[Record], float | None]
    least: float
    timed: bool


# A quarter more time is about what one feels, and above what shared machines wander by; memory
# wanders less, so a tenth more is worth a look.
MEASURES = (
    Measure("fit_s", lambda record: record["fit_s"], 1.25, True),
    Measure("latency_ms", lambda record: (record["latency_ms"] or {}).get("p50"), 1.25, True),
    Measure("energy_j", lambda record: record["energy_j"], 1.25, True),
    Measure("peak_rss_bytes", lambda record: record["peak_rss_bytes"], 1.1, False),
    Measure("peak_vram_bytes", lambda record: record["peak_vram_bytes"], 1.1, False),
)


@dataclass(frozen=True)
class Measured:
    """One measure of one model in two stores; noise is None where nothing can be tested."""

    measure: Measure
    base: float | None
    head: float | None
    runs: tuple[int, int]
    noise: Noise | None
    why: str = ""


def measured(
    base: Sequence[Record], head: Sequence[Record], machines: Machines = env_names
) -> list[Measured]:
    """What the ok records of one model say; several records of one seed are repetitions.

    machines: says of two environments in what they differ.
    """
    found = (_measured(measure, base, head, machines) for measure in MEASURES)
    return [one for one in found if one is not None]


def judged(models: Sequence[Sequence[Measured]], level: float) -> list[tuple[Cost, ...]]:
    """Every measure of every model: the noise of a measure is learnt from all its models, and
    the chance that any cost at all is called a regression where none is, is at most level."""
    from benchbig.stats.ratio import moderated, pooled

    by_name: dict[str, list[Noise]] = defaultdict(list)
    for one in (one for model in models for one in model if one.noise is not None):
        assert one.noise is not None
        by_name[one.measure.name].append(one.noise)
    priors = {name: pooled(noises) for name, noises in by_name.items()}
    tests = sum(map(len, by_name.values()))
    first: list[Cost] = []
    worse: list[float | None] = []
    better: list[float | None] = []
    for model in models:
        for one in model:
            if one.noise is None:
                first.append(_unknown(one))
                worse.append(None)
                better.append(None)
                continue
            se, df = moderated(one.noise, priors[one.measure.name])
            first.append(_cost(one, one.noise.log_ratio, se, df, level / tests))
            known = math.isfinite(se)
            worse.append(p_value(one.noise.log_ratio, se, df, side="greater") if known else None)
            better.append(p_value(one.noise.log_ratio, se, df, side="less") if known else None)
    called = iter(
        _call(cost, a, b, level)
        for cost, a, b in zip(first, holm(worse), holm(better), strict=True)
    )
    return [tuple(next(called) for _ in model) for model in models]


def drift(costs: Iterable[Cost]) -> float | None:
    """How all times moved together: the median ratio of the timed costs; None of fewer than 3."""
    timed = {measure.name for measure in MEASURES if measure.timed}
    ratios = [cost.ratio for cost in costs if cost.name in timed and cost.ratio is not None]
    return statistics.median(ratios) if len(ratios) >= 3 else None


def _measured(
    measure: Measure, base: Sequence[Record], head: Sequence[Record], machines: Machines
) -> Measured | None:
    before, after = _by_circumstance(measure, base), _by_circumstance(measure, head)
    if not before or not after:
        return None
    common = [what for what in before if what in after]
    if not common:
        of_base, of_head = next(iter(before)), next(iter(after))
        return Measured(
            measure, _median(before[of_base]), _median(after[of_head]), (0, 0), None,
            _apart(of_base, of_head, machines),
        )  # fmt: skip
    here = max(common, key=lambda what: (len(before[what]) + len(after[what]), str(what)))
    one, other = before[here], after[here]
    noise = _noise(one, other)
    why = "" if noise else "measured once; run more seeds, or run again with --force"
    runs = (sum(map(len, one.values())), sum(map(len, other.values())))
    return Measured(measure, _median(one), _median(other), runs, noise, why)


def _by_circumstance(
    measure: Measure, records: Iterable[Record]
) -> dict[Circumstance, dict[int, list[float]]]:
    """The measurements of each seed, by the machine and what else it did."""
    found: dict[Circumstance, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        value = measure.value(record)
        if value is not None and value > 0:
            beside = record["jobs_beside"] if measure.timed else None
            found[record["env"], record["threads"], beside][record["seed"]].append(float(value))
    return found


def _noise(base: Mapping[int, list[float]], head: Mapping[int, list[float]]) -> Noise | None:
    """By seed where two or more are shared, else by measurement; None of one and one."""
    from benchbig.stats.ratio import paired, unpaired

    middle = statistics.median
    shared = sorted(base.keys() & head.keys())
    if len(shared) > 1:
        return paired([middle(base[s]) for s in shared], [middle(head[s]) for s in shared])
    if shared:
        before, after = base[shared[0]], head[shared[0]]
    else:
        before, after = [middle(v) for v in base.values()], [middle(v) for v in head.values()]
    return unpaired(before, after) if len(before) + len(after) > 2 else None


def _apart(base: Circumstance, head: Circumstance, machines: Machines) -> str:
    if base[0] != head[0]:
        return f"other machine or packages: {machines(str(base[0]), str(head[0]))}"
    if base[1] != head[1]:
        return f"other threads a job: {base[1]}, then {head[1]}"
    return f"other jobs beside it: {base[2]}, then {head[2]}"


def _median(by_seed: Mapping[int, Sequence[float]]) -> float:
    return statistics.median(statistics.median(values) for values in by_seed.values())


def _unknown(one: Measured) -> Cost:
    ratio = None
    if one.base and one.head and any(one.runs):
        ratio = one.head / one.base
    return Cost(
        one.measure.name, "not comparable", one.why, one.base, one.head, ratio, None, None, one.runs
    )


def _cost(one: Measured, log_ratio: float, se: float, df: float, level: float) -> Cost:
    """Not judged yet; its interval holds for all costs together."""
    if not math.isfinite(se):
        return replace(_unknown(one), ratio=math.exp(log_ratio))
    reach = quantile(1 - level, df) * se
    return Cost(
        name=one.measure.name,
        status="no change seen",
        why="",
        base=one.base,
        head=one.head,
        ratio=math.exp(log_ratio),
        low=math.exp(max(log_ratio - reach, -LARGEST)),
        high=math.exp(min(log_ratio + reach, LARGEST)),
        runs=one.runs,
    )


def _call(cost: Cost, worse: float | None, better: float | None, level: float) -> Cost:
    if worse is None or better is None or cost.ratio is None:
        return cost
    least = next(measure.least for measure in MEASURES if measure.name == cost.name)
    if worse <= level and cost.ratio >= least:
        return replace(cost, status="regressed")
    if better <= level and cost.ratio <= 1 / least:
        return replace(cost, status="improved")
    return cost
