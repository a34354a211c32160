"""Options that are lists or carry a unit, from text to values."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import click

from benchbig.errors import BenchError

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
BYTES = {"M": 10**6, "G": 10**9, "T": 10**12}
PUBLISHED = "PUBLISHED.md"
RESULTS, OWN_RESULTS = Path("results"), Path("my-results")

# The option that results() reads, told once.
store_option = click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="The store.  [default: results; in a clone my-results]",
)


def names(values: Iterable[str]) -> tuple[str, ...]:
    """Names given by repeating an option, by commas, or both."""
    return tuple(name for value in values for name in value.split(",") if name)


def seeds(value: str | None) -> tuple[int, ...]:
    """'0,1,2' or '0-9'."""
    found: list[int] = []
    for piece in (value or "").split(","):
        if not piece:
            continue
        bounds = re.fullmatch(r"(\d+)(?:-(\d+))?", piece)
        if bounds is None:
            raise BenchError(f"--seeds {value}: '{piece}' is no seed; type such as 0,1,2 or 0-4")
        first, last = int(bounds[1]), int(bounds[2] or bounds[1])
        found += range(first, last + 1)
    if value is not None and not found:
        raise BenchError(f"--seeds {value!r} names none; type such as 0,1,2 or 0-4")
    return tuple(dict.fromkeys(found))


def sizes(value: str | None) -> tuple[int, ...]:
    """'100,300,all': numbers of training examples, 0 for all."""
    found = []
    for piece in (value or "").split(","):
        if piece == "all":
            found.append(0)
        elif piece.isdigit() and int(piece) > 0:
            found.append(int(piece))
        elif value is not None:
            raise BenchError(
                f"--n-train {value}: '{piece}' is no size; type such as 100,300,1000,all"
            )
    return tuple(dict.fromkeys(found))


def duration(value: str) -> float | None:
    """'90', '90s', '10m', '2h' in seconds; 'none' for no limit."""
    if value == "none":
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", value)
    if match is None or float(match[1]) == 0:
        raise BenchError(f"--timeout {value}: type a time such as 90s, 10m, 2h, or none")
    return float(match[1]) * SECONDS[match[2]]


def size(option: str, value: str) -> int | None:
    """'500M', '8G', '1.5T' in bytes; 'none' for no limit."""
    if value == "none":
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([MGT])B?", value, re.IGNORECASE)
    found = int(float(match[1]) * BYTES[match[2].upper()]) if match else 0
    if not found:
        raise BenchError(f"{option} {value}: type a size such as 500M, 8G, 1.5T, or none")
    return found


def at_least_one(option: str, value: int) -> int:
    if value < 1:
        raise BenchError(f"{option} {value}: must be 1 or more")
    return value


def results(folder: Path | None, *, writing: bool = False) -> Path:
    """The store that is meant: --results, BENCHBIG_RESULTS, else results/.

    Where results/ holds the published records, as in a clone of benchbig, one's own go beside
    them, to my-results/; what reads then looks there first.
    """
    if folder is not None:
        return folder
    named = os.environ.get("BENCHBIG_RESULTS")
    if named:
        return Path(named)
    if (RESULTS / PUBLISHED).exists() and (writing or OWN_RESULTS.is_dir()):
        return OWN_RESULTS
    return RESULTS


def existing(store: Path) -> Path:
    """The store, if there is one. Raises BenchError where there is none."""
    if not (store / "records").is_dir():
        raise BenchError(
            f"{store}: no records there; type 'benchbig run --suite finance' first, "
            "or name a folder with --results DIR"
        )
    return store
