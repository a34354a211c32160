"""Are the points of a learning curve comparable: nested, stratified, the same for every model?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from toys import CENTROID, Command, Plugins, one_line

from benchbig.store import latest

TELLING = CENTROID + (
    "\n\ndef fit(train, context, honest=fit):\n"
    "    context.cache.mkdir(exist_ok=True)\n"
    "    name = f\"{context.params['who']}-{context.seed}-{len(train)}\"\n"
    "    np.savez(context.cache / name, ids=train.ids, y=train.y)\n"
    "    return honest(train, context)\n"
)


def telling(toys: Plugins) -> list[str]:
    """Two models that leave the rows they were given in the cache; the options that run them."""
    for who in ("one", "two"):
        toys.model(who, TELLING, {"params": {"warmth": 1.0, "who": who}})
    return ["run", "--model", "one,two", "--plugins", str(toys.folder)]


def test_every_model_learns_from_the_same_rows_and_more_rows_hold_the_fewer(
    toys: Plugins, run_cli: Command, results: Path
):
    line = [*telling(toys), "--task", "tumour", "--seeds", "0,1", "--n-train", "40,100,all"]
    done = run_cli(*line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len({(r["model"], r["seed"], r["n_train"]) for r in latest(results)}) == 12
    cache = run_cli.cwd / "cache" / "shared"
    given = {}
    for seed in (0, 1):
        for n in (40, 100, 341):
            one, two = (np.load(cache / f"{who}-{seed}-{n}.npz") for who in ("one", "two"))
            assert one["ids"].tolist() == two["ids"].tolist()
            # 214 of the 341 are benign: 62.8%.
            assert abs(one["y"].sum() - 0.628 * n) < 1
            given[seed, n] = set(one["ids"].tolist())
        assert given[seed, 40] < given[seed, 100] < given[seed, 341]
    assert given[0, 100] != given[1, 100]


def test_a_size_that_one_of_two_tasks_lacks_is_left_out_there_and_said(
    toys: Plugins, run_cli: Command, results: Path
):
    line = telling(toys)
    counted = {"scheme": "stratified", "seeded": True, "why": "A row a patient.", "n_train": 341}
    small = {**counted, "n_train": 100}
    toys.task("tumour_whole", card={"split": counted})
    toys.task("tumour_small", card={"split": small})
    line += ["--task", "tumour_whole,tumour_small", "--seeds", "0", "--n-train", "50,200"]
    said = "tumour_small is planned without n_train 200: it has 100 training examples"
    planned = run_cli(*line, "--dry-run")
    assert said in planned.stdout
    assert "6 jobs" in planned.stdout
    done = run_cli(*line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    one_line(
        run_cli(*line[:-1], "50,342"),
        "--n-train 342: tumour_whole has 341 training examples; ask for at most 341, or for all",
    )


def test_a_suite_names_sizes_of_single_tasks_and_the_command_line_overrules_them(
    toys: Plugins, run_cli: Command
):
    toys.task("other")
    card = {"tasks": ["tumour", "other"], "n_train": [50], "n_train_of": {"other": [40, 0]}}
    toys.suite("curve", card)
    line = ["run", "--suite", "curve", "--plugins", str(toys.folder), "--dry-run"]
    planned = [json.loads(each) for each in run_cli(*line, "--format", "json").stdout.splitlines()]
    assert [(job["task"], job["n_train"]) for job in planned] == [
        ("tumour", 50),
        ("other", 40),
        ("other", "all"),
    ]
    asked = run_cli(*line, "--format", "json", "--n-train", "30").stdout.splitlines()
    assert [json.loads(each)["n_train"] for each in asked] == [30, 30]
    assert "50; other 40, all" in run_cli("show", "curve", "--plugins", toys.folder).stdout


def test_a_suite_with_a_limit_is_a_trial(toys: Plugins, run_cli: Command, results: Path):
    toys.suite("small", {"limit": 60})
    done = run_cli("run", "--suite", "small", "--plugins", toys.folder)
    assert done.returncode == 0, done.stderr
    (record,) = latest(results)
    assert (record["limit"], record["n_train"], record["n_test"]) == (60, 60, 60)
    assert "A trial run" in done.stdout
    assert (
        "60 examples a part: a trial" in run_cli("show", "small", "--plugins", toys.folder).stdout
    )
