"""Are jobs on a Ray cluster the jobs of one machine, and does a node that dies cost no record?

On a real cluster of several nodes, all on this machine: a head that takes no jobs, and workers of
one core each.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from faults import AGREED
from test_executors import at_fit
from toys import BREAST_CANCER, CENTROID, Command, Plugins, kept, line_count, one_line

from benchbig.assets import cache as shelf
from benchbig.assets.cache import workplace
from benchbig.cards import AssetCard
from benchbig.store import env
from benchbig.verification import verify

ENGINE = Path(__file__).parents[1]
MEMORY = 4_000_000_000
WAIT = CENTROID.replace(
    "def fit(train, context):\n",
    "import os\nimport time\nfrom pathlib import Path\n\n\ndef fit(train, context):\n"
    "    here = Path(context.params['here'])\n"
    "    name = f'{context.seed}-{os.getpid()}'\n"
    "    (here / f'part-{name}').write_text(os.environ['RAY_RAYLET_PID'])\n"
    "    (here / f'part-{name}').rename(here / name)\n"  # a reader sees all of it or nothing
    "    while not (here / 'go').exists():\n        time.sleep(0.05)\n",
)


@dataclass(frozen=True)
class Local:
    """A cluster on this machine."""

    inner: Any
    cache: Path

    @property
    def options(self) -> list[str]:
        """What the command line needs to run on it."""
        return ["--executor", "ray", "--address", self.inner.address]

    def node(self, **variables: str) -> Any:
        """Add a node of one core with the nodes' cache and these environment variables."""
        cache = {"BENCHBIG_CACHE": str(self.cache)}
        return self.inner.add_node(num_cpus=1, memory=MEMORY, env_vars={**cache, **variables})

    def kill(self, node: Any) -> None:
        """Kill what makes a machine a node, as a failing one would go: with no farewell."""
        process = node.all_processes["raylet"][0].process
        process.kill()
        process.wait()  # Ray's workers look whether it is there, which a zombie would be

    def remove(self, node: Any) -> None:
        """Take a node away, what is left of it, and wait until the cluster knows."""
        self.inner.remove_node(node)
        self.inner.wait_for_nodes(timeout=120)


def raylet(node: Any) -> int:
    pid: int = node.all_processes["raylet"][0].process.pid
    return pid


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    pytest.importorskip("ray", reason="Ray is not installed; type: pip install 'benchbig[ray]'")
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        found = Local(made, tmp_path_factory.mktemp("nodes"))
        found.node()
        found.node()
        yield found
    finally:
        made.shutdown()


def test_a_cluster_gives_the_records_of_one_machine(
    local: Local, toys: Plugins, run_cli: Command, tmp_path: Path
):
    """To the last bit, those of jobs that end badly included."""
    toys.model("crashes", at_fit("ctypes.string_at(0)"))
    toys.model("raises", at_fit("raise ValueError('no luck')"))
    toys.model("leaves", at_fit("os._exit(0)"))
    line = ["run", "--task", "tumour", "--model", "centre,cool,crashes,raises,leaves",
            "--plugins", toys.folder, "--seeds", "0,1"]  # fmt: skip
    one, many = tmp_path / "one", tmp_path / "many"
    assert run_cli(*line, "--results", one, "--executor", "fork").returncode == 1
    done = run_cli(*line, "--results", many, *local.options)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    here, there = kept(one), kept(many)
    assert set(there) == set(here)
    for name, record in here.items():
        other = there[name]
        assert {f: other[f] for f in AGREED} == {f: record[f] for f in AGREED}
        assert other["status"] == record["status"]
        if record["error"]:
            same = ("stage", "type", "message")
            assert [other["error"][f] for f in same] == [record["error"][f] for f in same]
        for file in (record["predictions"] or {}).values():
            if file.startswith("predictions/"):
                assert (many / file).read_bytes() == (one / file).read_bytes()
        assert env(many, other["env"]) == env(one, record["env"])
        assert other["cpu_s"] > 0
        assert 10e6 < other["peak_rss_bytes"] < 2e9
    assert max(record["jobs_beside"] for record in there.values()) == 1
    assert verify(many).problems == ()
    assert list((many / ".work").iterdir()) == []


def test_a_job_on_a_cluster_has_its_deadline_too(local: Local, toys: Plugins, run_cli: Command):
    toys.model("endless", at_fit("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while 1: 1"))
    done = run_cli("run", "--task", "tumour", "--model", "endless,centre", "--plugins", toys.folder,
                   "--seeds", "0", "--timeout", "3s", *local.options)  # fmt: skip
    assert done.returncode == 1, done.stderr
    records = kept(run_cli.cwd / "results")
    assert records["tumour", "centre", 0]["status"] == "ok"
    ended = records["tumour", "endless", 0]
    assert ended["status"] == "timeout"
    assert ended["error"]["message"] == "ran longer than the 3 seconds allowed; ended in stage fit"


