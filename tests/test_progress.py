"""Is what a plan lacks, and how far it is, told rightly of any store?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from toys import Plugins

from benchbig import store
from benchbig.cards import Tuning, find
from benchbig.index import read
from benchbig.job import ALL, Alike, Job, Jobs, Plan, expand
from benchbig.progress import Progress, by_pair, keys, look
from benchbig.record import blank, fail

SEEDS, SIZES = (3, 1, 2), (100, ALL)
MEASURED = {"value": 0.5, "valid_value": 0.5, "ci_low": 0.4, "ci_high": 0.6}
Add = Callable[..., None]


@pytest.fixture
def plan(toys: Plugins) -> Plan:
    """Twelve jobs: a task, two models, two sizes, three seeds."""
    catalog = find([toys.folder])
    models = [catalog.model("cool"), catalog.model("centre")]
    devices = {"cool": "cpu", "centre": "cpu"}
    return expand([catalog.task("tumour")], models, SEEDS, SIZES, Tuning(), devices)


@pytest.fixture
def add(toys: Plugins, results: Path) -> Add:
    """Append a record of a job to the store."""
    catalog = find([toys.folder])
    store.prepare(results)

    def append(job: Job, status: str = "ok", attempt: int = 1) -> None:
        record = blank(job, catalog.task(job.task), catalog.model(job.model), {})
        record.update(attempt=attempt, job_s=2.0, status="ok", **MEASURED)
        if status != "ok":
            record = fail(record, status, "fit", None, "no luck")
        store.append(results, record)

    return append


@pytest.fixture(params=["small", "large"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whether the store is read whole or through its index."""
    monkeypatch.setenv("BENCHBIG_CACHE", str(tmp_path / "cache"))
    if request.param == "large":
        monkeypatch.setattr(read, "SMALL_BYTES", 0)


def seen(results: Path, plan: Plan, force: bool = False, retry: int = 1) -> Progress:
    return look(results, plan, (), force, retry)


def test_a_plan_is_a_sequence_of_jobs_that_are_made_when_asked_for(plan: Plan):
    every = [
        job
        for model in ("cool", "centre")
        for size in SIZES
        for seed in SEEDS
        for job in plan.jobs
        if (job.model, job.n_train, job.seed) == (model, size, seed)
    ]
    assert list(plan.jobs) == every
    assert len(plan.jobs) == 12
    assert plan.jobs[4] == every[4]
    assert plan.jobs[-3:] == tuple(every[-3:])
    assert [len(alike) for alike in plan.alike] == [3, 3, 3, 3]


def test_jobs_named_one_by_one_make_the_same_groups(plan: Plan):
    listed = Plan(tuple(plan.jobs), ())
    assert {len(alike) for alike in listed.alike} == {1}
    assert [key for one in listed.alike for _, key in one.keyed()] == [
        key for one in plan.alike for _, key in one.keyed()
    ]
    (alone,) = Jobs([Alike(plan.jobs[0], (3,))])
    assert alone == plan.jobs[0]
    assert alone.key == replace(plan.jobs[0]).key


def test_where_nothing_is_there_all_is_left(plan: Plan, results: Path):
    progress = seen(results, plan)
    assert progress.left == tuple(plan.jobs)
    assert (progress.ended, progress.ok, progress.others) == (0, 0, ())
    assert set(progress.seconds.values()) == {None}


@pytest.mark.usefixtures("sizes")
def test_what_is_left_stands_in_the_plan_s_order(plan: Plan, results: Path, add: Add):
    """Which is not that of the store's files."""
    jobs = list(plan.jobs)
    for place in (0, 4, 7, 11):
        add(jobs[place])
    progress = seen(results, plan)
    assert progress.left == tuple(job for at, job in enumerate(jobs) if at not in (0, 4, 7, 11))
    assert (progress.ended, progress.ok, progress.others) == (4, 4, ())
    assert progress.there == {}
    # Of this size and model one job has been measured.
    assert progress.seconds[jobs[1].key] == 2.0
    assert set(progress.seconds) == {job.key for job in progress.left}


@pytest.mark.usefixtures("sizes")
def test_what_failed_is_left_as_often_as_it_is_tried_again(plan: Plan, results: Path, add: Add):
    jobs = list(plan.jobs)
    add(jobs[0], "timeout", attempt=2)
    add(jobs[1], "failed", attempt=1)
    add(jobs[2], "failed", attempt=1)
    add(jobs[2], "ok", attempt=2)
    progress = seen(results, plan)
    assert jobs[0] not in progress.left
    assert progress.there[jobs[1].key]["attempt"] == 1
    assert (progress.ended, progress.ok) == (3, 1)
    assert sorted(record["status"] for record in progress.others) == ["failed", "timeout"]
    assert jobs[0] in seen(results, plan, retry=2).left
    assert seen(results, plan, force=True).left == tuple(jobs)


@pytest.mark.usefixtures("sizes")
def test_records_of_other_seeds_count_for_nothing(plan: Plan, results: Path, add: Add):
    add(replace(plan.jobs[0], seed=99))
    progress = seen(results, plan)
    assert len(progress.left) == 12
    assert progress.ended == 0
    assert replace(plan.jobs[0], seed=99).key not in keys(plan)("tumour", "cool")


def test_the_keys_of_a_plan_are_those_of_its_jobs(plan: Plan):
    assert list(by_pair(plan)) == [("tumour", "cool"), ("tumour", "centre")]
    of = keys(plan)
    assert of("tumour", "cool") == {job.key for job in plan.jobs if job.model == "cool"}
    assert of("tumour", "other") == frozenset()


@pytest.mark.usefixtures("sizes")
def test_where_the_store_has_no_other_records_it_is_said(plan: Plan, results: Path, add: Add):
    """All of a task and model then count, and need not be compared one by one."""
    for job in (*plan.jobs, replace(plan.jobs[0], seed=99)):
        add(job)
    whole = seen(results, plan).whole
    assert whole == {("tumour", "centre")}
    assert keys(plan, whole)("tumour", "centre") is None
    assert keys(plan, whole)("tumour", "cool") == keys(plan)("tumour", "cool")
