"""What the gate says of two stores, and by which exit code."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import runs_by_hand as stores

from benchbig.errors import BenchError
from benchbig.gate import markdown
from benchbig.gate.compare import Selection
from benchbig.gate.finding import STATUSES, Finding, Outcome
from benchbig.gate.run import Asked, run


def gate(base: Path | str, head: Path | str, **asked: Any) -> tuple[int, str]:
    """The exit code and what is printed."""
    stream = io.StringIO()
    names = {name: asked.pop(name) for name in ("tasks", "models", "suite") if name in asked}
    asked["selection"] = Selection(**names)
    return run(Asked(str(base), str(head), asked.pop("minimum", {}), **asked), stream), (
        stream.getvalue()
    )


def found(base: Path | str, head: Path | str, **asked: Any) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the findings."""
    code, text = gate(base, head, form="json", **asked)
    return code, json.loads(text)["findings"]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return stores.seeds(tmp_path / "base")


@pytest.fixture
def head(tmp_path: Path) -> Path:
    return tmp_path / "head"


def test_the_same_store_twice_shows_no_change(base: Path):
    code, (finding,) = found(base, base)
    assert code == 0
    assert (finding["status"], finding["difference"]) == ("no change seen", 0.0)
    assert finding["unmoved"]


def test_a_loss_of_three_points_shuts_the_gate(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    code, (finding,) = found(base, head)
    assert code == 1
    assert finding["status"] == "regressed"
    assert finding["high"] < 0 < finding["base"] - finding["head"] < 0.035
    assert finding["worse"] <= 0.01


def test_the_way_back_is_an_improvement_and_opens_it(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    code, (finding,) = found(head, base)
    assert (code, finding["status"]) == (0, "improved")


def test_a_sure_loss_below_the_minimum_effect_is_no_regression(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    code, (finding,) = found(base, head, minimum={"accuracy": 0.1})
    assert (code, finding["status"]) == (0, "no change seen")
    assert finding["high"] < 0


def test_what_vanished_is_a_regression(base: Path, tmp_path: Path):
    stores.put(base, task="film_reviews")
    head = stores.seeds(tmp_path / "head")
    code, findings = found(base, head)
    assert code == 1
    assert [one["status"] for one in findings] == ["missing", "no change seen"]
    assert found(base, head, fail_on=("quality",))[0] == 0
    assert found(base, head, tasks=("bank_intents",))[0] == 0
    assert "vanished from HEAD: film_reviews" in gate(base, head)[1]


def test_what_came_in_addition_is_new_and_no_alarm(base: Path, head: Path):
    stores.seeds(head)
    stores.put(head, task="film_reviews")
    code, findings = found(base, head)
    assert code == 0
    assert {one["task"]: one["status"] for one in findings} == {
        "bank_intents": "no change seen",
        "film_reviews": "new",
    }


def test_a_seed_that_fails_now_shuts_the_gate_and_says_how(base: Path, head: Path):
    stores.seeds(head, which=(0, 1))
    stores.fail(head, seed=2)
    code, (finding,) = found(base, head)
    assert (code, finding["status"]) == (1, "newly failing")
    assert finding["why"] == "seed 2: failed: the matrix is singular"


def test_a_model_that_failed_before_too_is_not_comparable(tmp_path: Path):
    for side in ("base", "head"):
        stores.fail(tmp_path / side)
    code, (finding,) = found(tmp_path / "base", tmp_path / "head")
    assert (code, finding["status"]) == (4, "not comparable")


def test_a_model_that_works_again_is_new(tmp_path: Path, head: Path):
    stores.fail(tmp_path / "base")
    stores.seeds(head)
    code, (finding,) = found(tmp_path / "base", head)
    assert (code, finding["status"]) == (4, "new")
    assert finding["why"].startswith("failed: ")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"data_sha256": "f" * 64}, "other data at seed 0"),
        ({"test_ids_sha256": "f" * 64}, "other test examples at seed 0"),
        ({"scheme": "time"}, "other split: stratified, then time"),
        ({"task_version": 2}, "other version of the task: 1, then 2"),
    ],
)
def test_what_is_on_another_scale_is_not_compared(tmp_path: Path, facts: dict[str, Any], why: str):
    base = stores.seeds(tmp_path / "base", scheme="stratified")
    head = stores.seeds(tmp_path / "head", **{"scheme": "stratified", **facts})
    code, (finding,) = found(base, head)
    assert (code, finding["status"], finding["why"]) == (4, "not comparable", why)


