"""Start the zygote before all else: its imports take longer than what a driver does until then."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchbig.executors import forks
from benchbig.executors.settings import PYTHON, variables

Zygote = subprocess.Popen[bytes]


def start(environment: Mapping[str, str]) -> Zygote:
    """A zygote that imports what every worker needs, then waits to be told what else."""
    return subprocess.Popen(
        [*PYTHON, "benchbig.executors.zygote"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        start_new_session=True,
    )


@contextmanager
def early(executor: str, threads: int, offline: bool) -> Iterator[Zygote | None]:
    """A zygote for this executor to take over, None where it needs none.

    One that has not ended by then, as there was nothing to run, is killed in the end.
    """
    if not forks(executor):
        yield None
        return
    zygote = start(variables(threads, offline))
    try:
        yield zygote
    finally:
        if zygote.poll() is None:
            zygote.kill()
            zygote.wait()
