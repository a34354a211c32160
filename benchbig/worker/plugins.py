"""Import a task's or a model's function by name; nothing else in the engine does."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from benchbig.errors import BenchError


@cache
def shelve(roots: tuple[str, ...]) -> None:
    """Let benchbig.tasks and benchbig.baselines find the plugin folders' modules too.

    A module then has one name wherever it lies, so what it defines can be pickled.
    """
    for shelf in ("tasks", "baselines"):
        package = importlib.import_module(f"benchbig.{shelf}")
        for root in roots:
            folder = str(Path(root) / shelf)
            if folder not in package.__path__:
                package.__path__.append(folder)


def function(shelf: str, module: str, name: str) -> Callable[..., Any]:
    """The function a plugin must have. Raises BenchError when it cannot be had."""
    full = f"benchbig.{shelf}.{module}"
    try:
        plugin = importlib.import_module(full)
    except Exception as error:
        raise BenchError(
            f"{shelf}/{module}.py does not import: {type(error).__name__}: {error}"
        ) from error
    found = getattr(plugin, name, None)
    if not callable(found):
        raise BenchError(f"{shelf}/{module}.py has no function '{name}'; define one")
    called: Callable[..., Any] = found
    return called
