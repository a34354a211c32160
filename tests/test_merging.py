"""Do stores merge into one where they agree, and is it explained where they do not?"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from records_by_hand import bad, ok
from toys import Command

from benchbig import store
from benchbig.data.parts import Part
from benchbig.errors import BenchError
from benchbig.merging import merge
from benchbig.metrics.prediction import round_for_storage
from benchbig.record import Record
from benchbig.worker.predictions import write


def a_store(folder: Path, *records: Record) -> Path:
    store.prepare(folder)
    for record in records:
        store.append(folder, record)
    return folder


def lines(folder: Path) -> list[str]:
    return [line for path in sorted((folder / "records").glob("*/*.jsonl"))
            for line in path.read_text().splitlines()]  # fmt: skip


def test_what_each_has_is_in_the_merged_store_once(tmp_path: Path):
    one = a_store(tmp_path / "a", ok(seed=0), ok(seed=1), ok(by="mlp"))
    two = a_store(tmp_path / "b", ok(seed=1), ok(seed=2))
    done = merge([one, two], tmp_path / "c")
    assert (done.records, done.added, done.conflicts) == (4, 4, ())
    assert sorted(lines(tmp_path / "c")) == sorted({*lines(one), *lines(two)})
    again = merge([one, two], tmp_path / "c")
    assert (again.records, again.added) == (4, 0)
    more = merge([a_store(tmp_path / "d", ok(seed=9))], tmp_path / "c")
    assert (more.records, more.added) == (5, 1)


def test_a_store_that_went_on_is_a_continuation_and_no_conflict(tmp_path: Path):
    """A job failed on both machines' common start; one of them tried it once more."""
    early = a_store(tmp_path / "a", bad(seed=0))
    later = a_store(tmp_path / "b", bad(seed=0), ok(seed=0, attempt=2))
    for number, order in enumerate(([early, later], [later, early])):
        done = merge(order, tmp_path / f"c{number}")
        assert (done.records, done.conflicts) == (2, ())
        (counts,) = store.latest(tmp_path / f"c{number}")
        assert counts["status"] == "ok"


def test_one_job_that_was_run_twice_is_refused_and_explained(tmp_path: Path):
    one = a_store(tmp_path / "a", ok(seed=0, value=0.8), ok(seed=1))
    two = a_store(tmp_path / "b", ok(seed=0, value=0.7, run_id="other123"))
    done = merge([one, two], tmp_path / "c")
    (said,) = done.conflicts
    key = ok(seed=0)["key"]
    assert said.startswith(f"card_fraud, logreg, seed 0 (key {key}) was run twice: ")
    assert f"{one / 'records' / 'card_fraud' / 'logreg.jsonl'}:1 (run 20260101, ok, " in said
    assert f"{two / 'records' / 'card_fraud' / 'logreg.jsonl'}:1 (run other123, ok, " in said
    assert "they differ in ci_high, ci_low, metrics, run_id, valid_value, value. " in said
    assert said.endswith("Leave one of the two stores out, or delete one of the two lines")
    assert not (tmp_path / "c").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_into_a_store_that_contradicts_nothing_is_written(tmp_path: Path):
    target = a_store(tmp_path / "c", ok(seed=0, value=0.8))
    before = lines(target)
    done = merge([a_store(tmp_path / "a", ok(seed=0, value=0.7), ok(seed=1))], target)
    assert len(done.conflicts) == 1
    assert lines(target) == before


def test_files_of_one_name_must_be_the_same_file(tmp_path: Path):
    one, two = a_store(tmp_path / "a", ok(seed=0)), a_store(tmp_path / "b", ok(seed=1))
    for folder, content in ((one, '{"cpu": "one"}'), (two, '{"cpu": "two"}')):
        (folder / "env" / "0123456789abcdef.json").write_text(content)
    (said,) = merge([one, two], tmp_path / "c").conflicts
    assert "are not the same file; leave one of the stores out" in said


def test_a_test_part_that_was_compressed_elsewhere_is_the_same(tmp_path: Path):
    folders = a_store(tmp_path / "a", ok(seed=0)), a_store(tmp_path / "b", ok(seed=1))
    for folder, save in zip(folders, (np.savez, np.savez_compressed), strict=True):
        save(folder / "predictions" / "test-0123.npz", ids=np.arange(9), y=np.ones(9))
    assert not merge(folders, tmp_path / "c").conflicts
    np.savez(folders[1] / "predictions" / "test-0123.npz", ids=np.arange(9), y=np.zeros(9))
    assert merge(folders, tmp_path / "d").conflicts


