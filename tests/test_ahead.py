"""Is a job in a worker that was forked ahead of it what it would have been in one forked for it?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from faults import CONFINED, FAULTS, Run, check_fault, check_same_bits, run
from test_executors import at_fit
from toys import Command, Plugins, kept
from waiting import gone, until

from benchbig import environment
from benchbig.executors import sandbox
from benchbig.executors.ended import Ended
from benchbig.executors.fork import Fork
from benchbig.executors.processes import children
from benchbig.executors.settings import variables
from benchbig.job import Job
from benchbig.verification import verify
from benchbig.worker.rehearse import rehearse
from benchbig.worker.request import Request

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or environment.cores() < 2,
    reason="a worker is forked ahead on Linux, where a core is left for it",
)
ENDS = ("crashes", "leaves", "loops", "hoards", "leaves_session", "reseeds", "wanders", "raises",
        *(CONFINED if sandbox.version() else ()))  # fmt: skip
WAITS = at_fit(
    "(context.cache / f'{context.seed}-{os.getpid()}').write_text(str(os.getppid()))\n"
    "    while not (context.cache / 'go').exists(): time.sleep(0.02)"
)
SAYS_DONE = at_fit(
    "if context.seed == 0:\n"
    "        for file in range(3, 64):\n"
    "            try: os.write(file, b'.')\n"
    "            except OSError: pass\n"
    "        while True: pass\n"
    "    time.sleep(1)\n"
    "    zygote = os.getppid()\n"
    "    with open(f'/proc/{zygote}/task/{zygote}/children') as file:\n"
    "        (context.cache / 'workers').write_text(file.read())"
)
# The numbers of threads before and after, and whether the generators stand where they stood.
REHEARSAL = """
import os, random
import numpy as np
from benchbig.worker.rehearse import rehearse
def threads(): return len(os.listdir("/proc/self/task"))
def states(): return random.getstate(), np.random.get_state()[1].tolist(), np.random.get_state()[2]
before = threads(), states()
rehearse()
print(before == (threads(), states()))
"""


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One job at a time, so that a core is left."""
    return run(tmp_path_factory.mktemp("ahead"), ENDS, "fork", "--jobs", "1")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """As many jobs as there are cores: each worker is forked for its job."""
    return run(tmp_path_factory.mktemp("behind"), (), "fork", "--jobs", str(environment.cores()))


