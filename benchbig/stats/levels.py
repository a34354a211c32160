"""Where does a series take another level? Change points by ruptures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchbig.data.parts import Array
from benchbig.errors import BenchError

LEAST = 8  # points from which something can be said
SHORTEST = 2  # points of a level: a single odd value is none
PENALTY = 4.0  # of a further level, in variances of the noise times the logarithm of the length


def levels(values: Sequence[float]) -> list[int]:
    """The points at which the levels begin, 0 first.

    values: at least LEAST, in order. The series is cut into levels so that the squared distances
    to the levels' means, plus a penalty for each, are least (PELT: Killick, Fearnhead & Eckley
    2012, JASA 107(500)). Raises BenchError where ruptures is not installed.
    """
    try:
        import ruptures
    except ImportError:
        raise BenchError(
            "track report needs ruptures; type: pip install 'benchbig[track]'"
        ) from None
    signal = np.asarray(values, dtype=np.float64)
    noise = _noise(signal)
    if noise == 0.0:
        return _steps(signal)
    search = ruptures.Pelt(model="l2", min_size=SHORTEST, jump=1).fit(signal / noise)
    ends = search.predict(pen=PENALTY * np.log(len(signal)))
    return [0, *(int(end) for end in ends[:-1])]


def _noise(signal: Array) -> float:
    """The standard deviation from point to point: robust, since levels differ at few points."""
    jumps = np.abs(np.diff(signal))
    # The median of |N(0, 2)| is 0.6745 sqrt(2).
    robust = float(np.median(jumps)) / (0.6744897501960817 * np.sqrt(2.0))
    return robust


def _steps(signal: Array) -> list[int]:
    """The levels of a series that mostly repeats itself to the last digit."""
    changed = np.flatnonzero(np.diff(signal)) + 1
    starts = [0]
    for at, after in zip(changed, [*changed[1:], len(signal)], strict=True):
        if after - at >= SHORTEST:
            starts.append(int(at))
    return starts
