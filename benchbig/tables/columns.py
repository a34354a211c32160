"""The standardized result table: its columns, their order, types and where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchbig.metrics.names import METRICS
from benchbig.record import STATUSES, Record, schema
from benchbig.store.read import results
from benchbig.tables.row import Row

Cells = dict[str, Any]
Values = list[Any]  # a column's cells, from the first line to the last


@dataclass(frozen=True)
class Column:
    """kind: "text", "whole", "number" or "truth"; what a file format calls it is its own affair."""

    name: str
    kind: str


@dataclass(frozen=True)
class Frame:
    """Columns that are the same whatever the store holds, and the cells of each.

    values: a list a column, all of one length: files are written column by column.
    """

    columns: tuple[Column, ...]
    values: tuple[Values, ...]

    @property
    def count(self) -> int:
        """How many lines."""
        return len(self.values[0])

    @property
    def lines(self) -> tuple[Cells, ...]:
        names = [column.name for column in self.columns]
        return tuple(
            dict(zip(names, cells, strict=True)) for cells in zip(*self.values, strict=True)
        )


def frame(columns: Iterable[Column], lines: Sequence[Cells]) -> Frame:
    """A frame of a few lines, each with a cell for every column."""
    named = tuple(columns)
    return Frame(named, tuple([cells[column.name] for cells in lines] for column in named))


# Column name, its kind, and the row's attribute where it has another name.
ROW: tuple[tuple[str, str, str], ...] = (
    *((name, "text", name) for name in ("task", "sector", "kind", "modality", "scheme")),
    ("data_origin", "text", "data_origin"),
    ("metric", "text", "metric"),
    ("higher_is_better", "truth", "higher_is_better"),
    *((name, "text", name) for name in ("model", "family", "adaptation", "device")),
    ("n_train_asked", "whole", "n_train_asked"),
    ("n_train", "whole", "n_train"),
    ("n_train_used", "whole", "n_train_used"),
    ("n_train_full", "whole", "n_train_full"),
    ("n_test", "whole", "n_test"),
    ("reduced", "truth", "reduced"),
    ("seeds", "whole", "seeds"),
    ("planned", "whole", "planned"),
    ("value", "number", "value"),
    ("ci_low", "number", "low"),
    ("ci_high", "number", "high"),
    ("rank", "whole", "rank"),
    ("best_of_family", "truth", "best_of_family"),
    ("valid_value", "number", "valid_value"),
    ("fit_s", "number", "fit_s"),
    ("predict_s", "number", "predict_s"),
    ("latency_p50_ms", "number", "latency_p50_ms"),
    ("throughput_per_s", "number", "throughput_per_s"),
    ("peak_rss_bytes", "whole", "peak_rss_bytes"),
    ("peak_vram_bytes", "whole", "peak_vram_bytes"),
    ("n_params", "whole", "n_params"),
    ("tuning_trials", "whole", "tuning_trials"),
    ("tuning_s", "number", "tuning_s"),
    ("energy_j", "number", "energy_j"),
    ("cost_fit", "number", "cost_fit"),
    ("cost_per_million", "number", "cost_per_million"),
    ("currency", "text", "currency"),
    ("jobs_beside", "whole", "jobs_beside"),
    ("superseded", "whole", "superseded"),
    ("reason", "text", "reason"),
)


def row_frame(rows: Iterable[Row]) -> Frame:
    """One line a row: ROW's columns, then envs, warnings, status_<name> and metric_<name>."""
    rows = list(rows)
    found = [
        (Column(name, kind), [getattr(row, attribute) for row in rows])
        for name, kind, attribute in ROW
    ]
    found.append((Column("envs", "text"), [" ".join(row.envs) for row in rows]))
    found.append((Column("warnings", "whole"), [len(row.warnings) for row in rows]))
    for status in STATUSES:
        counts = [row.statuses.get(status, 0) for row in rows]
        found.append((Column(f"status_{status}", "whole"), counts))
    return _framed([*found, *_metrics([row.metrics for row in rows])])


def record_frame(records: Iterable[Record]) -> Frame:
    """One line a record, trial runs left out: the schema's fields with nested ones laid flat."""
    records = results(records)
    found: list[tuple[Column, Values]] = []
    for name, facts in schema()["properties"].items():
        values = [record[name] for record in records]
        if name in NESTED:
            for part, kind in NESTED[name]:
                cells = [value.get(part) if value else None for value in values]
                found.append((Column(f"{name}_{part}", kind), cells))
        elif name in AS_JSON:
            found.append((Column(name, _kind(facts)), [_as_json(value) for value in values]))
        elif name != "metrics":
            found.append((Column(name, _kind(facts)), values))
    return _framed([*found, *_metrics([record["metrics"] or {} for record in records])])


def _framed(found: Sequence[tuple[Column, Values]]) -> Frame:
    return Frame(tuple(column for column, _ in found), tuple(values for _, values in found))


# Nested fields and what is taken from them: a traceback and every trial stay in the records.
NESTED: dict[str, tuple[tuple[str, str], ...]] = {
    "error": (("stage", "text"), ("type", "text"), ("message", "text")),
    "weights": (("id", "text"), ("sha256", "text")),
    "tuning": (
        ("trials", "whole"),
        ("seconds", "number"),
        ("stopped_by", "text"),
        ("budget_trials", "whole"),
        ("budget_seconds", "number"),
    ),
    "latency_ms": (("p50", "number"), ("p90", "number"), ("p99", "number"), ("n", "whole")),
    "predictions": (("path", "text"), ("sha256", "text"), ("test", "text")),
}
AS_JSON = ("params", "search", "warnings")


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, sort_keys=True)


def _kind(facts: dict[str, Any]) -> str:
    """A column's kind by its JSON Schema; a choice of words is text."""
    types = facts.get("type", "integer" if isinstance(facts.get("const"), int) else "string")
    first = types if isinstance(types, str) else types[0]
    kinds = {"integer": "whole", "number": "number", "boolean": "truth"}
    return kinds.get(first, "text")


def _metrics(measured: Sequence[Mapping[str, Any]]) -> list[tuple[Column, Values]]:
    """Every metric there is, measured or not, then those only these lines know."""
    others = set().union(*measured).difference(METRICS)
    return [
        (Column(f"metric_{name}", "number"), [metrics.get(name) for metrics in measured])
        for name in (*METRICS, *sorted(others))
    ]
