"""Does every way in which a model can misbehave end in its own record and harm no other job?"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from faults import AGREED, CONFINED, FAULTS, FOLDER, Run, check_fault, check_same_bits, run
from toys import Command, kept
from waiting import gone

from benchbig import environment
from benchbig.executors import sandbox
from benchbig.places import cores_in_order
from benchbig.verification import verify
from benchbig.worker.request import LOG_BYTES

NAMES = [name for name in FAULTS if sandbox.version() or name not in CONFINED]
confined = pytest.mark.skipif(not sandbox.version(), reason="this kernel has no Landlock")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The honest model alone."""
    return run(tmp_path_factory.mktemp("calm"), (), "fork")


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The honest model between all the others."""
    folder = tmp_path_factory.mktemp("wild")
    # What lies in the working folder must not be imported in the place of a library.
    (folder / "pandas.py").write_text("raise RuntimeError('not the library')")
    asset = folder / "cache" / "assets" / "one"
    asset.parent.mkdir(parents=True)
    asset.write_text("fetched")
    began = time.monotonic()
    found = run(folder, NAMES, "fork")
    assert time.monotonic() - began < 60  # some end by force after three seconds, two at a time
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_misbehaving_model_becomes_a_record(wild: Run, name: str):
    check_fault(wild[1]["tumour", name, 0], FAULTS[name])


def test_the_honest_model_beside_them_gives_the_same_to_the_last_bit(calm: Run, wild: Run):
    check_same_bits(calm, wild)


@pytest.mark.parametrize("name", ["alters", "alters_in_predict", "reseeds", "wanders", "floods"])
def test_what_a_model_does_to_its_surroundings_does_not_reach_its_own_score(wild: Run, name: str):
    """They predict what the honest one does, and are scored on the data as they were."""
    honest, other = wild[1]["tumour", "centre", 0], wild[1]["tumour", name, 0]
    free = {"params", "predictions", "key"}
    assert {f: other[f] for f in AGREED if f not in free} == {
        f: honest[f] for f in AGREED if f not in free
    }
    assert other["predictions"]["sha256"] == honest["predictions"]["sha256"]


def test_the_store_is_sound_and_tidy(wild: Run):
    store, records = wild
    assert verify(store).problems == ()
    assert {model for _, model, _ in records} == {*NAMES, "centre"}
    assert list((store / ".work").iterdir()) == []
    assert not list(store.parent.glob("**/stray"))


@pytest.mark.parametrize("name", ["leaves_child", "leaves_session", "leaves_daemon"])
def test_what_a_model_left_running_is_gone(wild: Run, name: str):
    assert gone(int(wild[1]["tumour", name, 0]["warnings"][0]))


def test_a_child_with_a_session_of_its_own_ends_with_its_job(wild: Run):
    assert gone(int((wild[0].parent / "cache" / "shared" / "session").read_text()))


def test_what_a_failed_job_printed_is_kept_but_not_all_of_a_flood(wild: Run):
    store, records = wild

    def log(name: str) -> Path:
        return store / "logs" / f"{records['tumour', name, 0]['key']}.log"

    assert "KeyboardInterrupt" in log("interrupts").read_text()
    assert 0 < log("floods_and_raises").stat().st_size <= LOG_BYTES
    assert not log("floods").exists()


@confined
def test_what_a_model_deletes_is_not_the_store_s_nor_the_cache_s(
    tmp_path: Path, wild: Run, run_cli: Command
):
    """Run alone on a store that has records, each of its files is there afterwards as it was."""
    assert (wild[0].parent / "cache" / "assets" / "one").read_text() == "fetched"
    line = ["run", "--plugins", FOLDER, "--task", "tumour", "--seeds", "0", "--jobs", "1"]
    assert run_cli(*line, "--model", "centre").returncode == 0
    store = tmp_path / "results"
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert run_cli(*line, "--model", "deletes,overwrites").returncode == 1
    for path, content in before.items():
        assert path.name == ".lock" or path.read_bytes() == content
    assert kept(store)["tumour", "deletes", 0]["status"] == "ok"


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or not 2 <= len(cores_in_order()) <= environment.cores(),
    reason="two cores of one's own are needed",
)
def test_a_job_is_kept_to_as_many_cores_as_it_has_threads(wild: Run):
    assert wild[1]["tumour", "counts_cores", 0]["warnings"] == ["1"]


def test_a_job_s_time_and_memory_are_its_own(wild: Run):
    """By the kernel's account: a flooding neighbour costs the honest one nothing."""
    for record in wild[1].values():
        assert record["cpu_s"] > 0
        assert record["peak_rss_bytes"] > 10e6
        # Who takes memory as fast as it can holds more than it may until it is looked at.
        if "hoards" not in record["model"]:
            assert record["peak_rss_bytes"] < 1.5e9, record["model"]
        assert record["jobs_beside"] in (0, 1)
