"""Is nothing lost when a run is interrupted, interrupted twice, or killed?"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from toys import CENTROID, Command, Plugins, kept, line_count
from waiting import until

SLOW = CENTROID.replace(
    "def fit(train, context):\n",
    "import time\n\n\ndef fit(train, context):\n"
    "    (context.cache / f'{context.seed}').touch()\n    time.sleep(1)\n",
)


def started(run_cli: Command, *line: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        run_cli.line(*line),
        cwd=run_cli.cwd,
        env=run_cli.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def slow(toys: Plugins, run_cli: Command) -> list[str | Path]:
    """The line of a run of three jobs of a second, one after the other."""
    toys.model("slow", SLOW)
    (run_cli.cwd / "cache").mkdir()
    return ["run", "--task", "tumour", "--model", "slow", "--plugins", toys.folder,
           "--seeds", "0-2", "--jobs", "1"]  # fmt: skip


def wait_for(path: Path) -> None:
    assert until(path.exists), f"{path.name} has not come"


def test_an_interrupted_run_finishes_what_runs_and_can_go_on(
    slow: list[str | Path], run_cli: Command, results: Path
):
    running = started(run_cli, *slow)
    wait_for(run_cli.cwd / "cache" / "shared" / "0")
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does, to all of them
    out, err = running.communicate(timeout=300)
    assert running.returncode == 130
    assert "Traceback" not in out + err
    assert "to go on, type the same line again: benchbig run --task tumour" in err
    assert [record["status"] for record in kept(results).values()] == ["ok"]
    done = run_cli(*slow)
    assert done.returncode == 0
    assert line_count(results) == 3


def test_a_second_interrupt_ends_what_runs(slow: list[str | Path], run_cli: Command, results: Path):
    running = started(run_cli, *slow)
    wait_for(run_cli.cwd / "cache" / "shared" / "0")
    for _ in range(2):
        os.killpg(running.pid, signal.SIGINT)
        time.sleep(0.3)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 130
    assert "Traceback" not in out + err
    assert kept(results) == {}


@pytest.mark.parametrize("executor", ["auto", "serial"])
def test_a_store_that_is_removed_under_a_run_is_said_in_a_sentence(
    slow: list[str | Path], run_cli: Command, results: Path, executor: str
):
    running = started(run_cli, *slow, "--executor", executor)
    wait_for(run_cli.cwd / "cache" / "shared" / "1")
    assert until(lambda: [record["seed"] for record in kept(results).values()] == [0])
    shutil.rmtree(results)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert "Traceback" not in out + err
    assert "is not the folder any more that this run began to write to" in err
    assert not results.exists()  # half of a store would look like a whole one


def test_a_run_that_was_killed_ends_with_the_same_records(
    slow: list[str | Path], run_cli: Command, results: Path
):
    running = started(run_cli, *slow)
    wait_for(run_cli.cwd / "cache" / "shared" / "1")
    assert until(lambda: line_count(results) == 1)  # kept while the next one has begun
    running.kill()
    running.communicate()
    assert line_count(results) == 1
    assert run_cli(*slow).returncode == 0
    assert run_cli(*slow, "--results", "whole").returncode == 0
    whole = kept(run_cli.cwd / "whole")
    for job, record in kept(results).items():
        assert (record["key"], record["value"]) == (whole[job]["key"], whole[job]["value"])
        assert record["predictions"] == whole[job]["predictions"]
    assert len(whole) == 3
    assert line_count(results) == 3
    assert "0 problems" in run_cli("check", "results").stdout
