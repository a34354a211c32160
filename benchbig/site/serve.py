"""Show a site on this machine, and build it again as records arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchbig.errors import BenchError

HOST = "127.0.0.1"
EVERY = 1.0  # seconds between two looks at the store


class _Quiet(SimpleHTTPRequestHandler):
    """Files of one folder, without a line for every request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        # A page that was built again must not come out of the browser's memory.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def server(out: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder, on this machine alone; port 0 takes a free one.

    Raises BenchError where the port is taken.
    """
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Quiet, directory=str(out)))
    except OSError as error:
        raise BenchError(
            f"--port {port}: {error.strerror or error}; name another, or 0 for a free one"
        ) from None


def fingerprint(results: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether a store's records have changed: names, sizes, times of its files."""
    files = sorted((results / "records").glob("*/*.jsonl"))
    stats = ((path, path.stat()) for path in files)
    return tuple((path.as_posix(), stat.st_size, stat.st_mtime_ns) for path, stat in stats)


def watch(results: Path, rebuild: Callable[[], None], stop: threading.Event) -> None:
    """Call rebuild after every change of the store, until stop is set.

    A mistake that a rebuild meets, such as half a record of a copy in progress, is the
    caller's to show; the next change is tried again.
    """
    seen = fingerprint(results)
    while not stop.wait(EVERY):
        now = fingerprint(results)
        if now != seen:
            seen = now
            rebuild()
