"""Do the parts of a plan make the whole, each job in one of them, and are they alike in length?"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from records_by_hand import task
from test_job import JOB
from toys import Command, Plugins, kept, line_count, one_line

from benchbig.cards import SplitCard, SuiteCard
from benchbig.errors import BenchError
from benchbig.sharding import Shard, parse, share, weights

JOBS = [replace(JOB, seed=seed) for seed in range(7)]
DOCS = Path(__file__).parents[1] / "docs" / "clusters.md"


def test_a_shard_is_a_number_of_so_many():
    assert parse("2/8") == Shard(2, 8)
    for text in ("0/8", "9/8", "2", "2/", "/8", "-1/8", "2/0", "1.5/3", "a/b", "1/9999999"):
        with pytest.raises(BenchError, match="type which part of how many, such as 2/8"):
            parse(text)


@pytest.mark.parametrize("of", range(1, 8))
def test_all_shards_together_have_each_job_once(of: int):
    heavy = [5.0, 1.0, 1.0, 8.0, 2.0, 2.0, 1.0]
    parts = [share(JOBS, heavy, Shard(number, of)) for number in range(1, of + 1)]
    assert sorted(job.seed for part in parts for job in part) == list(range(7))
    assert all(list(part) == sorted(part, key=lambda job: job.seed) for part in parts)
    assert all(parts)


def test_the_longest_goes_to_whoever_has_least():
    """8 | 5, then 2 and 2 to the second, which has 9; 1 to the first, which then has 9 as well but
    in fewer jobs, so the next 1 too; the last 1 to the second: 10 each."""
    heavy = [5.0, 1.0, 1.0, 8.0, 2.0, 2.0, 1.0]
    first, second = (share(JOBS, heavy, Shard(number, 2)) for number in (1, 2))
    assert [job.seed for job in first] == [1, 2, 3]
    assert [job.seed for job in second] == [0, 4, 5, 6]


def test_more_shards_than_jobs_are_refused():
    with pytest.raises(BenchError, match="the plan has 7 jobs; cut it into at most 7"):
        share(JOBS, [1.0] * 7, Shard(1, 8))


def test_a_weight_is_the_card_s_seconds_for_the_part_of_the_data_that_is_asked_for():
    """10 s for 1,000 rows; 250 of them take a quarter; what no card knows is like the median."""
    of = task("tumour", split=SplitCard("stratified", True, "", n_train=1000))
    suite = SuiteCard("s", Path("s.toml"), "", "", (), (), (0,),
                      typical_s={"tumour": {"centre": 10.0}})  # fmt: skip
    jobs = [JOB, replace(JOB, n_train=250), replace(JOB, model="cool")]
    assert weights(jobs, {"tumour": of}, [suite]) == [10.0, 2.5, 6.25]
    assert weights(jobs, {"tumour": of}, []) == [1.0, 1.0, 1.0]
    cut = replace(suite, n_train_of={"tumour": (250, 500)})  # 10 s for 500 rows
    assert weights(jobs, {"tumour": of}, [cut]) == [20.0, 5.0, 12.5]


def test_shards_of_two_machines_merge_into_what_one_would_have_made(
    toys: Plugins, run_cli: Command, tmp_path: Path
):
    """Bit for bit, but for what tells when, where and how quickly."""
    line = ("run", "--suite", "toys", "--plugins", toys.folder, "--offline")
    for number in ("1", "2", "3"):
        done = run_cli(*line, "--shard", f"{number}/3", "--results", f"part{number}")
        assert done.returncode == 0, done.stdout + done.stderr
    assert run_cli(*line, "--results", "whole").returncode == 0
    done = run_cli("merge", "part1", "part2", "part3", "--into", "all")
    assert (done.returncode, done.stdout) == (0, "all: 4 records, 4 of them new\n")
    merged, whole = kept(tmp_path / "all"), kept(tmp_path / "whole")
    assert merged.keys() == whole.keys()
    for which, record in whole.items():
        same = ("key", "value", "valid_value", "metrics", "ci_low", "ci_high", "data_sha256",
                "test_ids_sha256", "params", "status", "env")  # fmt: skip
        assert {name: merged[which][name] for name in same} == {n: record[n] for n in same}
        one, other = merged[which]["predictions"], record["predictions"]
        assert (tmp_path / "all" / one["path"]).read_bytes() == (
            tmp_path / "whole" / other["path"]
        ).read_bytes()
    assert run_cli("check", "all").returncode == 0
    # the whole plan finds nothing left to do in what was merged
    assert run_cli(*line, "--results", "all").returncode == 0
    assert line_count(tmp_path / "all") == 4


def test_a_shard_that_is_none_is_refused_before_anything_is_read(run_cli: Command):
    one_line(run_cli("run", "--suite", "toys", "--shard", "3/2"), "--shard 3/2: type which part")


def test_the_script_for_slurm_s_job_arrays_runs_as_it_stands(
    toys: Plugins, run_cli: Command, tmp_path: Path
):
    """Slurm runs the script once for each number of the array, with that in its environment."""
    script, after = re.findall(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[:2]
    last = int(re.search(r"^#SBATCH --array=1-(\d+)$", script, re.MULTILINE)[1])  # type: ignore[index]
    (tmp_path / "suite.sbatch").write_text(script)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "benchbig").write_text(f'#!/bin/sh\nexec {" ".join(run_cli.line())} "$@"\n')
    (tools / "benchbig").chmod(0o755)
    env = {**run_cli.env, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "SUITE": "toys",
           "BENCHBIG_PLUGINS": str(toys.folder)}  # fmt: skip
    for number in range(1, last + 1):
        own = {"SLURM_ARRAY_TASK_ID": str(number), "SLURM_ARRAY_TASK_COUNT": str(last),
               "SLURM_CPUS_PER_TASK": "1"}  # fmt: skip
        done = subprocess.run(["sh", "suite.sbatch"], cwd=tmp_path, env={**env, **own},
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    merging = next(line for line in after.splitlines() if line.startswith("benchbig merge"))
    done = subprocess.run(["sh", "-c", merging], cwd=tmp_path, env=env, check=False,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    into = merging.split()[-1]
    assert len(kept(tmp_path / into)) == 4
    assert json.loads(run_cli("export", "--results", into, "--format", "json").stdout)
