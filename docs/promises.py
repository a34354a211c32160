"""What benchmarks/statistics_promises.py found, as docs/statistics.md shows it."""

from __future__ import annotations

import json
from pathlib import Path

from levels import where

FIGURES = Path(__file__).resolve().parents[1] / "benchmarks" / "statistics_promises.json"


def table(name: str) -> str:
    """One of its tables."""
    found = json.loads(FIGURES.read_text(encoding="utf-8"))
    return "\n".join(["", *found["tables"][name], "", ""])


def measured() -> str:
    """With which command they were made, when and on what."""
    found = json.loads(FIGURES.read_text(encoding="utf-8"))
    command = f"OMP_NUM_THREADS=1 python benchmarks/statistics_promises.py --draws {found['draws']}"
    return f"Measured with `{command}` {where(found)}\n"
