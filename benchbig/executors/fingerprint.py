"""Is the code on this machine the code on that one? A hash of what a job's result depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import benchbig
from benchbig.cards.catalog import SHELVES, builtin

ENGINE = "benchbig"
KINDS = (".py", ".toml", ".json")


def fingerprint(roots: Iterable[str]) -> dict[str, str]:
    """sha256 by name: the engine with its built-in plugins, and each plugin folder by its path.

    Of code, cards and schemas alone. A plugin folder that is not there has the empty text.
    """
    home = Path(benchbig.__file__).parent
    own = {f"engine/{name}": file for name, file in _files(home)}
    for shelf in SHELVES:
        own.update((f"{shelf}/{name}", file) for name, file in _files(builtin(shelf)))
    return {ENGINE: _digest(own), **{root: _of_root(Path(root)) for root in roots}}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What differs there, each as a sentence's end: what was seen and what to type."""
    found = []
    for name, wanted in here.items():
        if there[name] == wanted:
            continue
        if name == ENGINE:
            found.append(
                "has other benchbig code than this machine; install the same version "
                f"(here {benchbig.__version__}) in both places"
            )
        elif not there[name]:
            found.append(f"has no plugin folder {name}; copy it there, or share that path")
        else:
            found.append(f"has other files in the plugin folder {name}; copy it there again")
    return found


def _of_root(root: Path) -> str:
    found = {
        f"{shelf}/{name}": file
        for shelf in SHELVES
        if (root / shelf).is_dir()
        for name, file in _files(root / shelf)
    }
    return _digest(found) if found else ""


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.suffix in KINDS and path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _digest(files: Mapping[str, Path]) -> str:
    total = hashlib.sha256()
    for name, path in sorted(files.items()):
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
