"""Every table of the site as CSV, JSON and Parquet, with all digits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from benchbig.gate.finding import Finding, Outcome
from benchbig.site.answers import Answer
from benchbig.site.ranking import Standing
from benchbig.site.spool import Spool, frames
from benchbig.site.write import Put
from benchbig.tables.columns import Column, Frame, frame
from benchbig.tables.files import WRITERS
from benchbig.track.changes import Tracked

FORMS = ("csv", "json", "parquet")


@dataclass(frozen=True)
class File:
    """A table as files: its name, how many lines, the size of each form in bytes."""

    name: str
    lines: int
    sizes: tuple[tuple[str, int], ...]


def write(put: Put, name: str, table: Frame | Spool) -> File:
    """A table in every form; one that was put aside a part after another."""
    sizes = []
    for form in FORMS:
        parts: Iterable[Frame] = frames(table) if isinstance(table, Spool) else [table]
        pieces = WRITERS[form](table.columns, parts)
        sizes.append((form, put(f"downloads/{name}.{form}", pieces)))
    return File(name, table.count, tuple(sizes))


def answer_frame(answers: Sequence[Answer]) -> Frame:
    """A line a task and device: both contenders, their difference, what it costs, the verdict."""
    sides = (("value", "number"), ("ci_low", "number"), ("ci_high", "number"), ("fit_s", "number"),
             ("latency_p50_ms", "number"), ("peak_rss_bytes", "whole"))  # fmt: skip
    columns = [Column(name, "text") for name in ("task", "sector", "metric", "devices", "verdict")]
    for side in ("classical", "large"):
        columns.append(Column(side, "text"))
        columns += [Column(f"{side}_{name}", kind) for name, kind in sides]
    columns += [
        Column(name, "number")
        for name in ("difference", "difference_low", "difference_high", "p_holm")
    ]
    return frame(columns, [_answer(answer) for answer in answers])


def _answer(answer: Answer) -> dict[str, object]:
    finding = answer.finding
    cells: dict[str, object] = {
        "task": answer.task.name,
        "sector": answer.task.sector,
        "metric": answer.task.metric.name,
        "devices": " ".join(answer.devices),
        "verdict": finding.verdict if finding else None,
        "difference": answer.difference,
        "difference_low": finding.low if finding else None,
        "difference_high": finding.high if finding else None,
        "p_holm": finding.p_holm if finding else None,
    }
    for side, row in (("classical", answer.classical), ("large", answer.large)):
        cells[side] = row.model if row else None
        for name, of in (("value", "value"), ("ci_low", "low"), ("ci_high", "high"),
                         ("fit_s", "fit_s"), ("latency_p50_ms", "latency_p50_ms"),
                         ("peak_rss_bytes", "peak_rss_bytes")):  # fmt: skip
            cells[f"{side}_{name}"] = getattr(row, of) if row else None
    return cells


def standing_frame(standings: Sequence[Standing]) -> Frame:
    """A line a model, best first."""
    kinds = {
        "model": "text",
        "modality": "text",
        "rank": "whole",
        "tasks": "whole",
        "failed": "whole",
        "first": "whole",
    }
    names = [one.name for one in fields(Standing)]
    columns = tuple(Column(name, kinds.get(name, "number")) for name in names)
    return frame(columns, [{name: getattr(one, name) for name in names} for one in standings])


def history_frame(found: Sequence[Tracked]) -> Frame:
    """A line a point of each series; change: whether another level begins at it."""
    kinds = {"task_version": "whole", "n_train": "whole", "higher_is_better": "truth",
             "value": "number", "seeds": "whole", "change": "truth"}  # fmt: skip
    of = ("task", "task_version", "model", "n_train", "device", "measure", "higher_is_better")
    at = ("commit", "committed_at", "value", "seeds")
    lines = [
        {name: getattr(one.series, name) for name in of}
        | {name: getattr(point, name) for name in at}
        | {"change": any(change.at == index for change in one.changes)}
        for one in found
        for index, point in enumerate(one.series.points)
    ]
    return frame([Column(name, kinds.get(name, "text")) for name in (*of, *at, "change")], lines)


def comparison_frame(outcome: Outcome) -> Frame:
    """A line a model, task, training size and device, the worst first."""
    kinds = {"n_train": "whole", "paired": "truth", "unmoved": "truth", "higher_is_better": "truth"}
    texts = ("task", "model", "device", "status", "metric", "why")
    names = [one.name for one in fields(Finding) if one.name not in ("seeds", "costs", "limit")]
    columns = [Column(n, "text" if n in texts else kinds.get(n, "number")) for n in names]
    return frame(columns, [{n: getattr(one, n) for n in names} for one in outcome.findings])
