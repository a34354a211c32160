"""What predicted numbers of two contenders look like: right on the whole, and how far off."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.site.charts.axes import look, numbers_axis
from benchbig.site.charts.contenders import (
    ACROSS,
    UP,
    Contender,
    curve,
    diagonal,
    dots,
    framed,
    share_axis,
)
from benchbig.site.charts.figure import Figure, Mark
from benchbig.site.language import Language
from benchbig.site.predicted.numbers import SHARES, Numbers

MOST = 0.95  # of the examples: the largest errors of all would press the others together

Found = Sequence[tuple[Contender, Numbers]]


def tenths_figure(language: Language, found: Found) -> Figure:
    """What was predicted against what came true, with its middle 80%; on the dashed line the mean
    prediction is right.
    """
    every = [one for _, numbers in found for one in numbers.tenths]
    predicted = [one.predicted for one in every]
    axes = (
        numbers_axis(predicted, *ACROSS),
        numbers_axis([v for one in every for v in (one.low, one.true, one.high)], *UP),
    )
    (x, _), (y, _) = axes
    low, high = max(x.low, y.low), min(x.high, y.high)
    marks: list[Mark] = [diagonal(low, high, x, y)] if low < high else []
    for who, numbers in found:
        points = [(x.at(one.predicted), y.at(one.true)) for one in numbers.tenths]
        for one, (at, _) in zip(numbers.tenths, points, strict=True):
            ends = ((at, y.at(one.low)), (at, y.at(one.high)))
            marks.append(Mark("bar", f"interval {look(who.family)}", ends))
        told = [
            language.t("chart.tenth", model=who.model, n=one.n, predicted=_short(one.predicted),
                       true=_short(one.true), low=_short(one.low), high=_short(one.high))
            for one in numbers.tenths
        ]  # fmt: skip
        marks += [curve(who, points), *dots(who, points, told)]
    return framed(language, "tenths", axes, marks, [who for who, _ in found])


def errors_figure(language: Language, found: Found) -> Figure:
    """The share of the examples whose error is at most so large; further up is better."""
    kept = [
        (who, [(error, share) for error, share in zip(one.errors, SHARES, strict=True)
               if share <= MOST])
        for who, one in found
    ]  # fmt: skip
    largest = max(error for _, points in kept for error, _ in points)
    axes = numbers_axis([0.0, largest], *ACROSS, share=0), share_axis(language, UP)
    (x, _), (y, _) = axes
    marks = [curve(who, [(x.at(e), y.at(share)) for e, share in points]) for who, points in kept]
    return framed(language, "errors", axes, marks, [who for who, _ in found])


def _short(value: float) -> str:
    return f"{value:,.4g}"
