"""The gate over small stores, for its tests."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import runs_by_hand as stores

from benchbig.gate.compare import Selection
from benchbig.gate.run import Asked, run


def gate(base: Path | str, head: Path | str, **asked: Any) -> tuple[int, str]:
    """The exit code and what is printed."""
    stream = io.StringIO()
    of = ("tasks", "models", "suite", "limit")
    names = {name: asked.pop(name) for name in of if name in asked}
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