@pytest.mark.parametrize("name", ["env/0123456789abcdef.json", "records/credit/x.jsonl"])
def test_a_link_in_somebody_else_s_store_is_not_followed(name: str, tmp_path: Path):
    """What it leads to would be published."""
    one, secret = a_store(tmp_path / "a", ok(seed=0)), tmp_path / "secret"
    secret.write_text("password\n")
    (one / name).parent.mkdir(exist_ok=True)
    (one / name).symlink_to(secret)
    with pytest.raises(BenchError, match="is a link; a store holds plain files"):
        merge([one], tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_a_torn_last_line_is_left_behind(tmp_path: Path):
    one = a_store(tmp_path / "a", ok(seed=0))
    with (one / "records" / "card_fraud" / "logreg.jsonl").open("a") as file:
        file.write('{"key": "half')
    assert merge([one, a_store(tmp_path / "b", ok(seed=1))], tmp_path / "c").records == 2
    assert all(json.loads(line) for line in lines(tmp_path / "c"))


def test_a_merge_that_breaks_off_is_finished_by_the_same_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Into a store that is there: whatever was written before the disk was full stays sound."""
    target = a_store(tmp_path / "c", ok(seed=0), ok(by="mlp"))
    sources = [a_store(tmp_path / "a", ok(seed=1), ok(by="mlp", seed=1), ok(by="tabpfn"))]
    (sources[0] / "predictions" / "one.npz").write_bytes(b"1")
    replace, left = Path.replace, iter(range(2))

    def full(path: Path, to: Path) -> Path:
        if next(left, None) is None:
            raise OSError(28, os.strerror(28))
        return replace(path, to)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        merge(sources, target)
    monkeypatch.undo()
    assert len(store.records(target)) in (3, 4)  # one of three files of records was replaced
    done = merge(sources, target)
    assert (done.records, done.conflicts) == (5, ())


def test_a_folder_that_is_no_store_is_never_written_to(tmp_path: Path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("")
    with pytest.raises(BenchError, match="is there already and is no store; name another"):
        merge([a_store(tmp_path / "a", ok())], tmp_path / "thesis")


def test_a_store_that_a_run_holds_is_not_merged_into(tmp_path: Path):
    target = a_store(tmp_path / "c", ok(seed=0))
    with store.held(target), pytest.raises(BenchError, match="is in use by"):
        merge([a_store(tmp_path / "a", ok(seed=1))], target)


def test_the_command_says_what_it_did(run_cli: Command, tmp_path: Path):
    a_store(tmp_path / "a", ok(seed=0, value=0.8))
    a_store(tmp_path / "b", ok(seed=0, value=0.7))
    done = run_cli("merge", "a", "b", "--into", "c")
    assert done.returncode == 1
    assert "was run twice" in done.stdout
    assert done.stdout.endswith("c: nothing was written; 1 conflicts\n")
    a_store(tmp_path / "empty")
    assert run_cli("merge", "empty", "--into", "d").returncode == 4
    assert run_cli("merge", "nowhere", "--into", "d").returncode == 2


def predicted(folder: Path, record: Record, n: int = 20_000) -> Record:
    """The record with predictions that lie in the folder's store."""
    folder = folder / "predictions"
    folder.mkdir(parents=True, exist_ok=True)
    test = Part(np.zeros(n), np.arange(n) % 2, np.arange(n))
    p = round_for_storage("binary", np.random.default_rng(0).random(n))
    return {**record, "predictions": write(folder, record["key"], test, p)}


def test_predictions_are_packed_on_request_and_their_sums_with_them(tmp_path: Path):
    record = predicted(tmp_path / "a", ok(seed=0))
    one = a_store(tmp_path / "a", record)
    merge([one], tmp_path / "plain")
    merge([one], tmp_path / "packed", pack=True)
    assert lines(tmp_path / "plain") == lines(one)
    (found,) = store.latest(tmp_path / "packed")
    file = tmp_path / "packed" / found["predictions"]["path"]
    assert found["predictions"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {**found, "predictions": record["predictions"]} == record
    assert file.stat().st_size < (one / record["predictions"]["path"]).stat().st_size
    before, after = (store.predictions(*of) for of in ((one, record), (tmp_path / "packed", found)))
    for name in ("ids", "y", "p"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_what_was_packed_is_the_same_as_what_was_not(tmp_path: Path):
    one = a_store(tmp_path / "a", predicted(tmp_path / "a", ok(seed=0)))
    merge([one], tmp_path / "packed", pack=True)
    kept = lines(tmp_path / "packed")
    for pack in (False, True):
        again = merge([one], tmp_path / "packed", pack)
        assert (again.records, again.added, again.conflicts) == (1, 0, ())
        assert lines(tmp_path / "packed") == kept
    other = a_store(tmp_path / "b", predicted(tmp_path / "b", ok(seed=0)))
    (file,) = (other / "predictions").glob("[!t]*.npz")
    np.savez_compressed(file, p=np.zeros(20_000, dtype=np.float32))
    (said,) = merge([tmp_path / "packed", other], tmp_path / "c").conflicts
    assert "are not the same file" in said


def test_a_file_that_packing_would_make_larger_stays_as_it_is(tmp_path: Path):
    one = a_store(tmp_path / "a", predicted(tmp_path / "a", ok(seed=0), n=50))
    merge([one], tmp_path / "c", pack=True)
    assert lines(tmp_path / "c") == lines(one)


def test_packing_makes_no_damaged_file_good(tmp_path: Path):
    record = predicted(tmp_path / "a", ok(seed=0))
    one = a_store(tmp_path / "a", record)
    np.savez(one / record["predictions"]["path"], p=np.zeros(20_000, dtype=np.float32))
    merge([one], tmp_path / "c", pack=True)
    assert lines(tmp_path / "c") == lines(one)
    (one / record["predictions"]["path"]).write_bytes(b"PK no archive")
    merge([one], tmp_path / "d", pack=True)
    assert (tmp_path / "d" / record["predictions"]["path"]).read_bytes() == b"PK no archive"
    with pytest.raises(BenchError, match="cannot be read"):
        store.predictions(tmp_path / "d", record)