def test_lost_predictions_are_said_and_not_guessed(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    for path in (head / "predictions").glob("[!t]*.npz"):
        path.unlink()
    code, (finding,) = found(base, head)
    assert (code, finding["status"]) == (4, "not comparable")
    assert "cannot be read" in finding["why"]


def test_predictions_that_do_not_give_the_value_are_not_believed(base: Path, head: Path):
    record = stores.seeds(head) and stores.put(head, seed=2)
    stores.append(head, {**record, "value": 0.99})
    assert "do not give its value" in found(base, head)[1][0]["why"]


def test_a_value_that_is_undefined_is_not_compared(tmp_path: Path):
    """One class alone in the test part: the area under the ROC curve has no value."""
    ids = np.arange(40)
    part = (ids, np.zeros(40, dtype=int), np.linspace(0, 1, 40, dtype=np.float32))
    for name in ("base", "head"):
        stores.put(tmp_path / name, part=part, metric="roc_auc", kind="binary")
    code, (finding,) = found(tmp_path / "base", tmp_path / "head")
    assert (code, finding["status"]) == (4, "not comparable")
    assert finding["why"] == "its metric is undefined"


def test_a_name_out_of_a_store_leads_nowhere_else(base: Path, head: Path, tmp_path: Path):
    secret = tmp_path / "secret.npz"
    np.savez(secret, p=stores.real()[2])
    record = stores.put(head)
    named = {**record["predictions"], "path": f"predictions/../../{secret.name}"}
    stores.append(head, {**record, "predictions": named})
    code, (finding,) = found(base, head)
    assert (code, finding["status"]) == (4, "not comparable")


def test_runs_without_a_common_seed_are_compared_by_their_means(base: Path, head: Path):
    """Seeds 3 to 5 have the published predictions of seed 2, and the same test part."""
    stores.seeds(head, which=(3, 4, 5))
    code, (finding,) = found(base, head)
    assert (code, finding["status"], finding["paired"]) == (0, "no change seen", False)
    assert "no seed in common" in finding["why"]
    worse = stores.seeds(head.with_name("worse"), share=0.04, which=(3, 4, 5))
    assert found(base, worse)[0] == 1


def test_one_seed_says_what_it_cannot_say(tmp_path: Path):
    base, head = (
        stores.seeds(tmp_path / name, s, which=(0,)) for name, s in (("b", 0), ("h", 0.02))
    )
    _, (finding,) = found(base, head)
    assert "one seed" in finding["why"]


# Costs


def test_a_slower_model_is_reported_and_shuts_the_gate_only_when_asked(tmp_path: Path):
    base, head = tmp_path / "base", tmp_path / "head"
    for seed in (0, 1, 2):
        for model in ("tfidf_logreg", "tfidf_svm", "minilm_frozen", "minilm_finetune"):
            slow = 3.0 if model == "tfidf_svm" else 1.0 + 0.02 * seed
            stores.put(base, seed=seed, model=model, fit_s=4.0 + 0.1 * seed)
            stores.put(head, seed=seed, model=model, fit_s=slow * (4.05 + 0.08 * seed))
    code, text = gate(base, head)
    assert code == 0
    assert "regressed: bank_intents, tfidf_svm: fit 4.1 s -> 12 s" in text
    assert gate(base, head, fail_on=("cost",))[0] == 1
    assert gate(base, head, fail_on=("any",))[0] == 1


def test_times_of_another_machine_are_not_compared(base: Path, head: Path):
    stores.seeds(head, fit_s=99.0, env="f" * 16)
    _, (finding,) = found(base, head)
    fit = next(cost for cost in finding["costs"] if cost["name"] == "fit_s")
    assert fit["status"] == "not comparable"
    assert fit["why"].startswith("other machine or packages")
    assert gate(base, head, fail_on=("any",))[0] == 0


def test_the_machines_are_told_apart_by_what_differs(base: Path, head: Path):
    stores.seeds(head, env="f" * 16)
    for folder, name, packages in (
        (base, "0123456789abcdef", {"numpy": "2.3.1", "scipy": "1.16"}),
        (head, "f" * 16, {"numpy": "2.4.6", "scipy": "1.16"}),
    ):
        (folder / "env").mkdir()
        told = {"cpu": folder.name, "cores": 2, "packages": packages}
        (folder / "env" / f"{name}.json").write_text(json.dumps(told))
    text = gate(base, head)[1]
    assert "other machine or packages: cpu base, then head; numpy 2.3.1, then 2.4.6" in text


def test_wildly_scattered_times_are_still_told(tmp_path: Path):
    base, head = tmp_path / "base", tmp_path / "head"
    for seed, fit in enumerate((1e-99, 1e99, 1.0)):
        stores.put(base, seed=seed, fit_s=fit)
        stores.put(head, seed=seed, fit_s=1 / fit)
    _, (finding,) = found(base, head)
    assert next(cost for cost in finding["costs"] if cost["name"] == "fit_s")["high"] > 1e300


def test_one_time_each_proves_nothing(tmp_path: Path):
    base = stores.seeds(tmp_path / "base", which=(0,), fit_s=1.0)
    head = stores.seeds(tmp_path / "head", which=(0,), fit_s=100.0)
    _, (finding,) = found(base, head)
    fit = next(cost for cost in finding["costs"] if cost["name"] == "fit_s")
    assert (fit["status"], fit["ratio"]) == ("not comparable", 100.0)
    assert "measured once" in fit["why"]


# git


@pytest.fixture
def repository(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose first commit keeps the base store in results/, its second a worse one."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for variable in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{variable}_NAME", "t")
        monkeypatch.setenv(f"{variable}_EMAIL", "t@example.org")
    base.rename(folder / "results")
    for line in ("init -q", "add .", "commit -q -m one"):
        subprocess.run(["git", *line.split()], check=True)
    subprocess.run(["git", "rm", "-qr", "--cached", "results"], check=True)
    (folder / "results").rename(folder / "gone")
    stores.seeds(folder / "results", share=0.03)
    for line in ("add results", "commit -q -m two"):
        subprocess.run(["git", *line.split()], check=True)
    return folder


def test_a_revision_of_the_repository_is_a_store(repository: Path):
    before = subprocess.run(
        ["git", "status", "--porcelain"], capture_output=True, check=True
    ).stdout
    code, (finding,) = found("git:HEAD~1", "git:HEAD:results")
    assert (code, finding["status"]) == (1, "regressed")
    assert found("git:HEAD", repository / "results")[0] == 0
    after = subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True).stdout
    assert before == after


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("git:nowhere", "no such revision"),
        ("git:--output=x", "no such revision"),
        ("git:", "no such revision"),
        ("git:HEAD:elsewhere", "no records in elsewhere/"),
        ("nowhere", "no records there"),
    ],
)
def test_a_store_that_is_not_there_is_said(repository: Path, named: str, said: str):
    with pytest.raises(BenchError, match=said):
        gate(named, "results")
    assert not (repository / "x").exists()