@pytest.fixture
def waiting(toys: Plugins, run_cli: Command) -> tuple[subprocess.Popen[str], Path]:
    """A run of two jobs that wait for a file in this folder, where they leave what they are."""
    toys.model("waits", WAITS)
    line = run_cli.line("run", "--task", "tumour", "--model", "waits", "--plugins", toys.folder,
                        "--seeds", "0,1", "--jobs", "1", "--executor", "fork")  # fmt: skip
    driver = subprocess.Popen(line, cwd=run_cli.cwd, env=run_cli.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    return driver, run_cli.cwd / "cache" / "shared"


def spare_beside(folder: Path) -> int:
    """The worker that the zygote has beside the one that runs."""
    assert until(lambda: any(path.read_text() for path in folder.glob("?-*")))
    (running,) = folder.glob("?-*")
    zygote, own = int(running.read_text()), int(running.name.rpartition("-")[2])
    assert until(lambda: len(children(zygote)) == 2)
    (spare,) = children(zygote) - {own}
    return spare


@pytest.mark.parametrize("name", ENDS)
def test_a_fault_becomes_a_record_of_a_worker_forked_ahead_too(ahead: Run, name: str):
    check_fault(ahead[1]["tumour", name, 0], FAULTS[name])


def test_it_gives_the_same_to_the_last_bit(ahead: Run, behind: Run):
    check_same_bits(ahead, behind)


def test_the_store_is_sound_and_nothing_is_left_running(ahead: Run):
    store, records = ahead
    assert verify(store).problems == ()
    assert list((store / ".work").iterdir()) == []
    assert gone(int(records["tumour", "leaves_session", 0]["warnings"][0]))


def test_a_rehearsal_starts_no_thread_and_draws_from_no_generator():
    """A thread that is there before a worker gives up its rights would keep them."""
    done = subprocess.run([sys.executable, "-c", REHEARSAL], capture_output=True, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"}, check=True)  # fmt: skip
    assert done.stdout == "True\n"


def test_a_rehearsal_ends_as_soon_as_the_job_is_there():
    """It asks after each of its steps, of which there are more than two."""
    asked: list[bool] = []

    def wanted(at: int) -> bool:
        asked.append(True)
        return len(asked) == at

    rehearse(lambda: wanted(at=2))
    assert len(asked) == 2
    asked.clear()
    rehearse(lambda: wanted(at=0))
    assert len(asked) > 2


def test_a_job_is_over_before_its_worker_has_given_its_memory_back(tmp_path: Path):
    job = Job(task="none", task_version=1, model="none", model_version=1, params="{}", seed=0,
              n_train=0, device="cpu", trials=1, seconds=1)  # fmt: skip
    request = Request(job=job, record={}, task_card="none", model_card="none", task_files={},
                      model_files={}, roots=(), folder=str(tmp_path), cache="", device="cpu",
                      threads=1, alone=True)  # fmt: skip
    with closing(Fork([], variables(threads=1, offline=True), ahead=True)) as workers:
        workers.start(request, None)
        ended: list[Ended] = []
        assert until(lambda: ended.extend(workers.wait(0.1)) or ended)
        (early,) = ended
        assert early.rest is not None
        assert (tmp_path / "record.json").exists()
        late = early.rest()
    assert (late.key, late.status, late.rest) == (job.key, 0, None)
    assert late.cpu_s is not None
    assert late.cpu_s > 0
    assert late.peak_rss_bytes is not None
    assert late.peak_rss_bytes > 1e7


def test_a_job_that_says_it_is_over_and_goes_on_is_ended_on_time(
    toys: Plugins, run_cli: Command, results: Path
):
    """The next one has begun; none is forked ahead as long as two are at work."""
    toys.model("says_done", SAYS_DONE)
    done = run_cli("run", "--task", "tumour", "--model", "says_done", "--plugins", toys.folder,
                   "--seeds", "0,1", "--timeout", "3s", "--jobs", "1")  # fmt: skip
    assert done.returncode == 1, done.stderr
    records = kept(results)
    assert records["tumour", "says_done", 0]["status"] == "timeout"
    assert records["tumour", "says_done", 0]["cpu_s"] > 1
    assert records["tumour", "says_done", 1]["status"] == "ok"
    workers = (run_cli.cwd / "cache" / "shared" / "workers").read_text()
    assert len(workers.split()) == 2


def test_the_next_job_runs_in_the_worker_that_waits(
    waiting: tuple[subprocess.Popen[str], Path], results: Path
):
    driver, folder = waiting
    spare = spare_beside(folder)
    (folder / "go").touch()
    out, _ = driver.communicate(timeout=300)
    assert driver.returncode == 0, out
    assert [path.name for path in folder.glob("1-*")] == [f"1-{spare}"]
    assert {record["status"] for record in kept(results).values()} == {"ok"}


def test_a_waiting_worker_that_is_killed_costs_no_record(
    waiting: tuple[subprocess.Popen[str], Path], results: Path
):
    driver, folder = waiting
    spare = spare_beside(folder)
    os.kill(spare, signal.SIGKILL)
    assert gone(spare)
    (folder / "go").touch()
    out, _ = driver.communicate(timeout=300)
    assert driver.returncode == 0, out
    assert {record["status"] for record in kept(results).values()} == {"ok"}


def test_a_waiting_worker_ends_with_a_driver_that_is_killed(
    waiting: tuple[subprocess.Popen[str], Path],
):
    driver, folder = waiting
    spare = spare_beside(folder)
    driver.kill()
    driver.communicate()
    assert gone(spare)
