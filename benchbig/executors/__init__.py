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


def make(
    name: str, threads: int, offline: bool, plugins: Iterable[Path], spare_core: bool = False
) -> Executor:
    """The executor of this name, of those that run on this machine, which makes itself ready.

    plugins: the plugin files whose imports a fork executor may share. spare_core: whether a core
    is left on which it may make a worker ready. "auto" is fork on Linux; elsewhere spawn, since
    system libraries of macOS do not survive a fork.
    """
    from benchbig.executors import fork, preload, serial, settings, spawn

    if name not in LOCAL:
        raise unknown("executor", name, LOCAL)
    if name == "serial":
        return serial.Serial()
    variables = settings.variables(threads, offline)
    if name == "spawn" or (name == "auto" and sys.platform != "linux"):
        return spawn.Spawn(variables)
    # With more threads a worker could start some before it gives up its rights.
    made = fork.Fork(preload.imports(plugins), variables, ahead=spare_core and threads == 1)
    made.begin()
    return made
