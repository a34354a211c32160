"""Read and write JSON quickly: orjson's, or the standard library's where that is not there."""

from __future__ import annotations

import contextlib
import json
from typing import Any

fast: Any
try:
    import orjson

    fast = orjson
except ImportError:  # there is no wheel for every platform: the same, at a third of the speed
    fast = None


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError where it is none."""
    if fast is not None:
        # orjson refuses half a surrogate pair, which what a model raised may hold.
        with contextlib.suppress(ValueError):
            return fast.loads(text)
    return json.loads(text, parse_constant=_refuse)


def dumps(value: Any) -> bytes:
    """A value as compact JSON; a dataclass as an object of its fields, a tuple as a list."""
    if fast is not None:
        # What it refuses, such as half a surrogate pair, the standard library escapes.
        with contextlib.suppress(TypeError):
            found: bytes = fast.dumps(value)
            return found
    return json.dumps(value, separators=(",", ":"), default=vars, allow_nan=False).encode()


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
