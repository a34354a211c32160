"""Is a module installed? Asked of the import system without running the module."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec


def spec(module: str) -> ModuleSpec | None:
    """Where a module would be imported from, None where it is not installed.

    importlib.util.find_spec alone raises for "a.b" where "a" is not there.
    """
    try:
        return importlib.util.find_spec(module)
    except (ModuleNotFoundError, ValueError):
        return None
