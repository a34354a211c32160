"""`benchbig run` from end to end through the command line, on toy plugins."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from toys import BREAST_CANCER, CENTROID, WINE, Command, Plugins, kept, line_count, one_line

from benchbig.verification import verify

LEAKING = BREAST_CANCER.replace(
    "    return cut(", "    from benchbig.data import Split\n    leaking = cut("
) + ("    return Split(leaking.train, leaking.valid, leaking.train)\n")
ONE_CLASS = BREAST_CANCER.replace("    return cut(", "    y = 0 * y\n    return cut(")
NAN = CENTROID.replace("    return predict\n", "    return lambda X: predict(X) * np.nan\n")
FLAKY = CENTROID + (
    "\n\ndef fit(train, context, honest=fit):\n"
    "    tries = context.cache / 'tries'\n"
    "    context.cache.mkdir(exist_ok=True)\n"
    "    tries.write_text(tries.read_text() + 'x' if tries.exists() else 'x')\n"
    "    if len(tries.read_text()) < {n}:\n        raise OSError('no luck')\n"
    "    return honest(train, context)\n"
)


def test_a_run_measures_and_a_second_one_does_only_what_is_missing(
    toys: Plugins, run_cli: Command, results: Path
):
    line = ["run", "--suite", "toys", "--plugins", toys.folder]
    first = run_cli(*line, "--seeds", "0")
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    assert all(name in first.stdout for name in ("Breast cancer", "centre", "cool", "results"))
    assert line_count(results) == 2
    assert run_cli(*line).returncode == 0
    assert line_count(results) == 4
    before = {path: path.read_bytes() for path in results.glob("records/*/*.jsonl")}
    again = run_cli(*line)
    assert again.returncode == 0
    assert {path: path.read_bytes() for path in results.glob("records/*/*.jsonl")} == before
    assert run_cli(*line, "--force").returncode == 0
    assert line_count(results) == 8
    assert {record["attempt"] for record in kept(results).values()} == {2}
    # What was measured before has its predictions still: of a run that is killed now, it counts.
    assert len(list(results.glob("predictions/[0-9a-f]*.npz"))) == 8
    assert verify(results).problems == ()


def test_a_record_holds_what_the_cards_and_the_machine_say(
    toys: Plugins, run_cli: Command, results: Path
):
    run_cli("run", "--suite", "toys", "--plugins", toys.folder, "--model", "centre", "--threads", 1)
    record = kept(results)["tumour", "centre", 0]
    assert record["status"] == "ok"
    assert (record["n_train"], record["n_valid"], record["n_test"]) == (341, 115, 113)
    assert (record["suite"], record["sector"], record["device"]) == ("toys", "healthcare", "cpu")
    assert record["value"] == record["metrics"]["roc_auc"]
    assert record["ci_low"] < record["value"] < record["ci_high"]
    assert record["command"].endswith("--threads 1")
    assert record["started_at"] < record["finished_at"]
    assert record["params"] == {"warmth": 1.0}
    assert record["tuning"]["stopped_by"] == "exhausted"
    assert min(record[name] for name in ("load_s", "fit_s", "predict_s", "job_s")) > 0
    machine = json.loads((results / "env" / f"{record['env']}.json").read_text())
    assert machine["threads_a_job"] == 1
    assert machine["packages"]["numpy"]


def test_the_search_is_the_engine_s(toys: Plugins, run_cli: Command, results: Path):
    """Warmth 1e9 melts all probabilities to 1/2 in float32: only 1.0 can be kept."""
    card = {"params": {"warmth": 1e9}, "search": {"warmth": [1e9, 1.0]}}
    toys.model("searched", card=card)
    toys.suite("search", {"models": ["searched"], "tuning": {"trials": 5, "seconds": 30}})
    assert run_cli("run", "--suite", "search", "--plugins", toys.folder).returncode == 0
    record = kept(results)["tumour", "searched", 0]
    assert record["params"] == {"warmth": 1.0}
    assert [trial["params"]["warmth"] for trial in record["tuning"]["tried"]] == [1e9, 1.0]
    assert record["tuning"]["trials"] == 2
    assert record["tuning"]["budget_trials"] == 5


def test_serial_and_parallel_runs_agree_and_a_seed_repeats(
    toys: Plugins, run_cli: Command, tmp_path: Path
):
    toys.task("wine", WINE, {"title": "Wine", "kind": "multiclass", "metric": "accuracy",
                             "n_classes": 3, "n_examples": 178, "n_features": 13})  # fmt: skip
    found = []
    for name, how in (("one", ["--jobs", "1"]), ("two", ["--jobs", "2"]),
                      ("three", ["--executor", "serial"])):  # fmt: skip
        done = run_cli("run", "--task", "tumour,wine", "--model", "centre", "--seeds", "0-1",
                       "--plugins", toys.folder, "--results", name, *how)  # fmt: skip
        assert done.returncode == 0, done.stderr
        records = kept(tmp_path / name)
        assert len(records) == 4
        found.append({job: (r["metrics"], r["predictions"]) for job, r in records.items()})
    assert found[0] == found[1] == found[2]


def test_a_failed_job_is_tried_once_more_and_then_left(
    toys: Plugins, run_cli: Command, results: Path
):
    toys.model("hopeless", FLAKY.replace("{n}", "99"))
    line = ["run", "--suite", "toys", "--plugins", toys.folder, "--model", "hopeless,centre",
            "--seeds", "0"]  # fmt: skip
    for attempt, lines in ((1, 2), (2, 3), (2, 3)):
        done = run_cli(*line)
        assert done.returncode == 1
        record = kept(results)["tumour", "hopeless", 0]
        assert (record["attempt"], line_count(results)) == (attempt, lines)
        assert "no luck" in done.stdout + done.stderr


def test_a_second_try_that_works_counts(toys: Plugins, run_cli: Command, results: Path):
    toys.model("flaky", FLAKY.replace("{n}", "2"))
    line = ["run", "--task", "tumour", "--plugins", toys.folder, "--model", "flaky", "--seeds", "0"]
    assert [run_cli(*line).returncode for _ in range(2)] == [4, 0]
    assert kept(results)["tumour", "flaky", 0]["status"] == "ok"


def test_a_trial_run_is_marked_and_kept_out_of_tables(
    toys: Plugins, run_cli: Command, results: Path
):
    line = ["run", "--task", "tumour", "--model", "centre", "--seeds", "0", "--plugins",
            toys.folder]  # fmt: skip
    assert run_cli(*line, "--limit", "60").returncode == 0
    record = kept(results)["tumour", "centre", 0]
    assert (record["limit"], record["n_train"], record["n_test"]) == (60, 60, 60)
    table = run_cli("export", "--results", results, "--format", "csv")
    assert "centre" not in table.stdout
    assert table.stderr == "left out: 1 trial (--limit), which is no result\n"
    assert run_cli(*line).returncode == 0
    assert kept(results)["tumour", "centre", 0]["limit"] == 0
    assert line_count(results) == 2
    assert "centre" in run_cli("export", "--results", results, "--format", "csv").stdout


def test_a_dry_run_prints_the_plan_and_writes_nothing(toys: Plugins, run_cli: Command):
    before = sorted(run_cli.cwd.rglob("*"))
    done = run_cli("run", "--suite", "toys", "--plugins", toys.folder, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "centre" in done.stdout
    assert "4" in done.stdout
    assert sorted(run_cli.cwd.rglob("*")) == before


MISTAKES = [
    (["--suite", "toyz"], "unknown suite 'toyz'; did you mean 'toys'?"),
    (["--task", "tumor"], "unknown task 'tumor'; did you mean 'tumour'?"),
    (["--suite", "toys", "--model", "center"], "unknown model 'center'; did you mean 'centre'?"),
    (["--suite", "toys", "--device", "cdua"], "unknown device 'cdua'; did you mean 'cuda'?"),
    (["--suite", "toys", "--device", "mps"], "--device mps: this machine has no such device"),
    (["--suite", "toys", "--format", "jsn"], "unknown format 'jsn'; did you mean 'json'?"),
    (["--suite", "toys", "--executor", "frok"], "unknown executor 'frok'; did you mean 'fork'?"),
    (["--suite", "toys", "--jobs", "0"], "--jobs 0: must be 1 or more"),
    (["--suite", "toys", "--threads", "0"], "--threads 0: must be 1 or more"),
    (["--suite", "toys", "--limit", "-3"], "--limit -3: must be 1 or more"),
    (["--suite", "toys", "--seeds", "a"], "--seeds a: 'a' is no seed; type such as"),
    (["--suite", "toys", "--n-train", "0"], "--n-train 0: '0' is no size; type such as"),
    (["--suite", "toys", "--threads", "5000"], "--threads 5000: this machine lends"),
    (["--suite", "toys", "--gpu-jobs", "0"], "--gpu-jobs 0: must be 1 or more"),
    (["--suite", "toys", "--retry", "-1"], "--retry -1: must be 0 or more"),
    (["--suite", "toys", "--memory", "much"], "--memory much: type a size such as 500M"),
    (["--suite", "toys", "--disk", "0G"], "--disk 0G: type a size such as 500M"),
    (["--suite", "toys", "--timeout", "soon"], "--timeout soon: type a time such as 90s"),
    ([], "nothing to run: name a suite or a task"),
    (["--suite", "toys", "--plugins", "nowhere"], "--plugins nowhere: no folder with tasks/"),
    (["--task", "tumour", "--model", "bag_of_words"], "no model fits: bag_of_words takes text"),
]


@pytest.mark.parametrize(("options", "message"), MISTAKES)
def test_a_mistake_on_the_command_line_is_one_line(
    toys: Plugins, run_cli: Command, options: list[str], message: str
):
    toys.model("bag_of_words", card={"modalities": ["text"]})
    one_line(run_cli("run", *options, "--plugins", toys.folder), message)
    assert not (run_cli.cwd / "results").exists()


def test_more_training_rows_than_there_are_is_refused(
    toys: Plugins, run_cli: Command, results: Path
):
    """With the number on the card before any job starts, else by the worker that loads it."""
    counted = {"scheme": "stratified", "seeded": True, "why": "A row a patient.", "n_train": 341}
    toys.task("counted", card={"split": counted})
    line = ["run", "--model", "centre", "--plugins", toys.folder, "--seeds", "0"]
    done = run_cli(*line, "--task", "counted", "--n-train", "342")
    one_line(done, "--n-train 342: counted has 341 training examples; ask for at most 341")
    assert not results.exists()
    done = run_cli(*line, "--task", "tumour", "--n-train", "100,342")
    assert done.returncode == 2
    assert "tumour has 341 training examples" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    records = [json.loads(line) for line in
               (results / "records/tumour/centre.jsonl").read_text().splitlines()]  # fmt: skip
    assert {r["n_train_asked"]: (r["status"], r["n_train"]) for r in records} == {
        100: ("ok", 100),
        342: ("failed", None),
    }


def test_a_results_folder_that_cannot_be_written_is_said_first(toys: Plugins, run_cli: Command):
    (run_cli.cwd / "taken").write_text("")
    done = run_cli("run", "--suite", "toys", "--plugins", toys.folder, "--results", "taken")
    one_line(done, "--results taken: cannot be written")
    assert "centre" not in done.stdout


def test_a_store_in_use_is_said_first(toys: Plugins, run_cli: Command, results: Path):
    from benchbig import store

    store.prepare(results)
    with store.held(results):
        done = run_cli("run", "--suite", "toys", "--plugins", toys.folder)
    year = datetime.now(UTC).year
    one_line(done, f"results is in use by process {os.getpid()} on ", f" since {year}-")


def test_more_jobs_than_cores_are_not_run_side_by_side(
    toys: Plugins, run_cli: Command, results: Path
):
    done = run_cli("run", "--suite", "toys", "--plugins", toys.folder, "--jobs", "500")
    assert done.returncode == 0
    assert "note: --jobs 500: only" in done.stdout
    assert max(record["jobs_beside"] for record in kept(results).values()) < os.cpu_count()


def test_a_job_that_failed_is_tried_as_often_as_is_asked(
    toys: Plugins, run_cli: Command, results: Path
):
    toys.model("flaky", FLAKY.replace("{n}", "4"))
    line = ["run", "--task", "tumour", "--plugins", toys.folder, "--model", "flaky", "--seeds", "0"]
    for retry, attempt in (("0", 1), ("0", 1), ("1", 2), ("1", 2), ("5", 3), ("5", 4), ("5", 4)):
        run_cli(*line, "--retry", retry)
        assert kept(results)["tumour", "flaky", 0]["attempt"] == attempt
    assert kept(results)["tumour", "flaky", 0]["status"] == "ok"


BAD_PLUGINS = {
    "broken": ("model", "raise ImportError('no such thing')", "does not import"),
    "leaking": ("task", LEAKING, "the split leaks: id"),
    "dull": ("task", ONE_CLASS, "labels of one class, 0"),
    "loadless": ("task", "x = 1", "has no function 'load'"),
}


@pytest.mark.parametrize("name", BAD_PLUGINS)
def test_a_plugin_at_fault_is_exit_2_and_other_records_are_kept(
    toys: Plugins, run_cli: Command, results: Path, name: str
):
    what, code, message = BAD_PLUGINS[name]
    (toys.task if what == "task" else toys.model)(name, code)
    tasks, models = (f"tumour,{name}", "centre") if what == "task" else ("tumour", f"centre,{name}")
    done = run_cli("run", "--task", tasks, "--model", models, "--plugins", toys.folder,
                   "--seeds", "0")  # fmt: skip
    assert done.returncode == 2
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    records = kept(results)
    assert records.pop(("tumour", "centre", 0))["status"] == "ok"
    (failed,) = records.values()
    assert failed["status"] == "failed"
    assert message in failed["error"]["message"]


def test_nan_out_of_a_model_is_a_failed_record_and_the_run_goes_on(
    toys: Plugins, run_cli: Command, results: Path
):
    toys.model("nan", NAN)
    line = ["run", "--task", "tumour", "--plugins", toys.folder, "--seeds", "0", "--jobs", "1"]
    assert run_cli(*line, "--model", "nan").returncode == 4
    assert run_cli(*line, "--model", "nan,centre").returncode == 1
    records = kept(results)
    assert records["tumour", "nan", 0]["status"] == "failed"
    assert "NaN" in records["tumour", "nan", 0]["error"]["message"]
    assert records["tumour", "centre", 0]["status"] == "ok"


def test_a_missing_extra_is_said_before_the_run(toys: Plugins, run_cli: Command, results: Path):
    toys.model("huge", card={"requires": ["torch_of_tomorrow"], "extra": "large"})
    line = ["run", "--task", "tumour", "--plugins", toys.folder, "--seeds", "0", "--model",
            "huge,centre"]  # fmt: skip
    typed = "huge needs torch_of_tomorrow; type: pip install 'benchbig[large]'"
    assert typed in run_cli(*line, "--dry-run").stdout
    for _ in range(2):  # a second run says it again, but does not record it again
        done = run_cli(*line)
        assert done.returncode == 1
        said = done.stdout + done.stderr
        assert typed in said
        assert said.index(typed) < said.index("ROC AUC")
        assert kept(results)["tumour", "huge", 0]["status"] == "unavailable"
        assert line_count(results) == 2
    (toys.folder / "baselines" / "huge.toml").write_text(
        (toys.folder / "baselines" / "huge.toml").read_text().replace("torch_of_tomorrow", "json")
    )
    assert run_cli(*line).returncode == 0
    assert kept(results)["tumour", "huge", 0]["attempt"] == 1


def test_json_is_a_line_an_event(toys: Plugins, run_cli: Command):
    done = run_cli("run", "--suite", "toys", "--plugins", toys.folder, "--format", "json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(events) >= 9  # the plan, and the start and the end of four jobs
    assert done.returncode == 0


def test_quiet_says_only_what_went_wrong(toys: Plugins, run_cli: Command):
    toys.model("nan", NAN)
    line = ["run", "--task", "tumour", "--plugins", toys.folder, "--seeds", "0", "--quiet"]
    done = run_cli(*line, "--model", "centre")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run_cli(*line, "--model", "nan,centre")
    assert done.returncode == 1
    assert "nan" in done.stdout + done.stderr
    assert "centre" not in done.stdout + done.stderr
