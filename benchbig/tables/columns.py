"""The standardized result table: its columns, their order, types and where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchbig.metrics.names import METRICS
from benchbig.record import STATUSES, Record, schema
from benchbig.store.read import results
from benchbig.tables.row import Row

Cells = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """kind: "text", "whole", "number" or "truth"; what a file format calls it is its own affair."""

    name: str
    kind: str


@dataclass(frozen=True)
class Frame:
    """Lines of cells under columns that are the same whatever the store holds."""

    columns: tuple[Column, ...]
    lines: tuple[Cells, ...]


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
    lines = tuple(_row_cells(row) for row in rows)
    columns = [Column(name, kind) for name, kind, _ in ROW]
    columns += [Column("envs", "text"), Column("warnings", "whole")]
    columns += [Column(f"status_{status}", "whole") for status in STATUSES]
    return Frame((*columns, *_metric_columns(lines)), lines)


def _row_cells(row: Row) -> Cells:
    cells: Cells = {name: getattr(row, attribute) for name, _, attribute in ROW}
    cells["envs"] = " ".join(row.envs)
    cells["warnings"] = len(row.warnings)
    cells |= {f"status_{status}": row.statuses.get(status, 0) for status in STATUSES}
    return cells | _metric_cells(row.metrics)


def record_frame(records: Iterable[Record]) -> Frame:
    """One line a record, trial runs left out: the schema's fields with nested ones laid flat."""
    fields: dict[str, Any] = schema()["properties"]
    lines = tuple(_record_cells(record, fields) for record in results(records))
    columns = []
    for name, facts in fields.items():
        if name == "metrics":
            continue
        parts = NESTED.get(name)
        if parts is None:
            columns.append(Column(name, _kind(facts)))
        else:
            columns += [Column(f"{name}_{part}", kind) for part, kind in parts]
    return Frame((*columns, *_metric_columns(lines)), lines)


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


def _record_cells(record: Record, fields: dict[str, Any]) -> Cells:
    cells: Cells = {}
    for name in fields:
        value = record[name]
        if name in NESTED:
            cells |= {f"{name}_{part}": (value or {}).get(part) for part, _ in NESTED[name]}
        elif name in AS_JSON:
            cells[name] = None if value is None else json.dumps(value, sort_keys=True)
        elif name != "metrics":
            cells[name] = value
    return cells | _metric_cells(record["metrics"] or {})


def _kind(facts: dict[str, Any]) -> str:
    """A column's kind by its JSON Schema; a choice of words is text."""
    types = facts.get("type", "integer" if isinstance(facts.get("const"), int) else "string")
    first = types if isinstance(types, str) else types[0]
    kinds = {"integer": "whole", "number": "number", "boolean": "truth"}
    return kinds.get(first, "text")


def _metric_cells(metrics: Any) -> Cells:
    return {f"metric_{name}": metrics.get(name) for name in (*METRICS, *metrics)}


def _metric_columns(lines: Sequence[Cells]) -> tuple[Column, ...]:
    """Every metric there is, measured or not, then those only these lines know."""
    known = [f"metric_{name}" for name in METRICS]
    others = set().union(*lines).difference(known)
    names = [*known, *sorted(name for name in others if name.startswith("metric_"))]
    return tuple(Column(name, "number") for name in names)
