"""Where jobs run: forked workers, fresh interpreters, this very process, or a cluster."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from benchbig.errors import unknown
from benchbig.executors.ended import Ended, Executor, outcome

LOCAL = ("auto", "fork", "spawn", "serial")
CHOICES = (*LOCAL, "ray")

__all__ = ["CHOICES", "LOCAL", "Ended", "Executor", "make", "outcome"]


def make(name: str, threads: int, offline: bool, plugins: Iterable[Path]) -> Executor:
    """The executor of this name, of those that run on this machine.

    plugins: the plugin files whose imports a fork executor may share. "auto" is fork on Linux;
    elsewhere spawn, since system libraries of macOS do not survive a fork.
    """
    from benchbig.executors import fork, preload, serial, settings, spawn

    if name not in LOCAL:
        raise unknown("executor", name, LOCAL)
    if name == "serial":
        return serial.Serial()
    variables = settings.variables(threads, offline)
    if name == "spawn" or (name == "auto" and sys.platform != "linux"):
        return spawn.Spawn(variables)
    return fork.Fork(preload.imports(plugins), variables)
