"""Learning curves: how the value grows with the training rows, and where the lead changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchbig.metrics.names import Metric
from benchbig.site.charts import rows as drawn
from benchbig.site.charts.axes import better, keys, log_axis, look, values_axis
from benchbig.site.charts.figure import Figure, Frame, Mark, Scale
from benchbig.site.language import Language
from benchbig.tables.row import Row

FRAME = Frame(760, 400, left=62, right=150, top=22, bottom=54)
MOST = 12


def curves_figure(
    language: Language,
    metric: Metric,
    rows: Sequence[Row],
    crossover: tuple[float, float | None, float | None, str] | None = None,
) -> Figure | None:
    """A line a model over two sizes or more; None where no model has so many.

    rows: of all sizes on one device. Models that are the best of their family at some size are
    drawn strong, with their band; at most MOST models, by their best rank. crossover: the size
    at which the lead changes, the interval of that size, and the same in words.
    """
    lines = _lines(rows)
    if not lines:
        return None
    every = [row for line in lines.values() for row in line]
    ends = [v for row in every for v in drawn.ends(row)]
    sizes = [row.n_train or 1 for row in every]
    x, x_ticks = log_axis(sizes, *FRAME.across, lambda n: language.count(round(n)))
    y, y_ticks = values_axis(metric, ends, *FRAME.up)
    marks = list(_crossover(crossover, x)) if crossover else []
    for line in lines.values():
        marks += _line(language, line, x, y)
    return Figure(
        title=language.t("chart.curves", metric=language.metric(metric.name)),
        frame=FRAME,
        x_label=language.t("chart.rows"),
        y_label=better(metric, language),
        x_ticks=x_ticks,
        y_ticks=y_ticks,
        marks=(*marks, *_names(lines, y)),
        keys=keys(language, every),
    )


def _lines(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each model that has two sizes or more, by size; best models first.

    A model that learns nothing has its one row at both ends.

    Trivial models are left out: they would press the others together.
    """
    by_model: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.value is not None and row.n_train and row.family != "trivial":
            by_model[row.model].append(row)
    lines = {
        name: sorted(found, key=lambda row: row.n_train or 0)
        for name, found in by_model.items()
        if len({row.n_train for row in found}) > 1
    }
    sizes = [row.n_train or 1 for line in lines.values() for row in line]
    for name, found in by_model.items():
        if sizes and name not in lines and found[0].level:
            # Run once, since it learns nothing: a level line over all sizes.
            lines[name] = [replace(found[0], n_train=size) for size in (min(sizes), max(sizes))]
    ordered = sorted(lines, key=lambda name: (min(r.rank or 0 for r in lines[name]), name))
    return {name: lines[name] for name in ordered[:MOST]}


def _line(language: Language, line: Sequence[Row], x: Scale, y: Scale) -> Iterator[Mark]:
    strong = any(row.best_of_family for row in line)
    style = f"{look(line[0].family)}{' strong' if strong else ''}"
    banded = [row for row in line if row.low is not None and row.high is not None]
    if strong and len(banded) > 1:
        over = [(x.at(row.n_train or 1), y.at(row.high or 0.0)) for row in banded]
        under = [(x.at(row.n_train or 1), y.at(row.low or 0.0)) for row in reversed(banded)]
        yield Mark("band", style, (*over, *under))
    points = [(x.at(row.n_train or 1), y.at(row.value or 0.0)) for row in line]
    yield Mark("line", f"curve {style}", tuple(points))
    for row, point in zip(line, points, strict=True):
        told = language.t("chart.at", model=row.model, n=row.n_train or 0,
                          value=language.value(row.metric, row.value))  # fmt: skip
        yield drawn.mean(row, point, told, strong)


def _names(lines: dict[str, list[Row]], y: Scale) -> Iterator[Mark]:
    """Each model's name at the end of its line, pushed down where two would overlap."""
    ends = sorted((y.at(line[-1].value or 0.0), name, line[-1].family)
                  for name, line in lines.items())  # fmt: skip
    free = float("-inf")
    for at, name, family in ends:
        free = max(at + 4, free + 14)
        yield Mark("text", f"label {look(family)}", ((FRAME.across[1] + 10, free),), text=name)


def _crossover(found: tuple[float, float | None, float | None, str], x: Scale) -> Iterator[Mark]:
    """An upright line where the lead changes, and the band of its interval."""
    n, low, high, text = found
    bottom, top = FRAME.up
    if low is not None and high is not None:
        yield Mark("cell", "crossover", ((x.at(low), top), (x.at(high), bottom)), title=text)
    yield Mark("line", "crossover", ((x.at(n), top), (x.at(n), bottom)))
    yield Mark("text", "label", ((x.at(n), top - 6),), text=text, anchor="middle")