def test_a_node_that_dies_costs_a_retry_and_no_record(
    local: Local, toys: Plugins, run_cli: Command, tmp_path: Path
):
    """Three nodes run a job each when one is killed; the others run its job again."""
    doomed = local.node()
    here = local.cache / "shared" / "here"  # where jobs may write
    here.mkdir(parents=True)
    toys.model("waits", WAIT, {"params": {"warmth": 1.0, "here": str(here)}})

    running = subprocess.Popen(
        run_cli.line("run", "--task", "tumour", "--model", "waits", "--plugins", toys.folder,
                     "--seeds", "0-4", *local.options),
        cwd=run_cli.cwd, env=run_cli.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_until(lambda: len(list(here.glob("?-*"))) == 3, "three jobs run")
        (lost,) = [p for p in here.glob("?-*") if p.read_text() == str(raylet(doomed))]
        local.kill(doomed)
        wait_until(lambda: not lives(int(lost.name.split("-")[1])), "the worker is gone with it")
        (here / "go").touch()
        out, err = running.communicate(timeout=300)
    finally:
        running.kill()
        local.remove(doomed)
    assert running.returncode == 0, out + err
    records = kept(run_cli.cwd / "results")
    assert {seed for _, _, seed in records} == set(range(5))
    assert {record["status"] for record in records.values()} == {"ok"}
    assert line_count(run_cli.cwd / "results") == 5
    seed = lost.name.split("-")[0]
    assert f"tumour, waits, seed {seed}: lost with its node, runs again" in out + err
    assert len(list(here.glob(f"{seed}-*"))) == 2
    assert len(list(here.glob("?-*"))) == 6  # no other job ran twice
    assert verify(run_cli.cwd / "results").problems == ()


def test_a_node_with_other_code_is_refused_before_a_job_starts(
    local: Local, toys: Plugins, run_cli: Command, tmp_path: Path
):
    for folder in ("benchbig", "tasks", "baselines", "suites", "leaderboard"):
        shutil.copytree(ENGINE / folder, tmp_path / "other" / folder,
                        ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    with (tmp_path / "other" / "benchbig" / "metrics" / "score.py").open("a") as file:
        file.write("# measured otherwise\n")
    other = local.node(PYTHONPATH=str(tmp_path / "other"))
    try:
        done = run_cli("run", "--task", "tumour", "--model", "centre", "--plugins", toys.folder,
                       *local.options)  # fmt: skip
    finally:
        local.remove(other)
    one_line(done, "has other benchbig code than this machine; install the same version")
    assert not (run_cli.cwd / "results").exists()


def test_what_no_node_can_hold_is_refused(local: Local, toys: Plugins, run_cli: Command):
    line = ["run", "--task", "tumour", "--model", "centre", "--plugins", toys.folder]
    done = run_cli(*line, "--threads", "2", *local.options)
    one_line(done, "centre needs 2 CPU, 3.0 GB on one node, but the nodes have 1 CPU, 4.0 GB",
             "lower --threads")  # fmt: skip
    done = run_cli(*line, "--device", "cuda", *local.options)
    one_line(done, "--device cuda: no node of the cluster offers one", "type --device cpu")
    assert not (run_cli.cwd / "results" / "records" / "tumour").exists()


def test_the_nodes_get_the_data_themselves(local: Local, toys: Plugins, run_cli: Command):
    """Into a cache of their own: the driver's stays empty."""
    text = b"the nodes have it"
    pinned = {"licence": "CC0", "origin": "these tests", "npm": "none@1", "member": "note.txt",
              "sha256": hashlib.sha256(text).hexdigest()}  # fmt: skip
    code = BREAST_CANCER.replace(
        "    home =", "    assert files['note'].stat().st_size\n    home ="
    )
    toys.task("noted", code, {"assets": {"note": pinned}})
    line = ["run", "--task", "noted", "--model", "centre", "--plugins", toys.folder,
            "--seeds", "0", "--offline", *local.options]  # fmt: skip
    one_line(run_cli(*line), "cannot get data or weights: asset 'note' is not in", "offline")
    asset = AssetCard(name="note", **pinned)
    with workplace(asset, local.cache) as partial:
        (partial / "kept" / "data" / "note.txt").write_bytes(text)
        shelf.store(asset, partial / "kept", local.cache)
    done = run_cli(*line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (run_cli.cwd / "cache" / "assets").exists()


def test_an_address_where_nobody_answers_is_said_at_once(toys: Plugins, run_cli: Command):
    pytest.importorskip("ray", reason="Ray is not installed")
    began = time.monotonic()
    done = run_cli("run", "--task", "tumour", "--model", "centre", "--plugins", toys.folder,
                   "--executor", "ray", "--address", "127.0.0.1:1")  # fmt: skip
    one_line(done, "--address 127.0.0.1:1: no Ray cluster can be joined there",
             "type: ray start --head")  # fmt: skip
    assert time.monotonic() - began < 60  # Ray itself tries for minutes


def wait_until(true: Any, what: str) -> None:
    until = time.monotonic() + 240
    while not true():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.1)


def lives(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
