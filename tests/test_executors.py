"""Does every way in which a model can misbehave end in its own record and harm no other job?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from toys import CENTROID, Command, Plugins, kept

from benchbig.record import Record
from benchbig.verification import verify

GOOD_FIT = CENTROID.replace("def fit(", "def honest(")


def at_fit(line: str) -> str:
    """The good model, which does this when it has fitted."""
    return (
        "import ctypes, os, random, signal, subprocess, sys, threading, time\n"
        f"{GOOD_FIT}\n\ndef fit(train, context):\n"
        f"    predict = honest(train, context)\n    {line}\n    return predict\n"
    )


def at_predict(expression: str) -> str:
    """The good model, which predicts this of the right prediction p."""
    return (
        f"{GOOD_FIT}\n\ndef fit(train, context):\n    predict = honest(train, context)\n\n"
        f"    def worse(X):\n        p = predict(X)\n        return {expression}\n\n"
        "    return worse\n"
    )


@dataclass(frozen=True)
class Fault:
    """A model's code and what its record must say."""

    code: str
    status: str
    stage: str | None = None
    message: str = ""


FAULTS = {
    "broken_import": Fault("raise RuntimeError('no')", "failed", "fit",
                           "baselines/broken_import.py does not import: RuntimeError: no"),
    "no_fit": Fault("x = 1", "failed", "fit", "has no function 'fit'"),
    "raises": Fault(at_fit("raise ValueError('no luck')"), "failed", "fit", "no luck"),
    "raises_late": Fault(at_predict("1 / 0"), "failed", "predict", "division by zero"),
    "odd_text": Fault(at_fit(r"raise ValueError('\udcff\nand more')"), "failed", "fit", "and more"),
    "exits": Fault(at_fit("sys.exit('enough')"), "failed", "fit", "enough"),
    "interrupts": Fault(at_fit("raise KeyboardInterrupt"), "failed", "fit", "exit code 70"),
    "leaves": Fault(at_fit("os._exit(0)"), "failed", "fit", "left with exit code 0 in stage fit"),
    "crashes": Fault(at_fit("ctypes.string_at(0)"), "killed", "fit", "SIGSEGV"),
    "kills_itself": Fault(at_fit("os.kill(os.getpid(), 9)"), "killed", "fit", "SIGKILL"),
    "odd_signal": Fault(at_fit("os.kill(os.getpid(), 40)"), "killed", "fit", "signal 40"),
    "greedy": Fault(at_fit("np.ones(10**15)"), "oom", "fit", "Unable to allocate"),
    "noted": Fault(at_fit("context.notes.n_params = 'many'"), "failed", "fit",
                   "notes.n_params must be a whole number or None, not 'many'"),
    "nan": Fault(at_predict("np.where(p > 0.5, np.nan, p)"), "failed", "predict", "NaN"),
    "infinite": Fault(at_predict("p + np.inf"), "failed", "predict", "NaN or infinity"),
    "short": Fault(at_predict("p[:-1]"), "failed", "predict", "returned shape"),
    "two_columns": Fault(at_predict("np.stack([1 - p, p], axis=1)"), "failed", "predict", "shape"),
    "labels": Fault(at_predict("(p > 0.5).astype(int)"), "failed", "predict", "look like labels"),
    "scores": Fault(at_predict("10 * p - 5"), "failed", "predict", "probabilities lie in [0, 1]"),
    "a_list": Fault(at_predict("list(p)"), "failed", "predict", "returned a list"),
    "shouts": Fault(at_fit("print('x' * 5_000_000)"), "ok"),
    "orphans": Fault(at_fit("context.notes.warnings.append("
                            "str(subprocess.Popen(['sleep', '300']).pid))"), "ok"),
    "threads": Fault(at_fit("threading.Thread(target=time.sleep, args=[300]).start()"), "ok"),
    "wanders": Fault(at_fit("open('stray', 'w').close(); os.chdir('/')"), "ok"),
    "meddles": Fault(at_fit("train.y[:] = 1; train.X.iloc[:, 0] = 0.0"), "ok"),
    "reseeds": Fault(at_fit("np.random.seed(0); random.seed(0)"), "ok"),
}  # fmt: skip
QUICK = ("broken_import", "raises", "leaves", "crashes", "labels", "orphans", "threads")
AGREED = (
    "value", "valid_value", "train_value", "metrics", "ci_low", "ci_high", "params", "predictions",
    "data_sha256", "test_ids_sha256", "key", "n_train", "n_valid", "n_test",
)  # fmt: skip
Run = tuple[Path, dict[tuple[str, str, int], Record]]


