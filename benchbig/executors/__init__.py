"""Where jobs run: forked workers, fresh interpreters, this very process, or a cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig.errors import unknown

if TYPE_CHECKING:
    from benchbig.executors.early import Zygote
    from benchbig.executors.ended import Executor

LOCAL = ("auto", "fork", "spawn", "serial")
CHOICES = (*LOCAL, "ray")

__all__ = ["CHOICES", "LOCAL", "forks", "make"]


def forks(name: str) -> bool:
    """Whether the executor of this name forks its workers.

    "auto" does so on Linux; elsewhere it is spawn, since system libraries of macOS do not survive
    a fork.
    """
    return name == "fork" or (name == "auto" and sys.platform == "linux")


def make(
    name: str,
    threads: int,
    offline: bool,
    plugins: Iterable[Path],
    spare_core: bool = False,
    zygote: Zygote | None = None,
) -> Executor:
    """The executor of this name, of those that run on this machine, which makes itself ready.

    plugins: the plugin files whose imports a fork executor may share. spare_core: whether a core
    is left on which it may make a worker ready. zygote: one that was started early.
    """
    from benchbig.executors import fork, preload, serial, settings, spawn

    if name not in LOCAL:
        raise unknown("executor", name, LOCAL)
    variables = settings.variables(threads, offline)
    if name == "serial":
        os.environ.update(variables)  # before a job imports what reads them
        return serial.Serial()
    if not forks(name):
        return spawn.Spawn(variables)
    # With more threads a worker could start some before it gives up its rights.
    ahead = spare_core and threads == 1
    made = fork.Fork(preload.imports(plugins), variables, ahead, zygote)
    made.begin()
    return made
