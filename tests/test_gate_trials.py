"""Does the gate compare trials with their like, and leave them alone beside results?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import runs_by_hand as stores
from gates_by_hand import found, gate


def short(task: str, model: str) -> bool:
    """Whether both are of a suite of one task."""
    return task == "bank_intents" and model in ("tfidf_logreg", "tfidf_svm")


def trial(folder: Path, share: float = 0.0, limit: int = 400, **facts: Any) -> Path:
    """A store with one trial: the first so many examples of the published test part."""
    ids, y, p = (part[:limit] for part in stores.real())
    p = stores.worse(p, y, share) if share else p
    stores.put(folder, part=(ids, y, p), limit=limit, **facts)
    return folder


def test_a_suite_of_trials_is_compared_by_its_trials(base: Path, head: Path):
    """BASE, like results/, holds results of the same task too."""
    trial(base)
    trial(head)
    code, (finding,) = found(base, head, suite=short, limit=400)
    assert (code, finding["status"], finding["limit"]) == (0, "no change seen", 400)
    text = gate(base, head, suite=short, limit=400)[1]
    assert "bank_intents (limit 400)" in text
    assert "compared only with their like" in text


def test_a_trial_that_got_much_worse_shuts_the_gate(base: Path, head: Path):
    trial(base)
    trial(head, share=0.2)
    assert found(base, head, suite=short, limit=400)[0] == 1


def test_a_trial_that_vanished_from_its_suite_is_a_regression(base: Path, head: Path):
    trial(base)
    trial(head, model="tfidf_svm")
    code, findings = found(base, head, suite=short, limit=400)
    assert code == 1
    assert [one["status"] for one in findings] == ["missing", "new"]


def test_trials_beside_results_count_for_nothing(base: Path, head: Path):
    trial(base)
    stores.seeds(head)
    for asked in ({}, {"suite": short, "limit": 0}):
        code, (finding,) = found(base, head, **asked)
        assert (code, finding["status"], finding["limit"]) == (0, "no change seen", 0)


def test_a_base_of_trials_alone_is_compared_without_naming_a_suite(tmp_path: Path, head: Path):
    base = trial(tmp_path / "trials")
    trial(head, share=0.2)
    assert found(base, base)[0] == 0
    assert found(base, head)[0] == 1


def test_trials_of_different_limits_are_not_compared(tmp_path: Path, head: Path):
    base = trial(tmp_path / "trials")
    trial(head, limit=300)
    code, findings = found(base, head)
    assert code == 1
    assert {(one["limit"], one["status"]) for one in findings} == {(400, "missing"), (300, "new")}


def test_a_suites_limit_is_read_off_its_card(
    base: Path, head: Path, plugins: Any, run_cli: Any, tmp_path: Path
):
    plugins.suite("short", {"tasks": ["bank_intents"], "models": ["tfidf_logreg"], "limit": 400})
    trial(base)
    trial(head)
    of = ("--suite", "short", "--plugins", plugins.folder)
    done = run_cli("compare", base, head, *of)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(limit 400)" in done.stdout
    stores.seeds(tmp_path / "results")
    assert run_cli("compare", base, tmp_path / "results", *of).returncode == 1  # no trials there


def test_trials_stay_out_of_tables(base: Path, run_cli: Any):
    before = run_cli("export", "--results", base, "--format", "csv").stdout
    trial(base)
    after = run_cli("export", "--results", base, "--format", "csv").stdout
    assert after == before
    assert len(before.splitlines()) == 2
