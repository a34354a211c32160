"""Where jobs run: forked workers, fresh interpreters, or this very process."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchbig.errors import unknown
from benchbig.executors.ended import Ended, Executor, outcome

CHOICES = ("auto", "fork", "spawn", "serial")

__all__ = ["CHOICES", "Ended", "Executor", "make", "outcome"]


def make(name: str, threads: int, offline: bool, plugins: Iterable[Path]) -> Executor:
    """The executor of this name.

    plugins: the plugin files whose imports a fork executor may share. "auto" is fork on Linux;
    elsewhere spawn, since system libraries of macOS do not survive a fork.
    """
    from benchbig.executors import fork, preload, serial, settings, spawn

    if name not in CHOICES:
        raise unknown("executor", name, CHOICES)
    if name == "serial":
        return serial.Serial()
    variables = settings.variables(threads, offline)
    if name == "spawn" or (name == "auto" and sys.platform != "linux"):
        return spawn.Spawn(variables)
    return fork.Fork(preload.imports(plugins), variables)
