"""The gate's reports: forms, lengths, and that nothing in them acts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import runs_by_hand as stores
from gates_by_hand import gate

from benchbig.gate import markdown, text
from benchbig.gate.finding import STATUSES, Finding, Outcome
from benchbig.gate.junit import junit

FIXTURES = Path(__file__).resolve().parent / "fixtures"
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


SOME = outcome(14, why="a reason")


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


@pytest.mark.parametrize("width", [80, 100])
def test_no_line_of_the_report_is_longer_than_the_screen(width: int):
    """Names of tasks are cut as well, but not what tells rows of one task apart."""
    long = [
        replace(one, task="bank_marketing_drift", model="hist_gradient_boosting", n_train=1000)
        for one in outcome(20).findings
    ]
    lines = text.report(replace(outcome(), findings=tuple(long)), width)
    assert max(len(line.text) for line in lines) <= width
    assert sum("(1,000 rows)" in line.text for line in lines) == len(long)


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
    assert (root.attrib["tests"], root.attrib["failures"]) == ("3", "2")
    assert [suite.attrib["skipped"] for suite in root] == ["0", "0", "0"]
    assert [len(suite.findall("testcase")) for suite in root] == [1, 1, 1]
    assert len(root.findall(".//failure")) == 2


def test_junit_is_valid_by_the_schema_of_jenkins(base: Path, head: Path):
    """Findings of every status, hostile names, and what two real stores give; and that the schema
    does refuse what it does not know."""
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(file=str(FIXTURES / "junit-10.xsd"))
    stores.put(base, task="film_reviews")
    stores.seeds(head, share=0.03)
    stores.put(head, task="product_reviews")
    hostile = [replace(one, task=HOSTILE, model=HOSTILE, why=HOSTILE) for one in SOME.findings]
    others = (replace(SOME, findings=tuple(hostile)), outcome(0))
    reports = [junit(one) for one in (SOME, *others)]
    for report in (*reports, gate(base, head, form="junit")[1]):
        schema.assertValid(etree.fromstring(report))
    wrong = reports[0].replace("<testcase", "<case").replace("</testcase", "</case")
    assert not schema.validate(etree.fromstring(wrong))


def test_junit_holds_what_gitlab_reads():
    """It shows the content of a failure or a skipped case, not its message, and drops all but the
    first of cases that share class and name (GitLab's docs, "Unit test reports")."""
    findings = [replace(one, task="one_task", n_train=at) for at, one in enumerate(SOME.findings)]
    cases = ElementTree.fromstring(junit(replace(SOME, findings=tuple(findings)))).iter("testcase")
    names = set()
    for case in cases:
        names.add((case.attrib["classname"], case.attrib["name"]))
        for told in (*case.findall("failure"), *case.findall("skipped")):
            assert told.text == told.attrib["message"] != ""
    assert len(names) == len(findings)


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


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_table_fits_the_screen(base: Path, head: Path, width: int):
    from benchbig.gate.text import report

    lines = report(outcome(20, why="x"), width)
    assert max(len(line.text) for line in lines) <= width
