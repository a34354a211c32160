"""Views: what the user sees of a run, and the tables at its end."""

from __future__ import annotations

import os

from benchbig.errors import unknown
from benchbig.view.protocol import View

KINDS = ("text", "json")

__all__ = ["KINDS", "View", "view"]


def view(kind: str, is_terminal: bool, quiet: bool) -> View:
    """The view of a run. kind: "text" for people, "json" for programs, who hear all of it.

    is_terminal: whether standard output is one; quiet: people hear of failures alone.
    Raises BenchError for another kind.
    """
    if kind not in KINDS:
        raise unknown("format", kind, KINDS)
    if kind == "json":
        from benchbig.view.jsonl import Jsonl

        return Jsonl()
    if quiet:
        from benchbig.view.quiet import Quiet

        return Quiet()
    if is_terminal and os.environ.get("TERM") != "dumb":
        from benchbig.view.live import Live

        return Live()
    from benchbig.view.plain import Plain

    return Plain()
