"""Read the small files in which the kernel tells of itself."""

from __future__ import annotations

from pathlib import Path

ROOT = Path("/")


def text(path: Path) -> str:
    """The file's text without white space at its ends, empty where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def whole(path: Path) -> int | None:
    """The number in a file, None where there is none."""
    said = text(path)
    return int(said) if said.lstrip("-").isdigit() else None
