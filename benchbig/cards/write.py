"""Write a card as TOML that reads back as the same card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from benchbig.cards.schema import ModelCard

GIVEN = ("name", "path")  # known from the file's name


def toml(card: ModelCard) -> str:
    """The card's file: a line a key, tables within a line; what is as unless given is left out."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in _table(card).items())


def _table(card: Any) -> dict[str, Any]:
    """The keys that a dataclass's file needs."""
    found = {}
    for field in fields(card):
        value = getattr(card, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if field.name not in GIVEN and value is not None and value != default:
            found[field.name] = value
    return found


def _value(value: Any) -> str:
    if is_dataclass(value):
        value = _table(value)
    if isinstance(value, Mapping):
        inner = (f"{json.dumps(str(key))} = {_value(each)}" for key, each in value.items())
        return f"{{ {', '.join(inner)} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    # JSON's texts, numbers and truth values are TOML's; an exponent needs no full stop in either.
    return json.dumps(value, ensure_ascii=False)