def test_outside_of_a_repository_git_is_explained(base: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(base)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(base.parent))
    with pytest.raises(BenchError, match="no such revision"):
        gate("git:HEAD", base)


# Reports

HOSTILE = 'a|b<script>@someone #1 `x` ![i](http://x.org) www.x.org\x1b[2J\n"quoted"&'


def outcome(n: int = 200, why: str = "") -> Outcome:
    """Findings of every status, in turn."""
    findings = [
        Finding(
            task=f"task_{i}", model="model", n_train=0, device="cpu",
            status=STATUSES[i % len(STATUSES)], metric="accuracy", higher_is_better=True, why=why,
            base=0.9, head=0.8, difference=-0.1, low=-0.2, high=0.0, visible=0.1, minimum=0.01,
        )
        for i in range(n)
    ]  # fmt: skip
    findings.sort(key=lambda finding: STATUSES.index(finding.status))
    return Outcome("base", "head", tuple(findings), 0.01)


@pytest.mark.parametrize("n", [0, 1, 30, 45, 60, 200])
def test_markdown_has_sixty_lines_at_most_and_the_worst_first(n: int):
    lines = markdown.markdown(outcome(n, why="x")).splitlines()
    assert len(lines) <= 60
    rows = [line for line in lines if line.startswith("| ") and "task_" in line]
    if n == 200:
        assert all("**regressed**" in row for row in rows[:20])
        assert "more: " in lines[-1]
    if n <= 30:
        assert len(rows) == n


