"""Of several tests at once, which hold: Holm's correction."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p: Sequence[float | None]) -> list[float | None]:
    """Adjusted p-values in the order given; None stays None and counts for no test.

    Rejecting where the adjusted p is at most the level keeps the chance of any false call over
    all tests at that level, whatever their dependence. Source: Holm 1979, Scandinavian Journal
    of Statistics 6(2).
    """
    known = sorted((value, place) for place, value in enumerate(p) if value is not None)
    adjusted: list[float | None] = [None] * len(p)
    largest = 0.0
    for rank, (value, place) in enumerate(known):
        largest = max(largest, min(1.0, value * (len(known) - rank)))
        adjusted[place] = largest
    return adjusted
