"""Does `benchbig check` point at what no honest run leaves, and keep silent about what one does?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import stores_by_hand
from records_by_hand import job, model, ok, task
from toys import BREAST_CANCER, Command, Plugins

from benchbig import store
from benchbig.cards import find
from benchbig.plausible.card import of_card
from benchbig.plausible.costs import of_costs
from benchbig.plausible.doubts import Doubt, doubts, grouped
from benchbig.plausible.origin import of_origin
from benchbig.plausible.published import of_published, published
from benchbig.plausible.quality import ahead, alike, of_quality

ROOT = Path(__file__).resolve().parents[1]
MACHINE = {"cpu": "x", "cores": 2, "memory_bytes": 1, "os": "Linux", "python": "3.11",
           "packages": {"numpy": "2"}}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"fit_s": 0.0}, "fit_s is 0 s: nothing takes no time"),
        ({"predict_s": 0.0}, "predict_s is 0 s"),
        ({"load_s": None}, "load_s is not given"),
        ({"fit_s": 30.0}, "loading, fitting and predicting take 31.5 s of a job of 9.0 s"),
        ({"latency_ms": {"p50": 0.3, "p90": 0.2, "p99": 0.5, "n": 9}}, "do not rise"),
        ({"throughput_per_s": 1e6}, "ten times apart"),
        ({"peak_rss_bytes": 5_000_000}, "5.0 MB, less than Python with numpy needs"),
        ({"peak_rss_bytes": None}, "peak_rss_bytes is not given"),
    ],
)
def test_times_and_memory_that_no_job_has(facts: dict[str, Any], told: str) -> None:
    (doubt,) = of_costs(ok(**facts))
    assert told in doubt


def test_what_was_taken_from_a_cache_takes_no_time_of_its_job() -> None:
    shared = ok(fit_s=30.0, shared_s=27.0)
    shared["tuning"]["seconds"] = 33.0
    assert list(of_costs(shared)) == []
    assert list(of_costs(ok())) == []


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"dirty": True, "git_commit": "a" * 40}, "differs from commit aaaaaaaaaa"),
        ({"dirty": True, "git_commit": None}, "changed code of no known commit"),
        ({"finished_at": "2025-01-01T00:00:00.000+00:00", "job_s": None}, "before it started"),
        ({"finished_at": "2999-01-01T00:00:00.000+00:00"}, "yet to come"),
        ({"finished_at": "yesterday"}, "no two times"),
        ({"job_s": 3600.0}, "a job of 3600.0 s between two times 60.0 s apart"),
        ({"env": "0" * 16}, "its machine is not described"),
    ],
)
def test_code_and_machines_that_nobody_can_name(
    tmp_path: Path, facts: dict[str, Any], told: str
) -> None:
    store.prepare(tmp_path)
    store.keep_env(tmp_path, ok()["env"], MACHINE)
    clean = {"dirty": False, "git_commit": "a" * 40}
    assert list(of_origin(tmp_path, {**ok(), **clean})) == []
    doubts_of = list(of_origin(tmp_path, {**ok(), **clean, **facts}))
    assert any(told in doubt for doubt in doubts_of), doubts_of


def test_a_machine_that_is_half_described(tmp_path: Path) -> None:
    store.prepare(tmp_path)
    store.keep_env(tmp_path, ok()["env"], {**MACHINE, "cpu": "", "packages": {}})
    (doubt,) = of_origin(tmp_path, {**ok(), "dirty": False})
    assert doubt == "its machine is described without cpu, packages"


def test_a_record_of_a_card_that_is_here_must_agree_with_it() -> None:
    catalog = find()
    of, by = catalog.task("card_fraud"), catalog.model("logreg")
    same = {**ok(of, by), "search": _search(of, by)}
    assert list(of_card(same, catalog)) == []
    told = {
        "licence are not those of the task's card": {"licence": "mine"},
        "parameters are not those": {"search": {**same["search"], "params": {"C": 9}}},
        "version 99 of the model": {"model_version": 99},
        "version 99 of the task": {"task_version": 99},
        "family or adaptation is not that": {"family": "pretrained"},
        "no card of the model mine is here: read its code": {"model": "mine"},
        "no card of the task mine is here: read how it splits": {"task": "mine"},
    }
    for text, facts in told.items():
        (doubt,) = of_card({**same, **facts}, catalog)
        assert text in doubt


def _search(of: Any, by: Any) -> dict[str, Any]:
    import json

    made = job(of, by)
    return {**json.loads(made.params), "trials": made.trials, "seconds": made.seconds}


def test_predictions_that_are_the_labels_are_seen(tmp_path: Path) -> None:
    """Right in every example, though the probabilities are not all 0 and 1."""
    stores_by_hand.add(tmp_path, by="cheat", right=1.0, seeds=(0,))
    stores_by_hand.add(tmp_path, by="honest", right=0.9, seeds=(0,))
    by_model = {record["model"]: record for record in store.latest(tmp_path)}
    found = list(of_quality(tmp_path, by_model["cheat"]))
    assert "accuracy is 1, which cannot be bettered" in found
    assert "its predictions are the test labels" in found
    assert list(of_quality(tmp_path, by_model["honest"])) == []


def test_numbers_that_are_the_true_ones_are_seen(tmp_path: Path) -> None:
    store.prepare(tmp_path)
    y = np.arange(30) / 7
    for name, p in (("copied", y), ("close", y + 1e-3)):
        record = ok(task("power", kind="regression", metric="mae"), model(name), value=0.001)
        np.savez(tmp_path / record["predictions"]["path"], p=p.astype(np.float32))
        np.savez(tmp_path / record["predictions"]["test"], ids=np.arange(30), y=y)
        found = list(of_quality(tmp_path, {**record, "valid_value": 0.001}))
        assert found == (["its predictions are the test labels"] if name == "copied" else [])


@pytest.mark.parametrize(
    ("valid", "value", "metric", "odd"),
    [
        # Two others gain 0.30 from the validation part to the test part: its examples are easier.
        # The interval of these records is 0.07 wide: three half widths are 0.105.
        (0.40, 0.80, "average_precision", False),
        (0.39, 0.80, "average_precision", True),
        (0.80, 0.80, "average_precision", False),
        (0.90, 0.49, "log_loss", True),
        (0.90, 0.50, "log_loss", False),
    ],
)
def test_who_gains_more_on_the_test_part_than_others_do_is_seen(
    valid: float, value: float, metric: str, odd: bool
) -> None:
    of = task(metric=metric)
    easier = 0.3 if metric == "average_precision" else -0.3
    drawn = {"scheme": "stratified"}
    others = [ok(of, name, value=0.5 + easier, valid_value=0.5, **drawn) for name in ("a", "b")]
    one = ok(of, "one", value=value, valid_value=valid, **drawn)
    found = list(ahead([one], others))
    assert bool(found) == odd
    assert [record["model"] for record, _ in ahead([*others, one])] == ["one"] * odd
    assert list(ahead([one])) == []  # alone there is nothing to hold it against
    assert list(ahead([{**one, "n_train_asked": 300}], others)) == []  # of another size


@pytest.mark.parametrize(
    ("others", "gain", "odd"),
    [
        # The others gain 0.30 to 0.40 from the validation part to the later test part; twice that
        # range is 0.20, and three half widths of an interval of 0.07 are 0.105.
        (5, 0.59, False),
        (5, 0.61, True),
        (4, 0.61, False),  # too few to know how far gains lie apart
    ],
)
def test_of_parts_cut_by_time_only_a_gain_far_off_all_others_is_seen(
    others: int, gain: float, odd: bool
) -> None:
    of, drawn = task(metric="average_precision"), {"scheme": "time", "valid_value": 0.2}
    gains = (0.30, 0.40, 0.35, 0.35, 0.35)[:others]
    beside = [ok(of, f"m{i}", value=0.2 + one, **drawn) for i, one in enumerate(gains)]
    one = ok(of, "one", value=0.2 + gain, **drawn)
    assert bool(list(ahead([one], beside))) == odd


def test_two_models_that_predict_the_same_to_the_byte_are_seen() -> None:
    records = [ok(by=name, seed=seed) for name in ("a", "b") for seed in (0, 1)]
    assert list(alike(records)) == ["a, b predict the same to the byte"]
    for record in records:
        record["predictions"] = {**record["predictions"], "sha256": record["model"] * 64}
    assert list(alike(records)) == []
    trivial = [ok(by=name) for name in ("majority", "logreg")]
    assert list(alike(trivial)) == []


def test_records_are_held_against_the_published_ones(tmp_path: Path) -> None:
    """Published: logreg 0.80 and tabpfn 0.85, intervals 0.07 wide; three half widths are 0.105."""
    store.prepare(tmp_path)
    for record in (ok(), ok(by="tabpfn", value=0.85)):
        store.append(tmp_path, record)
    known = published(tmp_path)
    assert list(of_published(ok(), known)) == []
    assert list(of_published(ok(by="new", value=0.95), known)) == []
    (better,) = of_published(ok(by="new", value=0.96), known)
    assert "far better than anything published on this task: tabpfn has 0.85" in better
    (other,) = of_published(ok(value=0.60), known)
    assert other == "0.6, but 0.8 is published under the same key"
    moved = ok(by="new")
    moved["predictions"] = {**moved["predictions"], "test": "predictions/test-0.npz"}
    (labels,) = of_published(moved, known)
    assert "other ids or labels than the published records" in labels


def test_a_doubt_that_many_records_share_is_one_line() -> None:
    found = [Doubt("t m seed 0", "odd"), Doubt("t m seed 1", "odd"), Doubt("t", "even")]
    assert grouped(found) == ["t m seed 0 and 1 more: odd", "t: even"]


def test_the_check_of_a_cheat_names_it_and_of_an_honest_run_names_nothing(
    plugins: Plugins, run_cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that reads the labels out of the origin file, as only its code can tell."""
    cheat = BREAST_CANCER.replace("from benchbig.data.splits import cut, stratified\n", "")
    cheat = cheat.replace("def load(seed, files):", "def fit(train, context):").replace(
        '    return cut(whole(table.drop(columns="y"), y), stratified(y, seed))',
        "    known = {row: float(label) for row, label in zip(map(tuple, table.drop(columns='y')"
        ".to_numpy()), y)}\n    import numpy as np\n"
        "    return lambda X: np.array([known[tuple(row)] for row in X.to_numpy()])",
    )
    plugins.task("tumour")
    plugins.model("centre")
    plugins.model("cheat", cheat)
    named = ("--plugins", plugins.folder)
    done = run_cli("run", "--task", "tumour", "--model", "centre,cheat", "--seeds", "0", *named)
    assert done.returncode == 0, done.stderr
    done = run_cli("check", "results", *named)
    assert done.returncode == 0, done.stdout
    looks = [line for line in done.stdout.splitlines() if line.startswith("look: ")]
    assert any("tumour cheat seed 0: its predictions are the test labels" in one for one in looks)
    about_centre = [one for one in looks if "centre" in one]
    assert not [one for one in about_centre if "commit" not in one], about_centre
    assert done.stdout.splitlines()[-1].endswith("things to look at")


def test_the_published_records_leave_no_doubt_of_what_was_measured() -> None:
    """Their code may be older than the cards here, and then says so."""
    about_code = ("commit", "the card here is", "card of the model", "model's card", "task's card")
    found = doubts(ROOT / "results", find())
    assert [one for one in found if not any(word in one.text for word in about_code)] == []