def toys(folder: Path, faults: tuple[str, ...]) -> Plugins:
    plugins = Plugins(folder / "plugins")
    plugins.task("tumour")
    plugins.model("centre")
    for name in faults:
        plugins.model(name, FAULTS[name].code)
    return plugins


def run(folder: Path, faults: tuple[str, ...], executor: str) -> Run:
    """Run the good model for two seeds and each faulty one for one, two jobs at a time."""
    plugins = toys(folder, faults)
    # What lies in the working folder must not be imported in the place of a library.
    if executor != "serial":  # there `python -m` itself puts that folder first
        (folder / "pandas.py").write_text("raise RuntimeError('not the library')")
    options = ["--task", "tumour", "--plugins", plugins.folder, "--executor", executor,
               "--jobs", "2", "--timeout", "60s"]  # fmt: skip
    cli = Command(folder)
    if faults:
        done = cli("run", *options, "--model", ",".join((*faults, "centre")), "--seeds", "0")
        assert done.returncode in (1, 2), done.stderr
        assert "Traceback" not in done.stderr
    done = cli("run", *options, "--model", "centre", "--seeds", "0,1")
    assert done.returncode == 0, done.stderr
    return folder / "results", kept(folder / "results")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The good model alone."""
    return run(tmp_path_factory.mktemp("calm"), (), "fork")


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The good model between all the others."""
    return run(tmp_path_factory.mktemp("forked"), tuple(FAULTS), "fork")


@pytest.fixture(scope="module")
def spawned(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("spawned"), QUICK, "spawn")


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("serial"), ("raises", "exits", "wanders"), "serial")


def check_fault(record: Record, fault: Fault) -> None:
    assert record["status"] == fault.status, record["error"]
    if fault.status == "ok":
        assert record["error"] is None
        return
    assert record["error"]["stage"] == fault.stage
    assert fault.message in record["error"]["message"]
    assert record["value"] is None
    assert record["predictions"] is None


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_becomes_a_record(forked: Run, name: str):
    check_fault(forked[1]["tumour", name, 0], FAULTS[name])


@pytest.mark.parametrize("name", QUICK)
def test_a_fault_becomes_a_record_of_a_spawned_worker_too(spawned: Run, name: str):
    check_fault(spawned[1]["tumour", name, 0], FAULTS[name])


@pytest.mark.parametrize("name", ["raises", "exits", "wanders"])
def test_a_fault_becomes_a_record_without_processes_too(serial: Run, name: str):
    check_fault(serial[1]["tumour", name, 0], FAULTS[name])


@pytest.mark.parametrize("how", ["forked", "spawned", "serial"])
def test_the_good_model_gives_the_same_to_the_last_bit(
    calm: Run, how: str, request: pytest.FixtureRequest
):
    store, records = request.getfixturevalue(how)
    for seed in (0, 1):
        alone, among = calm[1]["tumour", "centre", seed], records["tumour", "centre", seed]
        assert {name: among[name] for name in AGREED} == {name: alone[name] for name in AGREED}
        for name in ("path", "test"):
            file = alone["predictions"][name]
            assert (store / file).read_bytes() == (calm[0] / file).read_bytes()


@pytest.mark.parametrize("how", ["forked", "spawned", "serial"])
def test_the_store_is_sound_and_tidy(how: str, request: pytest.FixtureRequest):
    store, _ = request.getfixturevalue(how)
    assert verify(store).problems == ()
    assert list((store / ".work").iterdir()) == []
    assert not list(store.parent.glob("**/stray"))


