"""The gate's report for programs: JSON, and the lists that benchmark actions read."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from benchbig.gate import words
from benchbig.gate.finding import Finding, Outcome
from benchbig.metrics.names import METRICS

VERSION = 1
UNITS = {"fit_s": "s", "latency_ms": "ms", "energy_j": "J", "peak_rss_bytes": "bytes",
         "peak_vram_bytes": "bytes"}  # fmt: skip


def as_json(outcome: Outcome, failed: bool) -> str:
    """All of it; failed: whether the gate stays shut."""
    told = {
        "version": VERSION,
        "failed": failed,
        "counts": dict(outcome.counts),
        **dataclasses.asdict(outcome),
    }
    return json.dumps(told, indent=1, allow_nan=False) + "\n"


def bigger_is_better(outcome: Outcome) -> str:
    """HEAD's values of metrics where more is better, as `customBiggerIsBetter` lists them."""
    return _listed([_value(one) for one in outcome.findings if one.higher_is_better])


def smaller_is_better(outcome: Outcome) -> str:
    """HEAD's values of metrics where less is better, and its costs: `customSmallerIsBetter`."""
    found = [_value(one) for one in outcome.findings if not one.higher_is_better]
    return _listed([*found, *(cost for one in outcome.findings for cost in _costs(one))])


def _value(finding: Finding) -> dict[str, Any] | None:
    if finding.head is None:
        return None
    facts = METRICS.get(finding.metric)
    entry: dict[str, Any] = {
        "name": " / ".join(words.place(finding)),
        "unit": facts.title if facts else finding.metric,
        "value": finding.head,
    }
    if finding.high is not None and finding.difference is not None:
        entry["range"] = f"± {finding.high - finding.difference:.3g}"
    entry["extra"] = "; ".join(filter(None, (finding.status, words.change(finding), finding.why)))
    return entry


def _costs(finding: Finding) -> list[dict[str, Any] | None]:
    return [
        {
            "name": f"{' / '.join(words.place(finding))} / {words.COSTS.get(cost.name, cost.name)}",
            "unit": UNITS.get(cost.name, ""),
            "value": cost.head,
            "extra": "; ".join(filter(None, (cost.status, cost.why))),
        }
        for cost in finding.costs
        if cost.head is not None
    ]


def _listed(entries: list[dict[str, Any] | None]) -> str:
    there = [entry for entry in entries if entry is not None]
    return json.dumps(there, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
