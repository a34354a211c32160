"""Where does a series take another level, for longer than chance would explain?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from benchbig.data.parts import Array
from benchbig.errors import BenchError
from benchbig.stats.student import p_value

LEAST = 8  # points from which something can be said
SHORTEST = 3  # points of a level: one odd value is none, nor are two
PENALTY = 2.0  # of a further level, in variances of the noise times the logarithm of the length
CHANCE = 0.01  # of a level where there is none, for a whole series


def levels(values: Sequence[float]) -> list[int]:
    """The points at which the levels begin, 0 first.

    values: at least LEAST, in order. Candidates are the cuts for which the squared distances to
    the levels' means, plus a penalty for each, are least (PELT: Killick, Fearnhead & Eckley
    2012, JASA 107(500), as ruptures has it). Of these the weakest is dropped until all that are
    left pass Student's test between neighbouring levels, corrected for the number of places at
    which a change could have been found (Fleming et al. 2023, Hunter, weed the same way).
    Raises BenchError where ruptures is not installed.
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
        return [0]
    search = ruptures.Pelt(model="l2", min_size=SHORTEST, jump=1).fit(signal / noise)
    ends = search.predict(pen=PENALTY * math.log(len(signal)))
    return _weeded(signal, [0, *(int(end) for end in ends[:-1])])


def _noise(signal: Array) -> float:
    """The standard deviation from point to point; 0 where all points are the same."""
    jumps = np.abs(np.diff(signal))
    # The median of |N(0, 2)| is 0.6745 sqrt(2).
    robust = float(np.median(jumps)) / (0.6744897501960817 * math.sqrt(2.0))
    if robust > 0.0 or not jumps.any():
        return robust
    # Most points repeat the one before to the last digit: the smallest step stands out well.
    return float(jumps[jumps > 0].min()) / 4.0


def _weeded(signal: Array, starts: list[int]) -> list[int]:
    """The starts whose levels differ from the one before by more than chance."""
    most = CHANCE / len(signal)
    while len(starts) > 1:
        bounds = [*starts, len(signal)]
        chances = [
            _chance(signal[bounds[i - 1] : bounds[i]], signal[bounds[i] : bounds[i + 1]])
            for i in range(1, len(starts))
        ]
        weakest = int(np.argmax(chances))
        if chances[weakest] <= most:
            return starts
        del starts[weakest + 1]
    return starts


def _chance(before: Array, after: Array) -> float:
    """The p-value of Student's test that two levels are one; their noise is the same."""
    df = len(before) + len(after) - 2
    squares = ((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()
    se = math.sqrt(float(squares) / df * (1 / len(before) + 1 / len(after)))
    return p_value(float(after.mean() - before.mean()), se, df)
