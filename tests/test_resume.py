"""Does a run that was killed at any moment end, when it is started again, as if it had not been?

The driver is killed at random points: by default a few dozen times, so that the suite stays quick;
`BENCHBIG_KILLS=200` makes it the 200 times of the promise (about two minutes).
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from faults import AGREED
from toys import CENTROID, Command, Plugins, kept, line_count, one_line
from waiting import until

from benchbig.cli import app
from benchbig.store import held
from benchbig.store.lock import boot
from benchbig.verification import verify

KILLS = int(os.environ.get("BENCHBIG_KILLS", "12"))
MODELS, SEEDS = ("centre", "counted"), 8
# Each start of a fit is one more line of a file, so that a job which ran twice is seen.
COUNTED = CENTROID.replace(
    "def fit(train, context):\n",
    "def fit(train, context):\n"
    "    with (context.cache / 'starts').open('a') as file:\n"
    "        print(context.seed, file=file)\n",
)


@pytest.fixture
def line(toys: Plugins) -> list[str | Path]:
    toys.model("counted", COUNTED)
    return ["run", "--task", "tumour", "--model", ",".join(MODELS), "--plugins", toys.folder,
            "--seeds", f"0-{SEEDS - 1}", "--jobs", "2"]  # fmt: skip


def started(run_cli: Command) -> list[int]:
    path = run_cli.cwd / "cache" / "shared" / "starts"
    return [int(seed) for seed in path.read_text().split()] if path.exists() else []


def same(one: Path, other: Path) -> None:
    """The same records and, to the byte, the same predictions."""
    records, others = kept(one), kept(other)
    assert set(records) == set(others)
    for job, record in records.items():
        # A later attempt's predictions have another name, and the same bytes.
        agreed = [field for field in AGREED if field != "predictions"]
        assert {f: record[f] for f in agreed} == {f: others[job][f] for f in agreed}
        for file in ("path", "test"):
            content = (one / record["predictions"][file]).read_bytes()
            assert content == (other / others[job]["predictions"][file]).read_bytes()


def killed_after(run_cli: Command, line: list[str | Path], seconds: float) -> int | None:
    """Start a run and kill it; its exit code, where it was done before."""
    driver = subprocess.Popen(
        run_cli.line(*line),
        cwd=run_cli.cwd,
        env=run_cli.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return driver.wait(seconds)
    except subprocess.TimeoutExpired:
        driver.kill()
        driver.wait()
        return None


def test_killed_at_random_points_a_run_ends_as_one_that_was_not(
    line: list[str | Path], run_cli: Command, tmp_path: Path
):
    began = time.monotonic()
    assert run_cli(*line, "--results", "whole").returncode == 0
    takes = time.monotonic() - began
    (run_cli.cwd / "cache" / "shared" / "starts").unlink()
    rng, kills, stores, at = random.Random(0), 0, 0, 0
    while kills < KILLS:
        # A store that is complete is compared and begun anew, until the kills are used up.
        store, stores = tmp_path / f"store{stores}", stores + 1
        ended: set[int] = set()
        while True:
            last = kills >= KILLS
            code = killed_after(run_cli, [*line, "--results", store],
                                60 if last else rng.uniform(0.05, 0.8 * takes))  # fmt: skip
            again, at = started(run_cli)[at:], len(started(run_cli))
            assert not ended & set(again), "a job that had ended ran again"
            ended = {seed for _, model, seed in kept(store) if model == "counted"} if (
                (store / "records").exists()) else set()  # fmt: skip
            if code is not None:
                assert code == 0
                break
            kills += 1
        same(store, tmp_path / "whole")
        assert line_count(store) == len(MODELS) * SEEDS  # no key has a second line
        assert verify(store).problems == ()
        assert list((store / ".work").iterdir()) == []
    assert kills >= KILLS


def test_a_torn_last_line_is_a_job_that_has_not_ended(
    line: list[str | Path], run_cli: Command, results: Path
):
    assert run_cli(*line).returncode == 0
    assert run_cli(*line, "--results", "whole").returncode == 0
    path = results / "records" / "tumour" / "centre.jsonl"
    text = path.read_bytes()
    path.write_bytes(text[:-100])
    assert len(kept(results)) == len(MODELS) * SEEDS - 1
    assert run_cli(*line).returncode == 0
    same(results, run_cli.cwd / "whole")
    assert line_count(results) == len(MODELS) * SEEDS
    assert verify(results).problems == ()


@pytest.fixture
def small_disk(tmp_path: Path):
    """A disk of 8 MB, where this user may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "benchbig-test", str(disk)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can make a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_predictions_that_a_machine_took_with_it_are_made_again(
    run_cli: Command, line: list[str | Path]
):
    """A machine that goes down may leave a file's name and nothing of its content."""
    whole, results = run_cli.cwd / "whole", run_cli.cwd / "results"
    assert run_cli(*line, "--results", whole).returncode == 0
    assert run_cli(*line, "--results", results).returncode == 0
    starts = len(started(run_cli))
    lost, spoiled, kept_one = sorted((results / "predictions").glob("[0-9a-f]*.npz"))[:3]
    lost.write_bytes(b"")
    spoiled.write_bytes(spoiled.read_bytes()[:-40] + bytes(40))
    old = kept_one.stat().st_mtime - 3600
    os.utime(kept_one, (old, old))  # was on the disk long before, whatever it holds
    content = kept_one.read_bytes()
    kept_one.write_bytes(b"")
    os.utime(kept_one, (old, old))

    again = run_cli(*line, "--results", results)  # the machine has been up all the time
    assert len(started(run_cli)) == starts
    assert again.returncode == 0

    lock = results / ".lock"
    lock.write_text(lock.read_text().replace(boot(), "an earlier start of the machine"))
    again = run_cli(*line, "--results", results)
    assert again.returncode == 0
    assert kept_one.read_bytes() == b""
    kept_one.write_bytes(content)
    same(results, whole)
    attempts = [record["attempt"] for record in kept(results).values()]
    assert sorted(attempts) == [1] * (len(MODELS) * SEEDS - 2) + [2, 2]

    # Of a second attempt too, though no job is tried a third time that failed twice.
    second = sorted((results / "predictions").glob("*-2.npz"))
    assert len(second) == 2
    second[0].write_bytes(b"")
    lock.write_text(lock.read_text().replace(boot(), "an earlier start of the machine"))
    assert run_cli(*line, "--results", results).returncode == 0
    assert max(record["attempt"] for record in kept(results).values()) == 3


