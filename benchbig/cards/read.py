"""Read a card: strict TOML to a frozen dataclass, every mistake named with its place."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import tomli

from benchbig.cards import schema
from benchbig.errors import BenchError, unknown

Card = TypeVar("Card", schema.TaskCard, schema.ModelCard, schema.SuiteCard)

CHOICES: dict[str, tuple[str, ...]] = {
    "modality": schema.MODALITIES,
    "modalities": schema.MODALITIES,
    "kind": schema.KINDS,
    "kinds": schema.KINDS,
    "family": schema.FAMILIES,
    "adaptation": schema.ADAPTATIONS,
    "data_origin": schema.ORIGINS,
    "licence_basis": schema.LICENCE_BASES,
    "archive": schema.ARCHIVES,
    "devices": schema.DEVICES,
}
PLAIN_NAMES: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    tuple: "a list",
}


def read(path: Path, kind: type[Card]) -> Card:
    """The card in this file. Raises BenchError for anything that is not as it should be."""
    try:
        table = tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BenchError(f"{path}: not valid TOML: {error}") from None
    for given in ("name", "path"):
        if given in table:
            raise BenchError(f"{path}: '{given}' is taken from the file's name; delete the key")
    card = _build(kind, {**table, "name": path.stem, "path": path}, str(path), "")
    return typing.cast(Card, card)


def _build(kind: type, table: dict[str, Any], file: str, place: str) -> Any:
    """One dataclass out of one TOML table; place is the table's dotted name with a full stop."""
    fields = _fields(kind)
    for key in table:
        if key not in fields:
            raise unknown("key", place + key, [place + name for name in fields], file)
    values = {}
    for name, field in fields.items():
        if name in table:
            values[name] = _value(table[name], field.type, file, place + name)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise BenchError(f"{file}: '{place + name}' is missing")
    return kind(**values)


@cache
def _fields(kind: type) -> dict[str, dataclasses.Field[Any]]:
    """The fields by name. Their types are types, as schema.py does not postpone annotations."""
    return {field.name: field for field in dataclasses.fields(kind)}


@cache
def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """What an annotation is made of: (tuple, (str, ...)) of tuple[str, ...]."""
    return typing.get_origin(hint), typing.get_args(hint)


def _value(seen: Any, hint: Any, file: str, place: str) -> Any:
    """One value as the annotation wants it."""
    origin, arguments = _parts(hint)
    if origin in (typing.Union, types.UnionType):
        hint = next(a for a in arguments if a is not type(None))
        return _value(seen, hint, file, place)
    if origin is None and dataclasses.is_dataclass(hint):
        _expect(seen, dict, file, place)
        return _build(typing.cast(type, hint), seen, file, place + ".")
    if origin is tuple:
        _expect(seen, list, file, place)
        return tuple(_value(v, arguments[0], file, f"{place}[{i}]") for i, v in enumerate(seen))
    if origin is Mapping:
        _expect(seen, dict, file, place)
        return {key: _entry(key, v, arguments[1], file, place) for key, v in seen.items()}
    if hint is Any or hint is Path:
        return seen
    return _scalar(seen, hint, file, place)


def _entry(key: str, seen: Any, hint: Any, file: str, place: str) -> Any:
    """One entry of a table; an asset takes its name from its key."""
    if hint is schema.AssetCard and isinstance(seen, dict):
        seen = {**seen, "name": key}
    return _value(seen, hint, file, f"{place}.{key}")


def _scalar(seen: Any, hint: type, file: str, place: str) -> Any:
    """A text, number or truth value, one of the allowed ones where there is a list."""
    _expect(seen, hint, file, place)
    allowed = CHOICES.get(place.split("[")[0].rsplit(".", 1)[-1])
    if allowed and seen not in allowed:
        raise unknown(f"value of '{place}'", str(seen), allowed, file)
    return float(seen) if hint is float else seen


def _expect(seen: Any, hint: type, file: str, place: str) -> None:
    """Raise unless the value is of the type; a bool is no number, an int is a float."""
    fits = isinstance(seen, (int, float) if hint is float else hint)
    if hint in (int, float) and isinstance(seen, bool):
        fits = False
    if not fits:
        wanted = PLAIN_NAMES.get(tuple if hint is list else hint, hint.__name__)
        raise BenchError(f"{file}: '{place}' must be {wanted}, not {seen!r}")
