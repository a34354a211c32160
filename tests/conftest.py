"""Fixtures that the tests of the engine share."""

from __future__ import annotations

import os
from pathlib import Path

# Tests run side by side, a process each; threads beyond that would wait for each other. Before
# anything that imports numpy.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from gates_by_hand import base, head  # noqa: F401 - fixtures
from hub_by_hand import hub_home  # noqa: F401 - a fixture
from package_index import card, index, pip_unset  # noqa: F401 - fixtures
from toys import Command, Plugins


@pytest.fixture
def plugins(tmp_path: Path) -> Plugins:
    """An empty folder of plugins."""
    return Plugins(tmp_path / "plugins")


@pytest.fixture
def toys(plugins: Plugins) -> Plugins:
    """The task `tumour`, the models `centre` and `cool`, and the suite `toys` over them."""
    plugins.task("tumour")
    plugins.model("centre")
    plugins.model("cool", card={"params": {"warmth": 0.1}})
    plugins.suite("toys", {"models": ["centre", "cool"], "seeds": [0, 1]})
    return plugins


@pytest.fixture
def run_cli(tmp_path: Path) -> Command:
    """Run a benchbig command line: run_cli("list", "tasks")."""
    return Command(tmp_path)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """The store that a run in this test's folder writes to."""
    return tmp_path / "results"
