"""From records to rows: means, medians, intervals and ranks over the seeds."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from benchbig.metrics.names import METRICS, metric
from benchbig.record import Record
from benchbig.stats.rows import combine, ranks
from benchbig.tables.row import Row
from benchbig.tables.select import Chosen, select


def rows(records: Iterable[Record], tasks: Sequence[str] | None = None) -> list[Row]:
    """The rows of these records, trial runs left out, tables one after another.

    tasks: the order of the tasks (others follow alphabetically). Within a task the smaller
    training sizes come first, then devices, then ranks; rows without a value come last.
    """
    return ranked(map(unranked, select(records)), tasks)


def ranked(made: Iterable[Row], tasks: Sequence[str] | None = None) -> list[Row]:
    """Rows without ranks, each with its rank and marks and in its place, as `rows` gives them."""
    tables: dict[tuple[str, int, str], list[Row]] = defaultdict(list)
    for one in made:
        tables[one.task, one.n_train_asked, one.device].append(one)
    order = {name: place for place, name in enumerate(tasks or ())}
    ordered = sorted(tables, key=lambda table: _place(table, order))
    return [row for table in ordered for row in _ranked(tables[table])]


def _place(table: tuple[str, int, str], order: dict[str, int]) -> tuple[int, str, float, bool, str]:
    task, n_train, device = table
    # All rows (0) is the largest size there is.
    size = n_train or float("inf")
    return order.get(task, len(order)), task, size, device != "cpu", device


def unranked(chosen: Chosen) -> Row:
    """One row, not ranked yet."""
    found, last = chosen.records, chosen.records[-1]
    ok = [] if chosen.outdated else [record for record in found if record["status"] == "ok"]
    about = ok[-1] if ok else last
    facts = ("task", "sector", "kind", "modality", "scheme", "data_origin", "metric")
    contender = ("model", "family", "adaptation", "device", "n_train_asked")
    return Row(
        **{name: about[name] for name in (*facts, *contender, "n_test", "currency")},
        **_quality(ok, about),
        **_cost(ok),
        higher_is_better=metric(about["metric"], about["task"]).higher_is_better,
        **_sizes(ok),
        n_params=_most(ok, "n_params"),
        seeds=len(ok),
        statuses=dict(Counter(record["status"] for record in found)),
        envs=tuple(sorted({record["env"] for record in ok if record["env"]})),
        warnings=tuple(dict.fromkeys(text for record in found for text in record["warnings"])),
        reason=chosen.outdated or _reason(found),
        superseded=chosen.superseded,
    )


def _quality(ok: Sequence[Record], about: Record) -> dict[str, Any]:
    """The value with its interval, and the means of all metrics."""
    names = dict.fromkeys(name for record in ok for name in record["metrics"] or ())
    metrics = {
        name: _mean([(record["metrics"] or {}).get(name) for record in ok]) for name in names
    }
    value = low = high = None
    if ok:
        value, low, high = combine(
            [record["value"] for record in ok],
            [record["ci_low"] for record in ok],
            [record["ci_high"] for record in ok],
        )
    return {
        "value": value,
        "low": None if low is None else max(low, METRICS[about["metric"]].least),
        "high": None if high is None else min(high, _most_of(about["metric"], about["kind"])),
        "valid_value": _mean([record["valid_value"] for record in ok]),
        "metrics": metrics,
    }


def _sizes(ok: Sequence[Record]) -> dict[str, Any]:
    """Rows given, learnt from and there, of the seed that learnt from the least share of them.

    Of one seed: split by group, a training part is not of the same size for each.
    """

    def share(record: Record) -> float:
        used, given = record.get("n_train_used"), record.get("n_train")
        return 1.0 if used is None or not given else used / given

    least = min(ok, key=share, default=None)
    return {
        name: None if least is None else least.get(name)
        for name in ("n_train", "n_train_used", "n_train_full")
    }


def _most_of(name: str, kind: str) -> float:
    """The largest value the metric can take; a Brier score over two classes ends at 1."""
    return 1.0 if (name, kind) == ("brier", "binary") else METRICS[name].most


def _cost(ok: Sequence[Record]) -> dict[str, Any]:
    """Times, rates and money as medians; memory and company as the most of any seed."""
    tunings = [record["tuning"] or {} for record in ok]
    latencies = [record["latency_ms"] or {} for record in ok]
    medians = ("fit_s", "predict_s", "throughput_per_s", "energy_j", "cost_fit", "cost_per_million")
    most = ("peak_rss_bytes", "peak_vram_bytes", "jobs_beside")
    return {
        **{name: _median([record[name] for record in ok]) for name in medians},
        **{name: _most(ok, name) for name in most},
        "latency_p50_ms": _median([latency.get("p50") for latency in latencies]),
        "tuning_trials": _most(tunings, "trials"),
        "tuning_s": _median([tuning.get("seconds") for tuning in tunings]),
    }


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Iterable[float | None]) -> float | None:
    known = _known(values)
    return statistics.fmean(known) if known else None


def _median(values: Iterable[float | None]) -> float | None:
    known = _known(values)
    return statistics.median(known) if known else None


def _most(records: Sequence[Record], name: str) -> int | None:
    return max((record[name] for record in records if record.get(name) is not None), default=None)


def _reason(found: Sequence[Record]) -> str | None:
    """How the last job that was not ok ended: its status and the first line of its error."""
    for record in reversed(found):
        if record["status"] != "ok":
            lines = (record["error"] or {}).get("message", "").strip().splitlines()
            return f"{record['status']}: {lines[0]}" if lines else str(record["status"])
    return None


def _ranked(table: Sequence[Row]) -> list[Row]:
    """A table's rows with their ranks and marks, in the order they are shown."""
    first = table[0]
    digits = METRICS[first.metric].digits
    places = ranks([row.value for row in table], first.higher_is_better, digits)
    chosen = {best(family).model for family in _families(table)}
    marked = [  # as dataclasses.replace would make them, at a third of the time
        Row(**{**vars(row), "rank": rank, "best_of_family": row.model in chosen})
        for row, rank in zip(table, places, strict=True)
    ]
    # Rows that share a rank stand by name: digits nobody sees decide nothing.
    return sorted(marked, key=lambda row: (row.rank is None, row.rank or 0, row.model))


def _families(table: Sequence[Row]) -> list[list[Row]]:
    families: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        if row.value is not None and row.valid_value is not None:
            families[row.family].append(row)
    return list(families.values())


def best(family: Sequence[Row]) -> Row:
    """The best on the validation part; of equals the one that fits more quickly, then by name.

    Chosen on the test part, the best of many would look better than it is, and a family of ten
    models would gain more by that than a family of two.
    """

    def key(row: Row) -> tuple[float, float, str]:
        assert row.valid_value is not None
        sign = -1.0 if row.higher_is_better else 1.0
        return sign * row.valid_value, row.fit_s or 0.0, row.model

    return min(family, key=key)
