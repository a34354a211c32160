"""Which extras of benchbig are installed, and what would have to be typed for the others?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Any


@dataclass(frozen=True)
class Extra:
    """An extra; the name "" stands for what benchbig needs in any case.

    lacking: its packages that are not there, or too old, as "torch>=2.11 (there is 2.4.0)".
    """

    name: str
    lacking: tuple[str, ...]

    @property
    def line(self) -> str:
        """What to type for it."""
        return f"pip install 'benchbig[{self.name}]'" if self.name else "pip install benchbig"


def look(distribution: str = "benchbig") -> list[Extra]:
    """What the installed distribution says it needs; nothing where it is not installed as one."""
    from packaging.requirements import Requirement

    try:
        found = metadata.metadata(distribution)
    except metadata.PackageNotFoundError:
        return []
    needs = [Requirement(text) for text in found.get_all("Requires-Dist") or []]
    extras = ["", *sorted(found.get_all("Provides-Extra") or [])]
    return [Extra(name, tuple(_lacking(needs, name))) for name in extras]


def _lacking(needs: list[Any], extra: str) -> Iterator[str]:
    """The requirements that an extra alone brings and that are not met."""
    for need in needs:
        if need.marker is None:
            meant = not extra
        else:
            meant = need.marker.evaluate({"extra": extra}) and (
                not extra or not need.marker.evaluate({"extra": ""})
            )
        if not meant:
            continue
        try:
            there = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            yield f"{need.name}{need.specifier}"
            continue
        if not need.specifier.contains(there, prereleases=True):
            yield f"{need.name}{need.specifier} (there is {there})"
