"""From how many training examples on is the large model better?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from benchbig.tables.row import Row
from benchbig.verdict import say
from benchbig.verdict.contenders import CLASSICAL, LARGE, chosen
from benchbig.verdict.evidence import Evidence, pair
from benchbig.verdict.result import Crossover, Point

if TYPE_CHECKING:
    from benchbig.stats.crossover import Crossing
    from benchbig.stats.joint import Pair
    from benchbig.stats.paired import Difference


class Size(NamedTuple):
    """Both contenders at one training size, and what they differ by."""

    n_train: int
    classical: Row
    large: Row
    pairs: Pair
    difference: Difference


def crossover(
    evidence: Evidence, sizes: Mapping[int, Sequence[Row]], higher_is_better: bool
) -> Crossover | None:
    """The crossover of one task; None where both families were measured at fewer than two sizes.

    sizes: asked size to rows, ascending. At each size the contenders are chosen anew, as someone
    with so many examples would.
    """
    from benchbig.stats.crossover import crossing
    from benchbig.stats.joint import covariance

    found = _sizes(evidence, sizes)
    if len(found) < 2:
        return None
    differences, errors = covariance([size.pairs for size in found])
    sign = 1.0 if higher_is_better else -1.0
    points = tuple(_point(size, sign) for size in found)
    return _said(crossing([size.n_train for size in found], sign * differences, errors), points)


def _point(size: Size, sign: float) -> Point:
    """One size of the curve, its gain and the interval as a verdict has them."""
    low, high = sorted((sign * size.difference.low, sign * size.difference.high))
    return Point(
        n_train=size.n_train,
        classical=size.classical.model,
        large=size.large.model,
        classical_value=size.classical.value or 0.0,
        large_value=size.large.value or 0.0,
        gain=sign * size.difference.difference,
        low=low,
        high=high,
    )


def _sizes(evidence: Evidence, sizes: Mapping[int, Sequence[Row]]) -> list[Size]:
    """Each size at which both contenders have a value on a common seed, ascending, distinct."""
    from benchbig.stats.paired import compare

    found: dict[int, Size] = {}
    for rows in sizes.values():
        classical, large = chosen(rows, CLASSICAL), chosen(rows, LARGE)
        if classical is None or large is None or not classical.n_train:
            continue
        pairs = pair(evidence, classical, large)
        difference = compare(*pairs)
        if difference is not None:
            # The rows that were there: a model may take fewer.
            count = classical.rows_asked or classical.n_train
            found[count] = Size(count, classical, large, pairs, difference)
    return [found[count] for count in sorted(found)]


def _said(found: Crossing, points: tuple[Point, ...]) -> Crossover:
    """The crossing in words."""
    smallest, largest = points[0].n_train, points[-1].n_train
    tried = f"{smallest:,} to {largest:,}"
    if found.at is None:
        always, text = _throughout(points)
        return Crossover("none", None, None, None, always, points, f"not within {tried}: {text}")
    direction = "large from" if found.rising else "large until"
    words = "the large model is ahead " + ("from about" if found.rising else "up to about")
    text = f"{words} {say.about(found.at)} examples; {_range(found, smallest, largest)}"
    return Crossover(direction, found.at, found.low, found.high, None, points, text)


def _throughout(points: Sequence[Point]) -> tuple[str | None, str]:
    """Who is ahead at every size, if anybody is, and at which of them that may be chance."""
    signs = {(point.gain > 0) - (point.gain < 0) for point in points}
    if len(signs) > 1:
        return None, "now one is ahead and now the other, and no size where that turns can be told"
    if signs == {0}:
        return None, "the two are level"
    always = "large" if signs == {1} else "classical"
    unsure = [f"{point.n_train:,}" for point in points if point.low <= 0 <= point.high]
    doubt = ""
    if len(unsure) == len(points):
        doubt = ", which may be chance at each size"
    elif unsure:
        doubt = f", which may be chance at {' and '.join(unsure)}"
    return always, f"the {always} model is ahead throughout{doubt}"


def _range(found: Crossing, smallest: int, largest: int) -> str:
    """'between 500 and 1,900', or which end of what was tried it may lie beyond."""
    if found.low is None and found.high is None:
        return f"perhaps outside of the {smallest:,} to {largest:,} that were tried"
    if found.low is None:
        return f"below {say.about(found.high or 0)}, perhaps below the {smallest:,} that were tried"
    if found.high is None:
        return f"above {say.about(found.low)}, perhaps above the {largest:,} that were tried"
    return f"between {say.about(found.low)} and {say.about(found.high)}"
