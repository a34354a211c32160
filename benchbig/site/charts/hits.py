"""What rankings of two contenders look like: how much is found so far down the list."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.metrics.names import METRICS
from benchbig.site.charts.axes import numbers_axis, values_axis
from benchbig.site.charts.contenders import ACROSS, UP, Contender, curve, framed
from benchbig.site.charts.figure import Figure
from benchbig.site.language import Language
from benchbig.site.predicted.hits import Hits


def hits_figure(language: Language, found: Sequence[tuple[Contender, Hits]]) -> Figure:
    """The recall among the first 1, 2, ... items of each user's list."""
    every = [value for _, one in found for value in one.recall]
    depth = len(found[0][1].recall)
    axes = (
        numbers_axis([0.0, float(depth)], *ACROSS, share=0),
        values_axis(METRICS["recall_at_10"], [0.0, max(every)], *UP),
    )
    (x, _), (y, _) = axes
    marks = [
        curve(who, [(x.at(k), y.at(value)) for k, value in enumerate(one.recall, 1)])
        for who, one in found
    ]
    return framed(language, "hits", axes, marks, [who for who, _ in found])
