"""Which job starts next, and what it is given of a machine: worked out by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from test_job import JOB

from benchbig import environment, places
from benchbig.places import Needs, Place, Places, claimed, visible_gpus
from benchbig.waiting import Left, Waiting

GB = 10**9
SMALL, LARGE, GPU = Needs(2 * GB, False), Needs(6 * GB, False), Needs(2 * GB, True)
TWO = [{"name": "A", "uuid": "GPU-11"}, {"name": "A", "uuid": "GPU-22"}]


def test_each_job_has_cores_of_its_own_and_gives_them_back():
    two = Places(slots=2, threads=2, cores=(0, 2, 1, 3))
    assert two.take("a", SMALL) == Place(0, 2 * GB, (0, 2), "")
    assert two.take("b", SMALL) == Place(1, 2 * GB, (1, 3), "")
    assert two.take("c", SMALL) is None
    two.give_back("a")
    assert two.take("c", SMALL) == Place(0, 2 * GB, (0, 2), "")


def test_what_the_memory_does_not_hold_waits_but_a_job_alone_never_does():
    eight = Places(slots=4, memory=8 * GB)
    assert eight.take("a", LARGE)
    assert eight.take("b", LARGE) is None
    assert eight.take("c", SMALL)
    assert eight.take("d", SMALL) is None
    tiny = Places(slots=4, memory=1 * GB)
    assert tiny.take("a", LARGE)
    assert tiny.take("b", SMALL) is None


def test_a_gpu_has_one_job_unless_more_may_share_it():
    one = Places(slots=4, gpus=("0", "1"))
    assert [found and found.gpu for found in (one.take(key, GPU) for key in "abc")] == [
        "0", "1", None,
    ]  # fmt: skip
    assert one.take("d", SMALL).gpu == ""  # type: ignore[union-attr]
    one.give_back("a")
    assert one.take("c", GPU).gpu == "0"  # type: ignore[union-attr]
    shared = Places(slots=8, gpus=("0", "0", "1", "1"))
    taken = [shared.take(key, GPU) for key in "abcde"]
    assert [place and place.gpu for place in taken] == ["0", "1", "0", "1", None]


def test_a_job_that_finds_no_place_lets_others_pass_but_keeps_its_turn():
    jobs = [replace(JOB, seed=seed) for seed in range(5)]
    needs = dict(zip((job.key for job in jobs), (GPU, GPU, SMALL, GPU, SMALL), strict=True))
    waiting = Waiting(jobs, lambda job: needs[job.key])
    machine, started = Places(slots=3, gpus=("0",)), []
    while found := waiting.next(machine):
        started.append(found[0].seed)
    assert started == [0, 2, 4]
    machine.give_back(jobs[2].key)
    assert waiting.next(machine) is None
    machine.give_back(jobs[0].key)
    assert [waiting.next(machine)[0].seed, waiting.next(machine)] == [1, None]  # type: ignore[index]
    assert waiting
    machine.give_back(jobs[1].key)
    assert waiting.next(machine)[0].seed == 3  # type: ignore[index]
    assert not waiting


def test_the_gpus_are_those_like_the_first_that_the_user_lets_be_seen(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    other = {"name": "B", "uuid": "GPU-33"}
    monkeypatch.setattr(environment, "gpus", lambda: [*TWO, other])
    assert visible_gpus(1) == ("0", "1")
    assert visible_gpus(2) == ("0", "0", "1", "1")
    for chosen, seen in {
        "1,GPU-1": ("1", "GPU-1"),
        "0,2,1": ("0", "1"),
        "2,0": ("2",),
        "0,-1,1": ("0",),
        "-1": (),
        "": (),
    }.items():
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
        assert visible_gpus(1) == seen, chosen


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux alone")
class TestCores:
    @pytest.fixture(autouse=True)
    def four(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Four logical cores that are two physical ones: 0 with 2, 1 with 3."""
        for core, twins in enumerate(("0,2", "1,3", "0,2", "1,3")):
            folder = tmp_path / "cpu" / f"cpu{core}" / "topology"
            folder.mkdir(parents=True)
            (folder / "thread_siblings_list").write_text(f"{twins}\n")
        monkeypatch.setattr(places, "CPU", tmp_path / "cpu")
        monkeypatch.setattr(places.os, "sched_getaffinity", lambda pid: {0, 1, 2, 3})
        monkeypatch.setattr(places.tempfile, "gettempdir", lambda: str(tmp_path))
        monkeypatch.setattr(environment, "cores", lambda: 4)

    def test_second_threads_of_a_core_come_last_and_do_not_count(self):
        assert places.cores_in_order() == (0, 1, 2, 3)
        assert places.physical_cores() == 2

    def test_runs_do_not_keep_their_jobs_to_the_same_cores(self):
        with claimed(1) as one, claimed(2) as two:
            assert (one, two) == ((0,), (1, 2))
            with claimed(2) as three:
                assert three == ()  # one is left, and half a claim helps nobody
            with claimed(1) as three:
                assert three == (3,)
        with claimed(4) as every:
            assert every == (0, 1, 2, 3)

    def test_a_share_of_time_is_no_core_to_keep_to(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(environment, "cores", lambda: 2)
        with claimed(1) as found:
            assert found == ()


def test_a_claim_ends_with_its_process(tmp_path: Path):
    code = (
        "import os, signal\nfrom benchbig.places import claimed\n"
        "with claimed(1) as cores:\n    print(cores, flush=True)\n    os.kill(os.getpid(), 9)\n"
    )
    said = [
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)},
                       capture_output=True, text=True, check=False).stdout for _ in range(2)
    ]  # fmt: skip
    assert said[0] == said[1]
    assert said[0]


def test_what_is_left_is_the_time_of_those_that_have_not_ended():
    left = Left([0.1, None, 0.2, 30.0])
    assert left.seconds(2) is None
    left.take(None)
    assert left.seconds(2) == pytest.approx(15.15)
    left.take(30.0)
    left.take(0.2)
    assert left.seconds(1) == pytest.approx(0.1)
    left.take(0.1)
    assert left.seconds(1) == 0.0
