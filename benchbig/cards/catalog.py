"""Which cards there are: the built-in folders, --plugins folders and installed packages."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchbig.cards.check import check
from benchbig.cards.read import read
from benchbig.cards.schema import ModelCard, SuiteCard, TaskCard
from benchbig.errors import BenchError, unknown
from benchbig.installed import spec as installed

SHELVES = ("tasks", "baselines", "suites")
GROUP = "benchbig.plugins"
Card = TypeVar("Card", TaskCard, ModelCard, SuiteCard)


@dataclass(frozen=True)
class Catalog:
    """Where each card lies; a card is read when it is asked for.

    roots: the plugin folders, in the order they were named; built-in folders come first.
    """

    roots: tuple[Path, ...]
    files: Mapping[str, Mapping[str, Path]]

    def names(self, shelf: str) -> list[str]:
        """The names on a shelf ("tasks", "baselines", "suites"), sorted."""
        return sorted(self.files[shelf])

    def task(self, name: str) -> TaskCard:
        return _card(self.files["tasks"], name, TaskCard, "task")

    def model(self, name: str) -> ModelCard:
        return _card(self.files["baselines"], name, ModelCard, "model")

    def suite(self, name: str) -> SuiteCard:
        return _card(self.files["suites"], name, SuiteCard, "suite")


def _card(files: Mapping[str, Path], name: str, kind: type[Card], what: str) -> Card:
    if name not in files:
        raise unknown(what, name, files)
    card = read(files[name], kind)
    check(card)
    return card


def find(plugins: Iterable[str | Path] = ()) -> Catalog:
    """All cards of the built-in folders, installed plugin packages and these plugin folders.

    Raises BenchError when a plugin folder is not there or two cards have one name.
    """
    roots = (*_installed(), *_named(plugins))
    files: dict[str, dict[str, Path]] = {}
    for shelf in SHELVES:
        files[shelf] = {}
        code: dict[str, Path] = {}
        for folder in (builtin(shelf), *(root / shelf for root in roots)):
            _collect(folder, "*.toml", files[shelf])
            _collect(folder, "*.py", code)
    return Catalog(roots, files)


def builtin(shelf: str) -> Path:
    """The folder of a built-in shelf, found without importing what is in it."""
    spec = installed(f"benchbig.{shelf}")
    if spec is None or not spec.submodule_search_locations:
        raise BenchError(f"benchbig.{shelf} is not installed; install benchbig again")
    return Path(spec.submodule_search_locations[0])


def _collect(folder: Path, pattern: str, into: dict[str, Path]) -> None:
    """Add a folder's files by name; two of one name are an error that names both."""
    for path in sorted(folder.glob(pattern)):
        if path.name == "__init__.py":
            continue
        if path.stem in into:
            raise BenchError(f"two plugins are named '{path.stem}': {into[path.stem]} and {path}")
        into[path.stem] = path


def _named(plugins: Iterable[str | Path]) -> list[Path]:
    """The folders of --plugins and BENCHBIG_PLUGINS (separated as in PATH)."""
    environment = os.environ.get("BENCHBIG_PLUGINS", "").split(os.pathsep)
    roots = []
    for name in (*filter(None, environment), *plugins):
        root = Path(name).expanduser().resolve()
        if not any((root / shelf).is_dir() for shelf in SHELVES):
            raise BenchError(
                f"--plugins {name}: no folder with tasks/, baselines/ or suites/ there; "
                "name the folder that holds them"
            )
        if root not in roots:
            roots.append(root)
    return roots


def _installed() -> list[Path]:
    """The folders of packages in the entry-point group `benchbig.plugins`."""
    # Importing this takes longer than reading every card, and few have a plugin package.
    if not any(GROUP in path.read_text(encoding="utf-8") for path in _entry_points()):
        return []
    from importlib.metadata import entry_points

    roots = []
    for point in entry_points(group=GROUP):
        spec = installed(point.value)
        if spec is None or not spec.submodule_search_locations:
            raise BenchError(
                f"the installed plugin '{point.name}' names the package '{point.value}', "
                "which is not there; install it again or remove it"
            )
        roots.append(Path(spec.submodule_search_locations[0]))
    return roots


def _entry_points() -> Iterator[Path]:
    """The file of entry points of every installed package that has one."""
    for folder in sys.path:
        yield from Path(folder).glob("*-info/entry_points.txt")
