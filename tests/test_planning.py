"""What is left to do, in which order, and where: worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_job import JOB
from toys import Plugins

from benchbig import device, environment, places, planning
from benchbig.assets import cache_dir
from benchbig.cards import find
from benchbig.cli import parse
from benchbig.device import Device
from benchbig.errors import BenchError
from benchbig.record import Record

JOBS = [replace(JOB, seed=seed) for seed in range(4)]


def record(status: str, attempt: int = 1, **changes: object) -> Record:
    asked = {"task": JOB.task, "model": JOB.model, "device": "cpu", "n_train_asked": 0, "limit": 0}
    return {**asked, "status": status, "attempt": attempt, "job_s": None, **changes}


@pytest.mark.parametrize(
    ("there", "due"),
    [
        (None, True),
        (record("ok"), False),
        (record("failed", 1), True),
        (record("timeout", 1), True),
        (record("failed", 2), False),
        (record("unavailable", 7), True),
    ],
)
def test_what_is_due(there: Record | None, due: bool):
    known = {} if there is None else {JOB.key: there}
    assert (planning.remaining([JOB], known, force=False, retry=1) == [JOB]) is due
    assert planning.remaining([JOB], known, force=True, retry=1) == [JOB]


@pytest.mark.parametrize(("retry", "due"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_job_that_failed_twice_is_due_where_more_tries_are_asked_for(retry: int, due: bool):
    known = {JOB.key: record("killed", attempt=2)}
    assert (planning.remaining([JOB], known, force=False, retry=retry) == [JOB]) is due


@pytest.mark.parametrize(
    ("seconds", "seeds"),
    [
        ([5, 1, 9, 3], [1, 2, 0, 3]),  # the quickest, then the longest first
        ([None, None, None, None], [0, 1, 2, 3]),  # nothing known: as planned
        ([None, 2, 4, None], [1, 0, 3, 2]),  # unknown ones count as long
        ([2, 2, 2, 2], [0, 1, 2, 3]),
    ],
)
def test_the_order_shows_a_result_soon_and_ends_evenly(seconds: list[int | None], seeds: list[int]):
    known = {job.key: value for job, value in zip(JOBS, seconds, strict=True)}
    assert [job.seed for job in planning.order(JOBS, known)] == seeds  # type: ignore[arg-type]


def test_nothing_has_an_order_too():
    assert planning.order([], {}) == []


def test_an_estimate_is_the_median_of_the_same_jobs_here():
    there = [record("ok", job_s=seconds) for seconds in (1.0, 2.0, 9.0)]
    there += [record("failed", job_s=50.0), record("ok", job_s=50.0, device="NVIDIA H200")]
    there += [record("ok", job_s=50.0, limit=10), record("ok", job_s=50.0, model="other")]
    assert planning.estimates([JOB], there, []) == {JOB.key: 2.0}
    assert planning.estimates([JOB], [], []) == {JOB.key: None}


def test_an_estimate_of_the_suite_s_card_is_for_its_own_machine_and_pairs(toys: Plugins):
    toys.suite("timed", {"typical_s": {"tumour": {"centre": 3}}})
    suite = find([toys.folder]).suite("timed")
    assert planning.estimates([JOB], [], [suite]) == {JOB.key: 3.0}
    for change in ({"device": "NVIDIA H200"}, {"limit": 10}, {"model": "cool"}):
        job = replace(JOB, **change)
        assert planning.estimates([job], [], [suite]) == {job.key: None}


def test_a_size_is_taken_to_need_what_the_next_larger_one_on_a_card_does(toys: Plugins):
    """One card tells of 600 rows, another of all of them."""
    toys.suite(
        "cut", {"n_train_of": {"tumour": [100, 600]}, "typical_s": {"tumour": {"centre": 3}}}
    )
    toys.suite("whole", {"n_train": [100, 0], "typical_s": {"tumour": {"centre": 9}}})
    catalog = find([toys.folder])
    suites = [catalog.suite("cut"), catalog.suite("whole")]
    for size, seconds in ((100, 3.0), (600, 3.0), (601, 9.0), (0, 9.0)):
        job = replace(JOB, n_train=size)
        assert planning.estimates([job], [], suites) == {job.key: seconds}
        assert planning.estimates([job], [], suites[:1]) == {
            job.key: 3.0 if 0 < size < 601 else None
        }


@pytest.mark.parametrize(
    ("cores", "asked", "threads", "jobs"),
    [(2, 0, 1, 2), (16, 0, 4, 4), (1, 0, 1, 1), (16, 3, 4, 3), (16, 9, 4, 4), (5, 9, 2, 2)],
)
def test_threads_are_never_more_than_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, asked: int, threads: int, jobs: int
):
    monkeypatch.setattr(environment, "cores", lambda: cores)
    monkeypatch.setattr(places, "physical_cores", lambda: cores)
    assert planning.side_by_side(asked, threads) == jobs


def test_one_job_with_more_threads_than_cores_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment, "cores", lambda: 2)
    with pytest.raises(BenchError, match="--threads 4: this machine lends 2 cores; ask for at mo"):
        planning.side_by_side(0, 4)


@pytest.mark.parametrize(
    ("text", "count"),
    [("8G", 8 * 10**9), ("500M", 500 * 10**6), ("1.5tb", 15 * 10**11), ("none", None)],
)
def test_a_size_is_bytes(text: str, count: int | None):
    assert parse.size("--memory", text) == count


@pytest.mark.parametrize("text", ["8", "0G", "G", "-1G", "8 G", "much"])
def test_what_is_no_size_is_named(text: str):
    with pytest.raises(BenchError, match=r"--memory .*: type a size such as 500M, 8G, 1.5T"):
        parse.size("--memory", text)


def test_a_model_that_names_no_accelerator_runs_on_the_cpu_of_its_machine(toys: Plugins):
    toys.model("large", card={"devices": ["cpu", "cuda"]})
    catalog = find([toys.folder])
    gpu = Device("cuda", "NVIDIA H200")
    assert device.of_model(catalog.model("large"), gpu) == gpu
    assert device.of_model(catalog.model("centre"), gpu) == device.CPU
    assert device.of_model(catalog.model("large"), Device("mps", "Apple GPU")) == device.CPU


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400), ("none", None)]
)
def test_a_time_is_seconds(text: str, seconds: float | None):
    assert parse.duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "seeds"), [("0,1,2", (0, 1, 2)), ("0-3", (0, 1, 2, 3)), ("5,1-2,5", (5, 1, 2))]
)
def test_seeds_are_numbers_or_ranges(text: str, seeds: tuple[int, ...]):
    assert parse.seeds(text) == seeds


def test_sizes_are_numbers_or_all():
    assert parse.sizes("100,300,all,100") == (100, 300, 0)
    with pytest.raises(BenchError, match="'1e3' is no size"):
        parse.sizes("1e3")


def test_the_cache_is_one_folder_wherever_a_worker_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCHBIG_CACHE", "cache")
    assert cache_dir() == tmp_path / "cache"