def test_a_run_that_meets_a_full_disk_goes_on_when_there_is_room(
    line: list[str | Path], run_cli: Command, small_disk: Path
):
    assert run_cli(*line, "--results", "whole").returncode == 0
    store, ballast = small_disk / "results", small_disk / "ballast"
    driver = subprocess.Popen(run_cli.line(*line, "--results", store), cwd=run_cli.cwd,
                              env=run_cli.env, text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)  # fmt: skip
    assert until(lambda: any((store / "records").rglob("*.jsonl")))
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    _, err = driver.communicate(timeout=300)
    assert driver.returncode == 2
    said = "cannot be written any more (No space left on device); the records so far are safe"
    assert said in err
    assert "Traceback" not in err
    assert all(record["status"] == "ok" for record in kept(store).values())
    assert len(kept(store)) < len(MODELS) * SEEDS
    one_line(run_cli(*line, "--results", store), "cannot be written (No space left on device)")
    ballast.unlink()
    done = run_cli(*line, "--results", store)
    assert done.returncode == 0, done.stderr
    same(store, run_cli.cwd / "whole")
    assert {record["attempt"] for record in kept(store).values()} == {1}
    assert verify(store).problems == ()


def test_two_drivers_on_one_store_do_not_harm_it(
    line: list[str | Path], run_cli: Command, results: Path
):
    drivers = [
        subprocess.Popen(run_cli.line(*line), cwd=run_cli.cwd, env=run_cli.env, text=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(3)
    ]  # fmt: skip
    said = [driver.communicate(timeout=300)[1] for driver in drivers]
    assert sorted(driver.returncode for driver in drivers) == [0, 2, 2]
    (winner,) = [driver for driver in drivers if driver.returncode == 0]
    for driver, text in zip(drivers, said, strict=True):
        if driver is not winner:
            assert f"is in use by process {winner.pid} on " in text or "another run" in text
    assert line_count(results) == len(MODELS) * SEEDS
    assert verify(results).problems == ()


def test_a_driver_that_starts_as_another_ends_repeats_none_of_its_jobs(
    line: list[str | Path], run_cli: Command, results: Path, monkeypatch: pytest.MonkeyPatch
):
    """The other one ends after this one has started and before the store is its own."""

    @contextlib.contextmanager
    def after_the_other(folder: Path) -> Iterator[None]:
        assert run_cli(*line).returncode == 0
        with held(folder):
            yield

    monkeypatch.setattr("benchbig.store.held", after_the_other)
    monkeypatch.chdir(run_cli.cwd)
    monkeypatch.setenv("BENCHBIG_CACHE", run_cli.env["BENCHBIG_CACHE"])
    done = CliRunner().invoke(app, [str(part) for part in line])
    assert done.exit_code == 0, done.output
    assert line_count(results) == len(MODELS) * SEEDS
    assert sorted(started(run_cli)) == list(range(SEEDS))


def test_a_polite_request_to_end_is_an_interrupt(
    line: list[str | Path], run_cli: Command, results: Path
):
    """SIGTERM, as a service manager or a cluster's scheduler sends, ends a run as Ctrl-C does."""
    driver = subprocess.Popen(run_cli.line(*line), cwd=run_cli.cwd, env=run_cli.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert driver.stdout is not None
    driver.stdout.readline()
    time.sleep(0.3)
    driver.send_signal(signal.SIGTERM)
    _, err = driver.communicate(timeout=300)
    assert driver.returncode == 130
    assert "to go on, type the same line again" in err
    assert {record["status"] for record in kept(results).values()} <= {"ok"}