@pytest.mark.parametrize("how", ["forked", "spawned"])
def test_what_a_model_left_running_is_gone(how: str, request: pytest.FixtureRequest):
    _, records = request.getfixturevalue(how)
    wait_until_gone(int(records["tumour", "orphans", 0]["warnings"][0]))


def test_what_a_failed_job_printed_is_kept(forked: Run):
    store, records = forked
    assert "interrupts" in {model for _, model, _ in records}
    log = store / "logs" / f"{records['tumour', 'interrupts', 0]['key']}.log"
    assert "KeyboardInterrupt" in log.read_text()
    ok = [record["key"] for record in records.values() if record["status"] == "ok"]
    assert not {path.stem for path in (store / "logs").iterdir()} & set(ok)


def test_what_a_worker_cost_is_the_kernel_s_own_account(forked: Run, spawned: Run, serial: Run):
    for _, records in (forked, spawned):
        for record in records.values():
            assert record["cpu_s"] > 0
            assert 10e6 < record["peak_rss_bytes"] < 2e9
    assert serial[1]["tumour", "centre", 0]["peak_rss_bytes"] is None


def test_jobs_beside_are_counted(forked: Run, serial: Run):
    assert max(record["jobs_beside"] for record in forked[1].values()) == 1
    assert max(record["jobs_beside"] for record in serial[1].values()) == 0


@pytest.mark.parametrize("executor", ["fork", "spawn"])
def test_a_job_that_takes_too_long_is_ended(toys: Plugins, run_cli: Command, executor: str):
    """Even one that ignores SIGTERM; and one in a C call, which no Python signal ends."""
    toys.model("endless", at_fit("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while 1: 1"))
    done = run_cli("run", "--task", "tumour", "--model", "endless", "--plugins", toys.folder,
                   "--seeds", "0", "--timeout", "2s", "--executor", executor)  # fmt: skip
    record = kept(run_cli.cwd / "results")["tumour", "endless", 0]
    assert done.returncode == 4
    assert record["status"] == "timeout"
    assert record["error"]["stage"] == "fit"
    assert record["error"]["message"] == (
        "ran longer than the 2 seconds allowed; ended in stage fit"
    )


def test_a_model_that_kills_what_started_it_ends_no_later_job(toys: Plugins, run_cli: Command):
    toys.model("a_patricide", at_fit("os.kill(os.getppid(), 9); time.sleep(300)"))
    done = run_cli("run", "--task", "tumour", "--model", "a_patricide,centre", "--plugins",
                   toys.folder, "--seeds", "0", "--jobs", "1", "--executor", "fork")  # fmt: skip
    assert done.returncode == 1
    records = kept(run_cli.cwd / "results")
    assert records["tumour", "a_patricide", 0]["status"] == "killed"
    assert records["tumour", "centre", 0]["status"] == "ok"


@pytest.mark.parametrize("executor", ["fork", "spawn"])
def test_workers_end_with_a_driver_that_is_killed(toys: Plugins, run_cli: Command, executor: str):
    slow = "(context.cache / 'pid').write_text(str(os.getpid())); time.sleep(300)"
    toys.model("slow", at_fit(slow))
    (run_cli.cwd / "cache").mkdir()
    line = run_cli.line("run", "--task", "tumour", "--model", "slow", "--plugins", toys.folder,
                        "--seeds", "0", "--executor", executor)  # fmt: skip
    driver = subprocess.Popen(
        line, cwd=run_cli.cwd, env=run_cli.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    pid_file = run_cli.cwd / "cache" / "pid"
    until = time.monotonic() + 60
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    wait_until_gone(int(pid_file.read_text()))


def wait_until_gone(pid: int) -> None:
    """Wait, at most 10 seconds, until a process runs no more (a zombie does not)."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        state = Path(f"/proc/{pid}/stat")
        if sys.platform == "linux" and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("a worker, or what it started, was left running")
