"""The data beside the pages, as scripts: a page opened from a file may load scripts, not JSON."""

from __future__ import annotations

import contextlib
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from benchbig.cards import ModelCard
from benchbig.record import Record, schema
from benchbig.site.board import Board, Model, Read, Task, place
from benchbig.site.names import slug
from benchbig.stats.rows import T_975
from benchbig.store import quick
from benchbig.tables.row import Row

TRACEBACK = 4000  # characters of a traceback that a page shows: its end says what went wrong
# Shown elsewhere on the page, the same for all, or long and of use to programs alone.
LEFT_OUT = ("schema_version", "task", "model", "n_train_asked", "limit", "search")
# Of a row, what only the page of all rows shows or filters by.
NOT_IN_FRONT = ("asked", "n", "rank", "throughput", "seeds", "planned", "main")
PLAIN = (str, int, bool)
Payload = dict[str, Any]


def script(name: str, payload: Any) -> bytes:
    """A classic script that hands the payload to the page: benchbig.take(name, payload).

    The payload is one string of JSON: no name out of a record becomes code or a property of an
    object that the script builds itself, and browsers read it faster than literals.
    """
    text = _ascii(payload)
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"benchbig.take({json.dumps(name)},JSON.parse('{quoted}'))\n".encode("ascii")


def _ascii(payload: Any) -> str:
    """As JSON of ASCII alone, so that no page's encoding matters."""
    with contextlib.suppress(UnicodeDecodeError):
        return quick.dumps(payload).decode("ascii")
    return json.dumps(payload, separators=(",", ":"), allow_nan=False)


def rows_payload(board: Board, main_only: bool) -> Payload:
    """Tasks, models and the rows' columns; main_only: those of the verdicts' training sizes."""
    task_of = {task.name: index for index, task in enumerate(board.tasks)}
    model_of = {model.name: index for index, model in enumerate(board.models)}
    devices = sorted({row.device for row in board.rows})
    lines: list[Payload] = []
    for task in board.tasks:
        choices = _choices([row for table in task.main for row in table.rows])
        for table in task.tables:
            if main_only and not table.main:
                continue
            for row in table.rows:
                cells = _cells(
                    row, task, choices.get((row.model, row.device)) if table.main else None
                )
                cells.update(task=task_of[row.task], model=model_of[row.model])
                cells.update(device=devices.index(row.device), main=int(table.main))
                lines.append(cells)
    return {
        "tasks": [_task(task) for task in board.tasks],
        "models": [_model(model) for model in board.models],
        "devices": devices,
        "columns": {
            name: [cells[name] for cells in lines]
            for name in (lines[0] if lines else ())
            if not main_only or name not in NOT_IN_FRONT
        },
        "t": list(T_975),
    }


