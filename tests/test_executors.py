"""Do fresh interpreters and this very process give what forked workers give, and end likewise?"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from faults import FAULTS, Run, check_fault, check_same_bits, run
from toys import CENTROID, Command, Plugins, kept
from waiting import gone, until

from benchbig.executors.early import early
from benchbig.executors.ended import Ended, outcome
from benchbig.executors.fork import Fork
from benchbig.executors.serial import Serial
from benchbig.executors.settings import variables
from benchbig.job import Job
from benchbig.verification import verify
from benchbig.worker.request import Request

QUICK = ("broken_import", "raises", "leaves", "crashes", "whole_labels", "leaves_session",
         "leaves_daemon", "leaves_thread", "hoards_in_children")  # fmt: skip
SERIAL = ("raises", "exits", "wanders", "alters")
JOB = Job(task="none", task_version=1, model="none", model_version=1, params="{}", seed=0,
          n_train=0, device="cpu", trials=1, seconds=1)  # fmt: skip
REQUEST = Request(job=JOB, record={"status": "failed", "warnings": []}, task_card="none",
                  model_card="none", task_files={}, model_files={}, roots=(), folder="none",
                  cache="", device="cpu", threads=1, alone=True)  # fmt: skip
GOOD_FIT = CENTROID.replace("def fit(", "def honest(")


def at_fit(line: str) -> str:
    """The good model, which does this when it has fitted."""
    return (
        "import ctypes, os, random, signal, subprocess, sys, threading, time\n"
        f"{GOOD_FIT}\n\ndef fit(train, context):\n"
        f"    predict = honest(train, context)\n    {line}\n    return predict\n"
    )


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The honest model alone."""
    return run(tmp_path_factory.mktemp("forked"), (), "fork")


@pytest.fixture(scope="module")
def spawned(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("spawned"), QUICK, "spawn")


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("serial"), SERIAL, "serial")


@pytest.mark.parametrize("name", QUICK)
def test_a_fault_becomes_a_record_of_a_spawned_worker_too(spawned: Run, name: str):
    check_fault(spawned[1]["tumour", name, 0], FAULTS[name])


@pytest.mark.parametrize("name", SERIAL)
def test_a_fault_becomes_a_record_without_processes_too(serial: Run, name: str):
    check_fault(serial[1]["tumour", name, 0], FAULTS[name])


@pytest.mark.parametrize("how", ["spawned", "serial"])
def test_the_good_model_gives_the_same_to_the_last_bit(
    forked: Run, how: str, request: pytest.FixtureRequest
):
    check_same_bits(forked, request.getfixturevalue(how))


@pytest.mark.parametrize("how", ["spawned", "serial"])
def test_the_store_is_sound_and_tidy(how: str, request: pytest.FixtureRequest):
    store, _ = request.getfixturevalue(how)
    assert verify(store).problems == ()
    assert list((store / ".work").iterdir()) == []
    assert not list(store.parent.glob("**/stray"))


@pytest.mark.parametrize("name", ["leaves_session", "leaves_daemon"])
def test_what_a_spawned_worker_left_running_is_gone(spawned: Run, name: str):
    assert gone(int(spawned[1]["tumour", name, 0]["warnings"][0]))


def test_what_a_worker_cost_is_the_kernel_s_own_account(spawned: Run, serial: Run):
    for record in spawned[1].values():
        assert record["cpu_s"] > 0
        assert 10e6 < record["peak_rss_bytes"] < 2e9
    assert serial[1]["tumour", "centre", 0]["peak_rss_bytes"] is None


def test_a_job_in_this_very_process_leaves_predictions_alone(tmp_path: Path):
    """Its record is handed over: a file would only be read again."""
    request = replace(REQUEST, folder=str(tmp_path))
    here = os.getcwd()
    executor = Serial()
    executor.start(request, None)
    (ended,) = executor.wait(0)
    assert list(tmp_path.iterdir()) == []
    assert os.getcwd() == here
    record = outcome(request, ended)
    assert record["error"]["type"] == "FileNotFoundError"  # of the card that is not there
    assert record["peak_rss_bytes"] is None


def test_jobs_of_this_very_process_find_their_folder_empty(
    toys: Plugins, run_cli: Command, results: Path
):
    """One leaves a file and a folder in a folder; the next one fails if it finds any."""
    toys.model("litters", at_fit(
        "assert not os.listdir(); os.makedirs('a/b'); open('a/b/c', 'w').close()"
    ))  # fmt: skip
    done = run_cli("run", "--task", "tumour", "--model", "litters", "--plugins", toys.folder,
                   "--seeds", "0-2", "--executor", "serial")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert {record["status"] for record in kept(results).values()} == {"ok"}
    assert list((results / ".work").iterdir()) == []


