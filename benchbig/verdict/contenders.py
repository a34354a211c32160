"""Who stands for a family on a task: the best on the validation part, never on the test part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from benchbig.record import Record
from benchbig.tables.row import Row
from benchbig.tables.rows import best
from benchbig.verdict import energy, money
from benchbig.verdict.evidence import Evidence, place
from benchbig.verdict.money import PriceTable
from benchbig.verdict.result import Contender

CLASSICAL, LARGE, SCRATCH = "classical", "pretrained", "neural"


def by_size(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """A task's rows by the training size asked for, the largest (all, 0) last.

    A model that learns nothing was run once, on all rows, and stands at every size that any
    other model was run at: whoever has so few examples could ask it too.
    """
    found: dict[int, list[Row]] = {}
    rows = list(rows)
    for row in rows:
        found.setdefault(row.n_train_asked, []).append(row)
    for row in (row for row in rows if row.level and not row.n_train_asked):
        for there in found.values():
            if all((one.model, one.device) != (row.model, row.device) for one in there):
                there.append(row)
    return dict(sorted(found.items(), key=lambda pair: pair[0] or float("inf")))


def main_size(sizes: Mapping[int, Sequence[Row]]) -> int:
    """The largest size at which both families have a value, else the largest there is.

    A model that learns nothing stands at every size and speaks for its family only where nothing
    else of it was measured beside the other.
    """
    for learning in (True, False):
        both = []
        for size, rows in sizes.items():
            able = [row for row in rows if not (learning and row.level)]
            if chosen(able, CLASSICAL) is not None and chosen(able, LARGE) is not None:
                both.append(size)
        if both:
            return both[-1]
    return list(sizes)[-1]


def chosen(rows: Iterable[Row], family: str) -> Row | None:
    """The family's contender among these rows, None where none of it has a value.

    A model measured on a CPU and on a GPU stands twice, and the GPU's row may be chosen.
    """
    able = standing(rows, family)
    return best(able) if able else None


def standing(rows: Iterable[Row], family: str) -> list[Row]:
    """The family's rows that could be chosen: with a value on both parts."""
    return [
        row
        for row in rows
        if row.family == family and row.value is not None and row.valid_value is not None
    ]


def contender(evidence: Evidence, row: Row, chosen_from: int, prices: PriceTable) -> Contender:
    """A chosen row with what it costs."""
    assert row.value is not None
    many = threads(evidence, row)
    hour = money.hour(prices, row.device, many, row.peak_rss_bytes)
    return Contender(
        model=row.model,
        family=row.family,
        adaptation=row.adaptation,
        device=row.device,
        value=row.value,
        low=row.low,
        high=row.high,
        valid_value=row.valid_value,
        chosen_from=chosen_from,
        seeds=row.seeds,
        n_train=row.n_train,
        n_train_used=row.n_train_used,
        reduced=row.reduced,
        fit_s=row.fit_s,
        latency_p50_ms=row.latency_p50_ms,
        throughput_per_s=row.throughput_per_s,
        peak_rss_bytes=row.peak_rss_bytes,
        peak_vram_bytes=row.peak_vram_bytes,
        energy_j=row.energy_j,
        energy_estimate_j=energy.joules(
            prices.watts, row.device, many, row.peak_rss_bytes, row.fit_s
        ),
        n_params=row.n_params,
        cost_fit=money.of_seconds(hour, row.fit_s),
        cost_per_million=money.of_million(hour, row.throughput_per_s),
    )


def threads(evidence: Evidence, row: Row) -> int:
    """Threads a job of this row was given, the most of any seed."""
    records: Sequence[Record] = evidence.records.get(place(row), ())
    return max((record["threads"] or 1 for record in records), default=1)
