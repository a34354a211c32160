"""Does the index of a large store say what its records say?"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from indexed import (
    TASKS,
    agrees,
    all_but,
    indexed,
    items,
    no_record_is_read,
    only,
)
from records_by_hand import ok
from toys import Command, Plugins, line_count

from benchbig import index, store
from benchbig.errors import BenchError
from benchbig.index import read
from benchbig.tables.rows import rows as rows_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return indexed(tmp_path, monkeypatch)


def test_the_index_says_what_the_records_say(folder: Path):
    agrees(folder)  # made
    agrees(folder)  # kept
    assert len(index.rows(folder)) == 11


def test_trials_that_make_no_rows_are_counted(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def fraud(task: str, model: str) -> bool:
        return task == "card_fraud"

    latest = store.latest(folder)
    for small in (0, 10**9):  # with an index and without one
        monkeypatch.setattr(read, "SMALL_BYTES", small)
        assert index.counted(folder, TASKS) == (rows_of(latest, TASKS), 1)
        assert index.counted(folder, TASKS, fraud)[1] == 1
        assert index.counted(folder, TASKS, lambda task, model: model == "mlp")[1] == 0


def test_what_was_read_once_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    latest = store.latest(folder)
    before = rows_of(latest)
    index.rows(folder)
    no_record_is_read(monkeypatch)
    assert index.rows(folder) == before
    (found,) = index.known(folder, {("card_fraud", "logreg")}, items)
    assert len(found) == 12


def test_rows_of_some_records_are_as_if_there_were_no_others(folder: Path):
    """As after a run of one's own seeds in a store that has more."""
    latest = store.latest(folder)
    chance = random.Random(0)
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        some = [record for record in latest if chance.random() < share]
        keys = {record["key"] for record in some}
        assert index.rows(folder, TASKS, keys=only(keys)) == rows_of(some, TASKS)


def test_all_records_may_count_but_of_one_model(folder: Path):
    latest = store.latest(folder)
    some = [record["key"] for record in latest if record["model"] == "logreg"][:5]
    kept = [record for record in latest if record["model"] != "logreg" or record["key"] in some]
    keys = all_but("logreg", some)
    assert index.rows(folder, TASKS, keys=keys) == rows_of(kept, TASKS)
    found = index.records(folder, keys)
    assert {record["key"] for record in found} == {record["key"] for record in kept}


def test_rows_of_some_records_that_make_whole_rows_read_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """Of a model's newest version all seeds: the row that is kept, without what it superseded."""
    some = [r for r in store.latest(folder) if r["model"] in ("catboost", "mlp")
            and r["model_version"] == (2 if r["model"] == "catboost" else 1)]  # fmt: skip
    before = rows_of(some)
    assert [row.superseded for row in before] == [0, 0]
    index.rows(folder)
    no_record_is_read(monkeypatch)
    assert index.rows(folder, keys=only(record["key"] for record in some)) == before


def test_only_wanted_tasks_and_models_are_given(folder: Path):
    def wanted(task: str, model: str) -> bool:
        return task == "loan_loss" and model != "tabpfn"

    made = index.rows(folder, wanted=wanted)
    assert {(row.task, row.model) for row in made} == {
        ("loan_loss", "logreg"),
        ("loan_loss", "majority"),
    }


def test_an_older_version_is_outdated_by_another_file_s_newer_one(folder: Path):
    """tabpfn was measured on version 1 of the task, logreg on version 2."""
    (row,) = (row for row in index.rows(folder) if row.model == "tabpfn")
    assert (row.value, row.seeds) == (None, 0)
    assert row.reason is not None
    assert row.reason.startswith("outdated: measured on version 1")


READER = """
import sys, time
from pathlib import Path
from benchbig import index
from benchbig.index import read, stamp
read.SMALL_BYTES, stamp.SETTLED_NS = 0, 1_000_000
until = time.monotonic() + float(sys.argv[2])
while time.monotonic() < until:
    for row in index.rows(Path(sys.argv[1])):
        assert row.planned >= 1
"""


def test_several_readers_and_a_writer_at_once_do_no_harm(folder: Path):
    command = [sys.executable, "-c", READER, str(folder), "1.5"]
    readers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for seed in range(10, 200):
        store.append(folder, ok(seed=seed, value=seed / 1000))
    for reader in readers:
        assert reader.communicate()[1] == ""
        assert reader.returncode == 0
    agrees(folder)


def test_several_processes_read_what_is_much(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(read, "SPLIT_BYTES", 0)
    monkeypatch.setattr(read.environment, "cores", lambda: 2)
    agrees(folder)
    path = folder / "records" / "card_fraud" / "mlp.jsonl"
    path.write_bytes(path.read_bytes() + b"[]\n")
    with pytest.raises(BenchError, match=r"mlp\.jsonl:5: not a record"):  # said once, here
        index.rows(folder)


@pytest.fixture
def large(toys: Plugins, run_cli: Command, results: Path) -> list[str]:
    """The line that ran a job, in a store where 2,500 seeds of it are there already (9 MB)."""
    line = ["run", "--task", "tumour", "--model", "centre", "--plugins", str(toys.folder)]
    assert run_cli(*line, "--seeds", "0", "--offline").returncode == 0
    from benchbig.record import job_of

    path = results / "records" / "tumour" / "centre.jsonl"
    first = json.loads(path.read_text())
    first["warnings"] = ["as long as records are that list what was tried" * 50]
    with path.open("w") as file:
        for seed in range(2500):
            record = {**first, "seed": seed, "value": 0.9 + seed / 1e5}
            record["key"] = job_of(record).key
            file.write(json.dumps(record, sort_keys=True) + "\n")
    return line


def test_a_large_store_is_gone_on_with_and_tabulated(
    large: list[str], run_cli: Command, results: Path, tmp_path: Path
):
    assert sum(path.stat().st_size for path in results.rglob("*.jsonl")) > read.SMALL_BYTES
    for _ in range(2):  # without an index, and with one
        done = run_cli(*large, "--seeds", "0-2499", "--offline")
        assert done.returncode == 0, done.stderr
        assert "2,500 records of this run's plan" in done.stdout
        assert line_count(results) == 2500
        made = json.loads(run_cli("export", "--format", "json").stdout)
        assert [(row["seeds"], row["value"]) for row in made] == [(2500, pytest.approx(0.912495))]
    assert list((tmp_path / "cache" / "index").iterdir())
    done = run_cli(*large, "--seeds", "2499-2500", "--offline")
    assert done.returncode == 0
    assert line_count(results) == 2501
