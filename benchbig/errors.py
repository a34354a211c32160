"""What can go wrong that is the user's to mend, how a lack of memory is known, the exit codes."""

from __future__ import annotations

import errno
from collections.abc import Iterable

OK = 0
NOT_ALL_OK = 1  # a regression, or a job without an ok record
USAGE = 2  # a mistake in the command line, a card or a configuration
NOTHING_MEASURED = 4
INTERRUPTED = 130
# What torch on any device, CUDA's libraries, and C++ through LightGBM and others say (here in lower
# case) in exceptions that are no MemoryError.
NO_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "std::bad_alloc",
    "bad allocation",
    "alloc_failed",
)


class BenchError(Exception):
    """A mistake the user can mend: one sentence, no traceback, exit code 2.

    The message says what was seen, what is allowed and what to type.
    """


def unknown(what: str, seen: str, allowed: Iterable[str], where: str = "") -> BenchError:
    """The error for a name that is not there, with the nearest one that is.

    >>> str(unknown("key", "metrc", ["metric", "title"], "german.toml"))
    "german.toml: unknown key 'metrc'; did you mean 'metric'?"
    """
    import difflib  # a mistake's alone: what begins without one need not wait for it

    names = sorted(allowed)
    near = difflib.get_close_matches(seen, names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(names) or 'none'}"
    return BenchError(f"{where + ': ' if where else ''}unknown {what} '{seen}'; {hint}")


def out_of_memory(error: BaseException) -> bool:
    """Whether memory was refused, by whatever library."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return any(words in str(error).lower() for words in NO_MEMORY)
