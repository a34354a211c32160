"""What plain library code reached on the tables of finance, beside the published models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from published import Published, records

from benchbig.job import ALL
from benchbig.tables.markdown import line

FIGURES = Path(__file__).resolve().parents[1] / "benchmarks" / "plain_baselines.json"
SHOWN = ("average_precision", "roc_auc")
HEAD = ("task", "plain code", "AP / AUC", "published", "AP / AUC")


def beside(found: Published) -> str:
    """A row for each task and plain model: means over the seeds, its and the published model's."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    rows = [
        (task, name, _means(one["plain"]), one["model"], _published(found.store, task, one))
        for task, models in figures.items()
        for name, one in models.items()
    ]
    lines = [line(HEAD), line(["---", "---", "---:", "---", "---:"]), *map(line, rows)]
    return "\n".join(["", *lines, "", ""])


def _published(folder: Path, task: str, one: Mapping[str, Any]) -> str:
    asked = (task, one["model"], ALL, "ok")
    return _means(
        [record["metrics"][name] for name in SHOWN]
        for record in records(folder)
        if (record["task"], record["model"], record["n_train_asked"], record["status"]) == asked
    )


def _means(seeds: Iterable[Iterable[float]]) -> str:
    means = [f"{fmean(values):.3f}" for values in zip(*seeds, strict=True)]
    return " / ".join(means) or "not published"
