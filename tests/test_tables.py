"""Do records become the rows that are worked out by hand?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from records_by_hand import bad, job, model, ok, task

from benchbig.store.read import results
from benchbig.tables.columns import record_frame
from benchbig.tables.rows import rows

LOSS = task("loan_loss", metric="log_loss")


def test_a_row_averages_its_seeds() -> None:
    (row,) = rows([ok(seed=0, value=0.70), ok(seed=1, value=0.72), ok(seed=2, value=0.74)])
    assert row.value == pytest.approx(0.72)
    assert row.valid_value == pytest.approx(0.72)
    assert row.metrics["average_precision"] == pytest.approx(0.72)
    # sd 0.02, t(2 degrees of freedom) 4.303: 4.303 * 0.02 / sqrt(3) = 0.049687 over the seeds;
    # 0.03 below and 0.04 above over the test examples; both joined as the legs of a triangle.
    assert row.low == pytest.approx(0.72 - 0.058041, abs=1e-6)
    assert row.high == pytest.approx(0.72 + 0.063787, abs=1e-6)
    assert (row.seeds, row.planned, row.rank, row.reason) == (3, 3, 1, None)


def test_times_are_medians_and_memory_is_the_most_over_seeds() -> None:
    costs = ((1.0, 400, 0), (9.0, 500, 2), (2.0, None, 1))
    (row,) = rows(
        ok(seed=seed, fit_s=fit_s, peak_rss_bytes=peak, jobs_beside=beside)
        for seed, (fit_s, peak, beside) in enumerate(costs)
    )
    assert (row.fit_s, row.peak_rss_bytes, row.jobs_beside) == (2.0, 500, 2)
    assert (row.tuning_trials, row.tuning_s, row.latency_p50_ms) == (8, 11.0, 0.21)
    assert row.peak_vram_bytes is None  # not measured is not zero


def test_one_seed_shows_its_own_interval() -> None:
    (row,) = rows([ok(value=0.7)])
    assert (row.low, row.high) == (0.7 - 0.03, 0.7 + 0.04)


def test_an_interval_stays_where_its_metric_can_be() -> None:
    (near_one,) = rows([ok(value=0.99)])
    (near_zero,) = rows([ok(value=0.01)])
    (loss,) = rows([ok(LOSS, value=0.99)])
    assert (near_one.high, near_zero.low, loss.high) == (1.0, 0.0, 0.99 + 0.04)
    assert near_one.value == 0.99


def test_equal_at_the_digits_shown_is_equal_in_rank() -> None:
    values = {"catboost": 0.8004, "lightgbm": 0.7996, "logreg": 0.799, "mlp": 0.7}
    made = rows(ok(by=name, value=value) for name, value in reversed(values.items()))
    assert [(row.model, row.rank) for row in made] == [
        ("catboost", 1),
        ("lightgbm", 1),
        ("logreg", 3),
        ("mlp", 4),
    ]


def test_where_lower_is_better_the_lowest_is_first() -> None:
    made = rows([ok(LOSS, "logreg", value=0.5), ok(LOSS, "mlp", value=0.3)])
    assert [row.model for row in made] == ["mlp", "logreg"]
    assert not made[0].higher_is_better


def test_the_best_of_a_family_is_chosen_on_the_validation_part() -> None:
    made = rows(
        [
            ok(by="lightgbm", value=0.82, valid_value=0.70),  # better on the test part, by luck
            ok(by="logreg", value=0.80, valid_value=0.75),
            ok(by="tabpfn", value=0.60),
        ]
    )
    assert [row.model for row in made if row.best_of_family] == ["logreg", "tabpfn"]


def test_of_equals_in_a_family_the_quicker_to_fit_is_the_best() -> None:
    made = rows([ok(by="catboost", fit_s=9.0), ok(by="lightgbm", fit_s=1.0)])
    assert [row.model for row in made if row.best_of_family] == ["lightgbm"]


def test_fewer_rows_than_asked_for_are_marked() -> None:
    made = rows([ok(by="tabpfn", n_train_used=1000), ok(by="logreg"), ok(by="mlp", asked=500)])
    assert {row.model for row in made if row.reduced} == {"tabpfn"}


def test_training_parts_of_several_sizes_are_not_taken_for_rows_left_out():
    parts = [{"n_train": n, "n_train_used": n, "n_train_full": n} for n in (1890, 1893)]
    found = [ok(by="hog_svm", seed=seed, **part) for seed, part in enumerate(parts)]
    (row,) = rows(found)
    assert not row.reduced
    (row,) = rows([found[0], {**found[1], "n_train_used": 1000}])
    assert row.reduced
    assert (row.n_train_used, row.n_train) == (1000, 1893)


def test_rows_without_a_value_come_last_with_their_reason() -> None:
    made = rows(
        [
            bad(by="catboost", status="unavailable", message="pip install 'benchbig[boosting]'"),
            bad(by="rbf_svm"),
            ok(by="logreg", value=0.1),
        ]
    )
    assert [row.model for row in made] == ["logreg", "catboost", "rbf_svm"]
    assert [row.reason for row in made] == [
        None,
        "unavailable: pip install 'benchbig[boosting]'",
        "failed: the matrix is singular",
    ]
    assert [(row.value, row.rank, row.seeds) for row in made[1:]] == [(None, None, 0)] * 2


def test_a_seed_that_failed_is_counted_and_shown() -> None:
    (row,) = rows([ok(seed=0, value=0.7), bad(seed=1, status="timeout", message="too long")])
    assert (row.value, row.seeds, row.planned) == (0.7, 1, 2)
    assert row.statuses == {"ok": 1, "timeout": 1}
    assert row.reason == "timeout: too long"


def test_trial_runs_never_reach_a_table() -> None:
    trial = ok(limit=100, value=0.99)
    assert results([trial]) == []
    assert rows([trial]) == []
    assert [row.value for row in rows([trial, ok(value=0.7)])] == [0.7]
    assert record_frame([trial]).lines == ()


def test_sizes_and_devices_are_ranked_apart_and_in_order() -> None:
    made = rows(
        [
            ok("b_task"),
            ok("a_task", device="NVIDIA H200"),
            ok("a_task", asked=1000),
            ok("a_task", asked=500),
            ok("a_task"),
        ],
        tasks=["b_task"],
    )
    assert [(row.task, row.n_train_asked, row.device) for row in made] == [
        ("b_task", 0, "cpu"),
        ("a_task", 500, "cpu"),
        ("a_task", 1000, "cpu"),
        ("a_task", 0, "cpu"),
        ("a_task", 0, "NVIDIA H200"),
    ]
    assert {row.rank for row in made} == {1}


def test_older_versions_and_parameters_are_not_mixed_in() -> None:
    later = {"finished_at": "2026-02-01T00:00:00.000+00:00"}
    (newer,) = rows([ok(by=model(version=2), value=0.8), ok(value=0.6), ok(seed=1, value=0.6)])
    assert (newer.value, newer.seeds, newer.superseded) == (0.8, 1, 2)
    (tuned,) = rows([ok(by=model(params={"C": 9.0}), value=0.8, **later), ok(value=0.6)])
    assert (tuned.value, tuned.superseded) == (0.8, 1)


def test_a_value_of_an_older_task_version_is_not_ranked() -> None:
    made = rows([ok(task(version=2), "logreg", value=0.5), ok(task(), "mlp", value=0.9)])
    assert [(row.model, row.value) for row in made] == [("logreg", 0.5), ("mlp", None)]
    assert made[1].reason == (
        "outdated: measured on version 1 of the task, others on version 2; run it again"
    )


def test_tables_and_views_import_nothing_heavy() -> None:
    modules = [
        f"benchbig.{package}.{path.stem}"
        for package in ("tables", "view")
        for path in (Path(__file__).parents[1] / "benchbig" / package).glob("[a-z]*.py")
    ]
    heavy = ("numpy", "pandas", "pyarrow", "rich", "torch", "sklearn")
    code = (
        f"import importlib, sys\nfor name in {modules}: importlib.import_module(name)\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_keys_of_made_records_are_those_of_their_jobs() -> None:
    assert ok(seed=3)["key"] == job(seed=3).key
