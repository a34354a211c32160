"""Does the index keep to the records, whatever becomes of either?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from indexed import (
    agrees,
    indexed,
    no_record_is_read,
)
from records_by_hand import ok, task

from benchbig import index, store
from benchbig.errors import BenchError
from benchbig.index import entry, read, shelf, stamp
from benchbig.record import Record


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return indexed(tmp_path, monkeypatch)


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