def _choices(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """Model and device to the row's place by the validation part, as families are chosen from.

    The page needs only the order: under limits the first that is left is the contender.
    """
    sign = -1.0 if rows[0].higher_is_better else 1.0
    known = [
        (sign * row.valid_value, row.fit_s or 0.0, row.model, row.device)
        for row in rows
        if row.value is not None and row.valid_value is not None
    ]
    return {(model, device): order for order, (_, _, model, device) in enumerate(sorted(known))}


def _cells(row: Row, task: Task, choice: int | None) -> Payload:
    digits = task.metric.digits
    return {
        "asked": row.n_train_asked,
        "n": row.n_train,
        "value": None if row.value is None else round(row.value, digits),
        "low": None if row.low is None else round(row.low, digits),
        "high": None if row.high is None else round(row.high, digits),
        "choice": choice,
        "rank": row.rank,
        "fit": short(row.fit_s, 7),  # a page shows hours to the second
        "latency": short(row.latency_p50_ms),
        "throughput": short(row.throughput_per_s),
        "rss": row.peak_rss_bytes,
        "vram": row.peak_vram_bytes,
        "params": row.n_params,
        "seeds": row.seeds,
        "planned": row.planned,
        "best": int(row.best_of_family),
        "reduced": int(row.reduced),
        "reason": row.reason if row.value is None else None,
    }


def _task(task: Task) -> Payload:
    return {
        "name": task.name,
        "title": task.title,
        "slug": task.slug,
        "sector": task.sector,
        "modality": task.modality,
        "metric": task.metric.name,
        "digits": task.metric.digits,
        "percent": task.metric.percent,
        "higher": task.metric.higher_is_better,
        "origin": task.data_origin,
        "licence": task.licence,
    }


def _model(model: Model) -> Payload:
    return {
        "name": model.name,
        "title": model.title,
        "slug": model.slug,
        "family": model.family,
        "adaptation": model.adaptation,
        "licence": model.licence,
        "params": model.n_params,
    }


def short(value: float | None, digits: int = 5) -> float | None:
    """So many digits that count: more than a page shows, and a third of the bytes."""
    return None if value is None else float(f"{value:.{digits}g}")


def records_payload(
    found: Read, models: Iterable[ModelCard], machines: Mapping[str, Mapping[str, Any]]
) -> Payload:
    """Every record behind a task's rows: what all seeds share once, the rest by seed.

    models: the cards of those that have one. machines: environments by hash, of these rows.
    sources: the pinned files of the task's and models' cards.
    """
    task, rows = found.task, found.task.rows
    cards = [card for card in (task.card, *models) if card]
    return {
        "task": {"name": task.name, "title": task.title, "slug": task.slug},
        "rows": [_behind(row, found.behind[place(row)]) for row in rows],
        "machines": sorted([digest, described] for digest, described in machines.items()),
        "sources": [
            [card.name, asset.name, asset.pypi or asset.debian or asset.npm or asset.hub,
             asset.sha256 or asset.archive_sha256, asset.licence]
            for card in cards for asset in card.assets.values()
        ],
    }  # fmt: skip


def _behind(row: Row, records: Sequence[Record]) -> Payload:
    first, others = records[0], records[1:]
    common: Payload = {}
    seeds: list[Payload] = [{} for _ in records]
    for name in _told_names():
        value = first[name]
        if name != "seed" and _alike(others, name, value):
            if value is not None and value != [] and value != {}:
                common[name] = _told(name, value)
            continue
        for own, one in zip(seeds, records, strict=True):
            if one[name] is not None:
                own[name] = _told(name, one[name])
    return {
        "model": row.model,
        "slug": slug(row.model),
        "asked": row.n_train_asked,
        "device": row.device,
        "superseded": row.superseded,
        "repeat": repeat(row),
        "common": common,
        "seeds": seeds,
    }


def _alike(records: Sequence[Record], name: str, value: Any) -> bool:
    # A loop: asked half a million times for a large board, where all() takes three times as long.
    for one in records:  # noqa: SIM110
        if one[name] != value:
            return False
    return True


@cache
def _told_names() -> tuple[str, ...]:
    return tuple(name for name in schema()["properties"] if name not in LEFT_OUT)


def _told(name: str, value: Any) -> Any:
    """A field as a page shows it: rounded, without trials, a traceback's end alone."""
    if type(value) in PLAIN:
        return value
    if name == "tuning" and value:
        value = {k: v for k, v in value.items() if k != "tried"}
    if name == "error" and value and value.get("traceback"):
        return {**value, "traceback": value["traceback"][-TRACEBACK:]}
    return _rounded(value)


def _rounded(value: Any) -> Any:
    kind = type(value)
    if kind is float:
        return float(f"{value:.6g}")
    return {name: _rounded(inner) for name, inner in value.items()} if kind is dict else value


def repeat(row: Row) -> str:
    """The command that measures this row's seeds again, on a line that a shell can take."""
    size = f" --n-train {row.n_train_asked}" if row.n_train_asked else ""
    named = f"--task {shlex.quote(row.task)} --model {shlex.quote(row.model)}"
    device = " --device cpu" if row.device == "cpu" else ""
    return f"benchbig run {named} --seeds 0-{max(row.planned - 1, 0)}{size}{device}"
