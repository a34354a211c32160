"""Templates to text: autoescaped, strict about names, foreign texts made harmless to read."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
)
from markupsafe import Markup

from benchbig.assets.cache import cache_dir
from benchbig.site.charts.axes import look
from benchbig.site.charts.draw import bar, picture
from benchbig.site.names import slug
from benchbig.site.symbols import symbol_path
from benchbig.tables.words import printable


def sources() -> Path:
    """The folder of templates, styles, script and texts."""
    return Path(str(files("benchbig.leaderboard")))


@cache
def environment() -> Environment:
    """The templates, compiled once; a name that a template lacks is an error, not a hole."""
    made = Environment(
        loader=FileSystemLoader(sources() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        finalize=harmless,
        bytecode_cache=_kept(),
    )
    made.filters["zip"] = zip
    made.globals.update(look=look, slug=slug, symbol_path=symbol_path, picture=picture, bar=bar)
    return made


def _kept() -> BytecodeCache | None:
    """Where compiled templates wait for the next build, by their text: compiling takes a tenth of a
    second. None where the cache folder cannot be written.
    """
    place = cache_dir() / "templates"
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(place)) if os.access(place, os.W_OK) else None


def harmless(value: Any) -> Any:
    r"""Text out of cards and records with what could turn a line around or hide it written out.

    Markup is the templates' own and passes; escaping comes after this.
    """
    if isinstance(value, str) and not isinstance(value, Markup) and not value.isprintable():
        return "\n".join(printable(line) for line in value.split("\n"))
    return value
