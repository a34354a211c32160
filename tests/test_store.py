"""Is a record in a store whole or not at all, whatever happens while it is written?"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchbig import store
from benchbig.errors import BenchError
from benchbig.record import Record, schema
from benchbig.store.read import lines
from benchbig.verification import verify

FILE = Path("records", "tumour", "centre.jsonl")


def record(key: int, **changes: object) -> Record:
    known = dict.fromkeys(schema()["properties"])
    named = {"schema_version": 1, "key": f"{key:020x}", "task": "tumour", "model": "centre"}
    return {**known, **named, "status": "ok", "limit": 0, **changes}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store.prepare(tmp_path / "results")
    return tmp_path / "results"


def test_what_is_appended_is_read(folder: Path):
    """0.1 + 0.2 has 17 digits; all are kept."""
    written = [record(1, value=0.1 + 0.2), record(2, value=None), record(3, model="other")]
    for one in written:
        store.append(folder, one)
    assert store.records(folder) == sorted(written, key=lambda r: str(r["model"]))


def test_a_line_is_one_sorted_object(folder: Path):
    store.append(folder, record(1, warnings=["two\nlines", "zwei Zeilen für Ärzte"]))
    text = (folder / FILE).read_text()
    assert text.count("\n") == 1
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_of_one_key_the_last_record_counts(folder: Path):
    for value in (0.1, 0.2):
        store.append(folder, record(1, value=value))
    store.append(folder, record(2, value=0.3))
    assert [one["value"] for one in store.latest(folder)] == [0.2, 0.3]


def test_a_torn_last_line_is_passed_over_and_then_cut_off(folder: Path):
    store.append(folder, record(1))
    with (folder / FILE).open("a") as file:
        file.write('{"key": "half a rec')
    assert [one["key"] for one in store.records(folder)] == [record(1)["key"]]
    store.append(folder, record(2))
    assert [one["key"] for one in store.records(folder)] == [record(k)["key"] for k in (1, 2)]
    assert "half a rec" not in (folder / FILE).read_text()


def test_a_file_that_is_one_torn_line_is_begun_again(folder: Path):
    (folder / FILE).parent.mkdir()
    (folder / FILE).write_text('{"key": "half')
    assert store.records(folder) == []
    store.append(folder, record(1))
    assert len(store.records(folder)) == 1


def test_a_whole_line_that_is_no_record_is_named(folder: Path):
    store.append(folder, record(1))
    with (folder / FILE).open("a") as file:
        file.write("[1, 2]\n")
    with pytest.raises(BenchError, match=r"centre\.jsonl:2: not a record; type: benchbig check"):
        store.records(folder)


@pytest.mark.parametrize("line", [b'{"schema_version": 1}\n', b'{"key": "\xff"}\n', b"\xff\n"])
def test_a_damaged_line_is_named_and_no_traceback(folder: Path, line: bytes) -> None:
    store.append(folder, record(1))
    with (folder / FILE).open("ab") as file:
        file.write(line)
    with pytest.raises(BenchError, match=r"centre\.jsonl:2: not a record; type: benchbig check"):
        store.records(folder)
    assert any("centre.jsonl:2" in problem for problem in verify(folder).problems)


@pytest.mark.parametrize("torn", ["", '{"cpu": '])
def test_a_machine_whose_description_was_torn_is_described_again(folder: Path, torn: str) -> None:
    path = folder / "env" / f"{1:016x}.json"
    path.write_text(torn)
    assert store.env(folder, path.stem) is None
    store.keep_env(folder, path.stem, {"cpu": "one"})
    store.keep_env(folder, path.stem, {"cpu": "another"})
    assert store.env(folder, path.stem) == {"cpu": "one"}


def test_a_record_of_a_newer_benchbig_is_named(folder: Path):
    store.append(folder, record(1, schema_version=99))
    with pytest.raises(BenchError, match="schema version 99, but this benchbig reads 1"):
        store.records(folder)


@pytest.mark.parametrize("name", ["../../evil", "a/b", "", "Üb", "a" * 65, None, "."])
@pytest.mark.parametrize("field", ["task", "model"])
def test_a_name_that_is_none_never_becomes_a_path(folder: Path, field: str, name: str | None):
    with pytest.raises(BenchError, match="which is not a name"):
        store.append(folder, record(1, **{field: name}))
    assert list(lines(folder)) == []


def test_a_number_that_json_lacks_is_never_written(folder: Path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.append(folder, record(1, value=float("nan")))
    assert list(lines(folder)) == []


def test_a_full_disk_leaves_what_was_there(folder: Path):
    """A limit on the size of files stands in for the disk: it too refuses in mid-line."""
    store.append(folder, record(1))
    before = (folder / FILE).read_bytes()
    code = (
        "import json, resource, sys\n"
        "from pathlib import Path\n"
        "from benchbig import store\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 100},) * 2)\n"
        "try:\n    store.append(Path(sys.argv[1]), json.loads(sys.stdin.read()))\n"
        "except OSError as error:\n    print(type(error).__name__, error.errno)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        input=json.dumps(record(2)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "OSError 27\n"  # EFBIG
    assert (folder / FILE).read_bytes() == before
    store.append(folder, record(2))
    assert len(store.records(folder)) == 2


def test_a_second_driver_is_told_who_holds_the_store(folder: Path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom benchbig import store\n"
        "with store.held(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with (
        pytest.raises(
            BenchError, match=f"in use by process {holder.pid} on .* since 20.*--results DIR"
        ),
        store.held(folder),
    ):
        pass
    holder.kill()
    holder.communicate()
    with store.held(folder):  # the kernel let go of it
        pass


def test_a_trial_run_s_records_stay_out_of_tables(folder: Path):
    for one in (record(1), record(2, limit=50)):
        store.append(folder, one)
    assert [one["key"] for one in store.results(store.latest(folder))] == [record(1)["key"]]


def test_a_machine_is_described_once(folder: Path):
    store.keep_env(folder, "0123456789abcdef", {"cpu": "one"})
    store.keep_env(folder, "0123456789abcdef", {"cpu": "two"})
    assert store.env(folder, "0123456789abcdef") == {"cpu": "one"}
    assert store.env(folder, "f" * 16) is None
    with pytest.raises(BenchError, match="must be 16 hexadecimal digits"):
        store.env(folder, "../../etc/passwd")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match=r"--results .*file/results: cannot be written"):
        store.prepare(tmp_path / "file" / "results")


def test_a_job_s_folder_goes_with_all_that_is_in_it_and_nothing_else(folder: Path):
    kept = folder / "kept"
    kept.write_text("stays")
    for name in ("flat", "deep"):
        own = store.work_folder(folder, "run", name)
        (own / "cwd").mkdir(parents=True)
        (own / "log").touch()
        (own / "link").symlink_to(kept)
        (own / "folder").symlink_to(folder)
    (own / "cwd" / "more").mkdir()
    (own / "cwd" / "more" / "file").touch()
    for name in ("flat", "deep", "gone"):
        store.clear(store.work_folder(folder, "run", name))
    assert list(own.parent.iterdir()) == []
    assert kept.read_text() == "stays"


def test_a_store_that_is_not_there_has_no_records(tmp_path: Path):
    assert store.records(tmp_path / "nowhere") == []
    assert not os.listdir(tmp_path)


def test_predictions_come_back_as_a_worker_wrote_them(folder: Path, tmp_path: Path):
    """With groups where the task has them, as paired statistics must draw those together."""
    import numpy as np

    from benchbig.data import Part
    from benchbig.worker import predictions

    p = np.array([0.2, 0.9, 0.4], dtype=np.float32)
    test = Part(np.zeros((3, 1)), np.array([0, 1, 1]), np.array([7, 3, 5]), np.array([1, 1, 2]))
    named = predictions.write(tmp_path, "k", test, p)
    one = record(1, predictions=named)
    assert store.predictions(folder, record(2, status="failed")) is None
    with pytest.raises(BenchError, match="cannot be read"):
        store.predictions(folder, one)
    store.keep_predictions(folder, tmp_path, one)
    found = store.predictions(folder, one)
    assert found is not None
    assert found.p.tolist() == p.tolist()
    assert (found.ids.tolist(), found.y.tolist()) == ([7, 3, 5], [0, 1, 1])
    assert found.groups is not None
    assert found.groups.tolist() == [1, 1, 2]


class Growing(io.RawIOBase):
    """A file that is read while it is written: at its end for a moment, then longer."""

    def __init__(self, *seen: bytes):
        self.seen = list(seen)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self.seen.pop(0) if self.seen else b""
        buffer[: len(found)] = found
        return len(found)


def test_the_rest_of_a_line_that_is_being_written_is_no_line():
    seen = b'{"a":1}\n{"b"', b"", b':2}\n{"c":3}\n'
    assert list(io.BufferedReader(Growing(*seen)))[2] == b":2}\n"  # what a plain loop would read
    assert list(store.as_written(io.BufferedReader(Growing(*seen)))) == [b'{"a":1}\n', b'{"b"']
    text = io.TextIOWrapper(io.BufferedReader(Growing(*seen)), encoding="utf-8")
    assert list(store.as_written(text)) == ['{"a":1}\n', '{"b"']


def test_a_test_part_that_changes_is_read_anew(tmp_path: Path) -> None:
    import numpy as np

    folder = tmp_path / "predictions"
    folder.mkdir()
    np.savez(folder / "one.npz", p=np.array([0.1, 0.9]))
    one = record(1, predictions={"path": "one.npz", "test": "test.npz"})
    for truth in ([0, 1], [1, 0]):
        (folder / "test.npz").unlink(missing_ok=True)
        np.savez(folder / "test.npz", ids=np.arange(2), y=np.array(truth))
        found = store.predictions(tmp_path, one)
        assert found is not None
        assert found.y.tolist() == truth
        assert not found.y.flags.writeable