def test_what_a_store_says_cannot_act_in_a_report(base: Path, head: Path):
    stores.seeds(head, which=(0, 1))
    stores.fail(head, seed=2, message=HOSTILE)
    text = gate(base, head)[1]
    assert "\x1b" not in text
    marked = gate(base, head, form="markdown")[1]
    assert "\x1b" not in marked
    assert "<script>" not in marked
    for live in ("@someone", "http://", "www.", "#1 ", "](h"):
        assert live not in marked
    case = ElementTree.fromstring(gate(base, head, form="junit")[1]).find(".//failure")
    assert case is not None
    assert "<script>" in case.attrib["message"]


def test_junit_counts_what_it_holds(base: Path, head: Path):
    stores.put(base, task="film_reviews")
    stores.seeds(head, share=0.03)
    stores.put(head, task="product_reviews")
    root = ElementTree.fromstring(gate(base, head, form="junit")[1])
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["skipped"]) == (
        "3",
        "2",
        "0",
    )
    assert [len(suite.findall("testcase")) for suite in root] == [1, 1, 1]
    assert len(root.findall(".//failure")) == 2


def test_benchmark_actions_get_a_name_a_unit_and_a_value(base: Path, head: Path):
    stores.seeds(head, share=0.03)
    bigger = json.loads(gate(base, head, form="customBiggerIsBetter")[1])
    smaller = json.loads(gate(base, head, form="customSmallerIsBetter")[1])
    assert [entry["name"] for entry in bigger] == ["bank_intents / tfidf_logreg"]
    assert bigger[0]["value"] == pytest.approx(0.911 * 0.97, abs=0.004)
    assert {entry["unit"] for entry in smaller} == {"s", "ms", "bytes"}
    for entry in bigger + smaller:
        assert (
            {"name", "unit", "value"} <= entry.keys() <= {"name", "unit", "value", "range", "extra"}
        )


def test_one_run_writes_several_reports(base: Path, tmp_path: Path):
    names = ("a.md", "a.xml", "a.json", "a.bigger.json", "a.smaller.json", "deep/a.txt")
    code, text = gate(base, base, reports=tuple(tmp_path / name for name in names))
    assert code == 0
    assert (tmp_path / "deep" / "a.txt").read_text() == text
    assert json.loads((tmp_path / "a.json").read_text())["failed"] is False
    assert (tmp_path / "a.md").read_text().startswith("### benchbig: 1 no change seen")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"form": "junitt"}, "did you mean 'junit'"),
        ({"fail_on": ("qualty",)}, "did you mean 'quality'"),
        ({"reports": (Path("x.pdf"),)}, "must end in one of"),
        ({"tasks": ("bank_intent",)}, "did you mean 'bank_intents'"),
        ({"models": ("tfidf_logre",)}, "did you mean 'tfidf_logreg'"),
    ],
)
def test_a_slip_of_the_pen_is_no_pass(base: Path, asked: dict[str, Any], said: str):
    with pytest.raises(BenchError, match=said):
        gate(base, base, **asked)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_table_fits_the_screen(base: Path, head: Path, width: int):
    from benchbig.gate.text import report

    lines = report(outcome(20, why="x"), width)
    assert max(len(line.text) for line in lines) <= width


def test_the_command_line_says_it_by_the_exit_code(
    base: Path, head: Path, run_cli: Any, tmp_path: Path
):
    stores.seeds(head, share=0.03)
    assert run_cli("compare", base, base).returncode == 0
    assert run_cli("compare", base, head).returncode == 1
    assert run_cli("compare", base, head, "--fail-on", "never").returncode == 0
    assert run_cli("compare", base, head, "--min-effect", "0.1").returncode == 0
    done = run_cli("compare", base, tmp_path)
    assert done.returncode == 2
    assert "no records there" in done.stderr
