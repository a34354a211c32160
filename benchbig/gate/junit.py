"""The gate's report as JUnit XML, which CI servers show as tests.

There is no one standard. Kept is the schema of Jenkins' xunit plugin (junit-10.xsd), which pytest
keeps too, and what GitLab documents of its reader: it shows the content of a failure, not its
message, and of two cases of one name only the first.
"""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree

from benchbig.gate import words
from benchbig.gate.finding import COMPARED, Finding, Outcome
from benchbig.tables.words import printable

FAILURES = ("regressed", "missing", "newly failing")


def junit(outcome: Outcome) -> str:
    """A suite a task, a case a model: failed, skipped (not comparable, with why) or passed."""
    counted = _counts(outcome.findings)
    del counted["skipped"]  # the schema has it on suites alone
    root = ElementTree.Element("testsuites", {"name": "benchbig compare", **counted})
    by_task = sorted(outcome.findings, key=lambda finding: finding.task)
    for task, found in groupby(by_task, key=lambda finding: finding.task):
        findings = tuple(found)
        suite = ElementTree.SubElement(
            root, "testsuite", {"name": _text(task), **_counts(findings)}
        )
        for finding in findings:
            _case(suite, finding)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _case(suite: ElementTree.Element, finding: Finding) -> None:
    task, model = words.place(finding)
    case = ElementTree.SubElement(
        suite, "testcase", classname=_text(f"benchbig.{task}"), name=_text(model), time="0"
    )
    said = _said(finding)
    if finding.status in FAILURES:
        ElementTree.SubElement(case, "failure", type=finding.status, message=said).text = said
    elif finding.status == "not comparable":
        ElementTree.SubElement(case, "skipped", message=said).text = said
    lines = [said, *(words.cost(cost) for cost in finding.costs if cost.status in COMPARED)]
    ElementTree.SubElement(case, "system-out").text = "\n".join(map(_text, lines))


def _said(finding: Finding) -> str:
    parts = [finding.status]
    if finding.base is not None or finding.head is not None:
        values = (words.value(finding, number) for number in (finding.base, finding.head))
        parts.append(f"{finding.metric} {' -> '.join(values)}")
    if finding.difference is not None:
        parts.append(words.change(finding))
    if finding.why:
        parts.append(finding.why)
    return _text("; ".join(parts))


def _counts(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {
        "tests": str(len(findings)),
        "failures": str(sum(finding.status in FAILURES for finding in findings)),
        "skipped": str(sum(finding.status == "not comparable" for finding in findings)),
        "errors": "0",
    }


def _text(text: str) -> str:
    """Without what XML 1.0 cannot hold: control characters, lone surrogates, U+FFFE, U+FFFF."""
    return printable(text)
