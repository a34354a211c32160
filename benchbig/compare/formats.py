"""Verdicts for other programs and pages: json, csv, markdown, latex, html."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from benchbig.compare.page import page
from benchbig.compare.sheets import sheets
from benchbig.errors import unknown
from benchbig.tables.latex import latex
from benchbig.tables.markdown import markdown
from benchbig.verdict.result import (
    BreakEven,
    Contender,
    Crossover,
    Gain,
    Ratios,
    TaskVerdict,
    Verdicts,
)

FORMATS = ("json", "markdown", "csv", "latex", "html")
TEXT = "text"
# Parts of a task's verdict that become columns of their own, named <part>_<field>.
PARTS: Mapping[str, type] = {
    "classical": Contender,
    "large": Contender,
    "gain": Gain,
    "ratios": Ratios,
    "break_even": BreakEven,
    "crossover": Crossover,
}
LISTS = ("by_seed", "points", "notes")


def check(name: str) -> str:
    """The format's name, or BenchError with the nearest one."""
    if name not in (TEXT, *FORMATS):
        raise unknown("format", name, (TEXT, *FORMATS))
    return name


def render(found: Verdicts, name: str) -> str:
    """The whole text in one of FORMATS; json has everything, csv a line a task."""
    if name == "json":
        return json.dumps(found.as_dict(), indent=1, allow_nan=False) + "\n"
    if name == "csv":
        return _csv(found)
    return {"markdown": markdown, "latex": latex, "html": page}[name](sheets(found))


def _csv(found: Verdicts) -> str:
    """One line a task, every column in each; what is not measured is an empty cell."""
    lines = [_flat(one, found) for one in found.as_dict()["tasks"]]
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _flat(one: Mapping[str, Any], found: Verdicts) -> dict[str, Any]:
    """A task's verdict with its parts laid flat; lists stay in json."""
    flat: dict[str, Any] = {}
    for name in (field.name for field in fields(TaskVerdict)):
        if name in LISTS:
            continue
        if name not in PARTS:
            flat[name] = one[name]
            continue
        part = one[name] or {}
        flat |= {f"{name}_{column}": part.get(column) for column in _fields(name)}
    return {**flat, "currency": found.prices.currency, "prices_date": found.prices.date}


def _fields(part: str) -> list[str]:
    """The columns of a part, there whether a task has it or not."""
    return [field.name for field in fields(PARTS[part]) if field.name not in LISTS]
