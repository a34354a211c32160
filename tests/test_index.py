"""Does the index of a large store say what its records say, whatever becomes of either?"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from records_by_hand import bad, model, ok, task
from toys import Command, Plugins, line_count

from benchbig import index, store
from benchbig.errors import BenchError
from benchbig.index import entry, read, shelf, stamp
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
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


def test_the_index_says_what_the_records_say(folder: Path):
    agrees(folder)  # made
    agrees(folder)  # kept
    assert len(index.rows(folder)) == 11


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


def append(folder: Path) -> None:
    store.append(folder, ok(seed=7, value=0.99))


def overrule(folder: Path) -> None:
    store.append(folder, ok(seed=0, value=0.11, attempt=2))


def edit(folder: Path) -> None:
    """In place, to the same length, and with the time of the last change put back."""
    path = folder / "records" / "card_fraud" / "logreg.jsonl"
    before = path.stat()
    content = path.read_bytes()
    assert content.count(b'"value":0.71') == 4
    with path.open("r+b") as file:
        file.write(content.replace(b'"value":0.71', b'"value":0.12'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def delete(folder: Path) -> None:
    (folder / "records" / "loan_loss" / "logreg.jsonl").unlink()  # the one with the newer version


def tear(folder: Path) -> None:
    with (folder / "records" / "card_fraud" / "logreg.jsonl").open("ab") as file:
        file.write(b'{"key": "half a rec')


def begin_another(folder: Path) -> None:
    store.append(folder, ok(task("card_fraud", version=2), "minilm_finetune", value=0.9))


def misplace(folder: Path) -> None:
    """A record in another's file, which `check` reports."""
    path = folder / "records" / "card_fraud" / "mlp.jsonl"
    with path.open("ab") as file:
        file.write(json.dumps(ok(by="logreg", seed=0, value=0.2)).encode() + b"\n")


@pytest.mark.parametrize(
    "change",
    [append, overrule, edit, delete, tear, begin_another, misplace],
    ids=lambda f: f.__name__,
)
def test_what_becomes_of_the_records_shows_at_once(folder: Path, change: Callable[[Path], None]):
    index.rows(folder)
    change(folder)
    agrees(folder)
    agrees(folder)


def test_only_the_files_that_changed_are_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    index.rows(folder)
    append(folder)
    seen = []
    parse = store.parse

    def look(path: Path, number: int, text: str | bytes) -> Record:
        seen.append(path.name)
        return parse(path, number, text)

    monkeypatch.setattr(store, "parse", look)
    index.rows(folder)
    assert set(seen) == {"logreg.jsonl"}


def test_a_file_that_was_written_a_moment_ago_is_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """Within one tick of the file system's clock it could have changed twice."""
    monkeypatch.setattr(stamp, "SETTLED_NS", 3_600_000_000_000)
    index.rows(folder)
    no_record_is_read(monkeypatch)
    with pytest.raises(AssertionError, match="a record was read"):
        index.rows(folder)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def turn_a_bit(path: Path) -> None:
    """In a value, where the JSON stays sound."""
    content = path.read_bytes()
    assert b'"value":0.7' in content
    path.write_bytes(content.replace(b'"value":0.7', b'"value":0.3'))


def write_nonsense(path: Path) -> None:
    path.write_bytes(b"\x00\xff nonsense")


def write_other_json(path: Path) -> None:
    path.write_text("[]\n{}")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "harm",
    [cut, turn_a_bit, write_nonsense, write_other_json, empty, put_a_folder],
    ids=lambda f: f.__name__,
)
def test_a_broken_index_is_made_again_without_a_word(
    folder: Path, harm: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
):
    index.rows(folder)
    harm(shelf._path(folder, "card_fraud"))
    agrees(folder)
    agrees(folder)
    assert capfd.readouterr() == ("", "")


def test_an_index_of_other_code_is_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shelf, "_code", lambda: "other")
    index.rows(folder)
    monkeypatch.undo()
    monkeypatch.setenv("BENCHBIG_CACHE", str(folder.parent / "cache"))
    monkeypatch.setattr(read, "SMALL_BYTES", 0)
    monkeypatch.setattr(store, "parse", lambda *_: {}["read"])
    with pytest.raises(KeyError):
        index.rows(folder)


def test_without_a_cache_it_only_takes_longer(folder: Path, tmp_path: Path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    agrees(folder)


def test_a_line_that_is_no_record_is_named(folder: Path):
    with (folder / "records" / "card_fraud" / "mlp.jsonl").open("ab") as file:
        file.write(b"[1, 2]\n")
    with pytest.raises(BenchError, match=r"mlp\.jsonl:5: not a record; type: benchbig check"):
        index.rows(folder)


def test_a_record_that_moved_since_is_found_by_reading_its_file(folder: Path):
    """Between a look at the index and at the file, another driver may have written."""
    path = folder / "records" / "card_fraud" / "mlp.jsonl"
    known = entry.read(path, 0)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(reversed(lines)))
    keys = {record["key"] for record in store.latest(folder) if record["model"] == "mlp"}
    assert {record["key"] for record in entry.records(path, known, keys)} == keys


def test_the_index_of_a_store_that_is_gone_goes(folder: Path, tmp_path: Path):
    index.rows(folder)
    folder.rename(tmp_path / "moved")
    index.rows(tmp_path / "moved")
    (kept,) = (tmp_path / "cache" / "index").iterdir()
    assert (kept / shelf.OWNER).read_text() == f"{tmp_path / 'moved'}\n"


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
