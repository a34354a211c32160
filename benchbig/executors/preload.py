"""What the planned plugins import, read from their text without running any of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

Import = tuple[str, tuple[str, ...]]  # a module, and the names taken from it
SHELVES = ("benchbig.tasks", "benchbig.baselines")


def imports(files: Iterable[Path]) -> list[Import]:
    """The top-level imports of these files, and of the plugin files that they import in turn.

    Plugins themselves are never in the list: they run in workers alone.
    """
    found: dict[str, set[str]] = {}
    waiting, read = list(files), set()
    while waiting:
        path = waiting.pop()
        if path in read or not path.exists():
            continue
        read.add(path)
        for module, names in _of_file(path):
            if plugins := _plugins(module, names):
                waiting += [path.with_name(f"{plugin}.py") for plugin in plugins]
            else:
                found.setdefault(module, set()).update(names)
    return [(module, tuple(sorted(names))) for module, names in sorted(found.items())]


def _plugins(module: str, names: Iterable[str]) -> list[str]:
    """The plugins that an import is one of; none where it is one of something else.

    From `from benchbig.baselines.mlp import fit` it is mlp, from `from benchbig.baselines import
    mlp` as well.
    """
    if module in SHELVES:
        return list(names)
    shelf, _, plugin = module.rpartition(".")
    return [plugin] if shelf in SHELVES else []


def _of_file(path: Path) -> list[Import]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return []  # the worker that imports it will say so
    found: list[Import] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [(name.name, ()) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append((node.module, tuple(name.name for name in node.names)))
    return found
