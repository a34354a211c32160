"""A store that counts as large, for tests of its index, and what the index must agree with."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from records_by_hand import bad, model, ok, task

from benchbig import index, store
from benchbig.index import read, stamp
from benchbig.index.known import FIELDS, Known
from benchbig.record import Record
from benchbig.tables.columns import row_frame
from benchbig.tables.row import Row
from benchbig.tables.rows import rows as rows_of

TASKS = ("loan_loss", "card_fraud")


def some_records() -> list[Record]:
    """Two tasks with seeds, sizes, devices, failures, trial runs, a second attempt, older
    versions of a model and of a task, and older parameters."""
    new = {"finished_at": "2026-03-01T00:00:00.000+00:00"}
    found = [
        ok(seed=seed, value=0.7 + seed / 100, asked=asked, device=device)
        for seed, asked, device in itertools.product(range(3), (0, 500), ("cpu", "NVIDIA H200"))
    ]
    found += [bad(by="mlp", seed=seed, status=s) for seed, s in enumerate(("failed", "oom"))]
    found += [ok(by="mlp", seed=1, value=0.81, attempt=2), ok(by="mlp", seed=2, value=0.5)]
    found += [ok(by="lightgbm", limit=50, value=0.9), ok(by="lightgbm", value=0.77)]
    found += [
        ok(by=model("catboost", version=v), seed=s, value=0.6) for v in (1, 2) for s in (0, 1)
    ]
    found += [ok(by=model("rbf_svm", params={"C": c}), seed=s, **new) for c in (1, 9) for s in (0,)]
    older, newer = task("loan_loss", metric="log_loss"), task("loan_loss", version=2,
                                                             metric="log_loss")  # fmt: skip
    found += [ok(older, "logreg", seed=0, value=0.5), ok(older, "tabpfn", seed=0, value=0.4)]
    return [*found, ok(newer, "logreg", seed=0, value=0.3), bad(newer, "majority", message="no")]


def indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of these records that counts as large, and whose files count as settled at once."""
    monkeypatch.setenv("BENCHBIG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(read, "SMALL_BYTES", 0)
    monkeypatch.setattr(stamp, "SETTLED_NS", -1_000_000_000)
    made = tmp_path / "results"
    store.prepare(made)
    for record in some_records():
        store.append(made, record)
    return made


def as_lines(made: Iterable[Row]) -> list[dict[str, Any]]:
    return list(row_frame(made).lines)


def agrees(folder: Path) -> None:
    """Whatever is asked, the index and all records together give the same."""
    latest = store.latest(folder)
    by_key = {record["key"]: record for record in latest}
    assert index.rows(folder, TASKS) == rows_of(latest, TASKS)
    pairs = {(record["task"], record["model"]) for record in latest}
    known = dict(chain.from_iterable(index.known(folder, pairs, items)))
    assert set(known) == set(by_key)
    for key, record in by_key.items():
        said = {name: record[name] for name in FIELDS}
        if said["error"]:
            said["error"] = {**said["error"], "traceback": None}
        assert known[key] == said
    assert {r["key"]: r for r in index.records(folder, only(by_key))} == by_key


def items(each: Iterable[Known]) -> list[list[tuple[str, Record]]]:
    return [list(known.items()) for known in each]


def only(keys: Iterable[str]) -> index.Keys:
    """These keys, whatever the task and the model."""
    every = frozenset(keys)
    return lambda task, model: every


def all_but(model: str, keys: Iterable[str]) -> index.Keys:
    """All records, but of this model these alone."""
    some = frozenset(keys)
    return lambda task, of: some if of == model else None


def no_record_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> Record:
        raise AssertionError("a record was read")

    monkeypatch.setattr(store, "parse", refuse)