def test_jobs_beside_are_counted(forked: Run, serial: Run):
    assert max(record["jobs_beside"] for record in forked[1].values()) == 1
    assert max(record["jobs_beside"] for record in serial[1].values()) == 0


@pytest.mark.parametrize(("executor", "seconds"), [("fork", 2), ("spawn", 8)])
def test_a_job_that_takes_too_long_is_ended(
    toys: Plugins, run_cli: Command, executor: str, seconds: int
):
    """Even one that ignores SIGTERM. A fresh interpreter's imports are within its time."""
    toys.model("endless", at_fit("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while 1: 1"))
    done = run_cli("run", "--task", "tumour", "--model", "endless", "--plugins", toys.folder,
                   "--seeds", "0", "--timeout", f"{seconds}s", "--executor", executor)  # fmt: skip
    record = kept(run_cli.cwd / "results")["tumour", "endless", 0]
    assert done.returncode == 4
    assert record["status"] == "timeout"
    assert record["error"]["stage"] == "fit"
    assert record["error"]["message"] == (
        f"ran longer than the {seconds} seconds allowed; ended in stage fit"
    )


@pytest.mark.parametrize("executor", ["fork", "spawn"])
def test_workers_end_with_a_driver_that_is_killed(toys: Plugins, run_cli: Command, executor: str):
    """And what they started, in sessions of its own."""
    slow = (
        "child = subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        "    (context.cache / 'pids').write_text(f'{os.getpid()} {child.pid}'); time.sleep(300)"
    )
    toys.model("slow", at_fit(slow))
    line = run_cli.line("run", "--task", "tumour", "--model", "slow", "--plugins", toys.folder,
                        "--seeds", "0", "--executor", executor)  # fmt: skip
    driver = subprocess.Popen(
        line, cwd=run_cli.cwd, env=run_cli.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    pids = run_cli.cwd / "cache" / "shared" / "pids"
    assert until(lambda: pids.exists() and pids.read_text())
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    assert all(gone(int(pid)) for pid in pids.read_text().split())


def test_a_zygote_that_nobody_takes_over_is_ended():
    """As where all jobs have ended before, or something is refused."""
    with early("fork", 1, offline=True) as zygote:
        assert zygote is not None
        assert zygote.poll() is None
    assert gone(zygote.pid)
    with early("serial", 1, offline=True) as zygote:
        assert zygote is None


def test_a_zygote_that_was_started_early_is_taken_over_and_another_follows_it(tmp_path: Path):
    ended: list[Ended] = []
    with early("fork", 1, offline=True) as zygote:
        assert zygote is not None
        with closing(Fork([], variables(1, offline=True), zygote=zygote)) as workers:
            for number in (1, 2):
                own = tmp_path / str(number)
                own.mkdir()
                workers.start(replace(REQUEST, folder=str(own)), None)
                assert until(lambda: ended.extend(workers.wait(0.1)) or len(ended) == number)  # noqa: B023
                assert (own / "record.json").exists()
                zygote.kill()
                zygote.wait()
                workers.wait(0.1)  # sees that it is gone
    assert [one.status for one in ended] == [0, 0]


def test_a_zygote_that_dies_costs_no_record(toys: Plugins, run_cli: Command, results: Path):
    """Killed from outside while two jobs run, each of which then runs once more."""
    toys.model("waits", at_fit(
        "(context.cache / f'{context.seed}-{os.getpid()}').write_text(str(os.getppid()))\n"
        "    while not (context.cache / 'go').exists(): time.sleep(0.02)"
    ))  # fmt: skip
    line = run_cli.line("run", "--task", "tumour", "--model", "waits", "--plugins", toys.folder,
                        "--seeds", "0,1", "--jobs", "2", "--executor", "fork")  # fmt: skip
    driver = subprocess.Popen(line, cwd=run_cli.cwd, env=run_cli.env, stdout=subprocess.PIPE)
    cache = run_cli.cwd / "cache" / "shared"
    # Each file is there before what is written to it.
    assert until(lambda: len([path for path in cache.glob("?-*") if path.read_text()]) == 2)
    (zygote,) = {int(path.read_text()) for path in cache.glob("?-*")}
    os.kill(zygote, signal.SIGKILL)
    assert until(lambda: len([*cache.glob("?-*")]) == 4)
    (cache / "go").touch()
    driver.communicate(timeout=300)
    assert driver.returncode == 0
    assert {r["status"] for r in kept(results).values()} == {"ok"}
