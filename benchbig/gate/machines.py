"""In what do the machines of two records differ?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchbig import store
from benchbig.errors import BenchError

SHOWN = 3  # differences that are named
FIRST = ("cpu", "gpus", "cores", "threads_a_job", "packages", "python", "os")


def differ(base: Path, head: Path, before: str, after: str) -> str:
    """'cpu Intel Xeon, then AMD EPYC; numpy 2.3.1, then 2.4.6', or the environments' names.

    base, head: the stores; before, after: the environments' names in their records.
    """
    one, other = _described(base, before), _described(head, after)
    if one is None or other is None:
        return f"env {before}, then {after}"
    found = list(_differences(one, other))
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more if found else f"env {before}, then {after}"


def _described(folder: Path, name: str) -> Mapping[str, Any] | None:
    try:
        return store.env(folder, name)
    except (BenchError, OSError, ValueError):
        return None


def _place(field: str) -> tuple[int, str]:
    return FIRST.index(field) if field in FIRST else len(FIRST), field


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for field in sorted({*one} & {*other}, key=_place):
        was, now = one[field], other[field]
        if was == now:
            continue
        if isinstance(was, list):
            yield f"other {field}"
        elif isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _differences(was, now)
        else:
            yield f"{field} {was}, then {now}"
