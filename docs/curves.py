"""How do a suite's values depend on the number of training rows: tables of learning curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from published import Published

from benchbig.compare.sheets import metric
from benchbig.metrics.names import ABSENT, show
from benchbig.tables import words
from benchbig.tables.markdown import markdown
from benchbig.tables.notes import BEST, REDUCED
from benchbig.tables.row import Row
from benchbig.tables.sheet import Column, Sheet, title
from benchbig.verdict import say
from benchbig.verdict.contenders import by_size, chosen
from benchbig.verdict.result import Crossover, TaskVerdict

HEADING = "Learning curves"
ABOUT = (
    "Subsets of a size are the same for every model, a smaller one lies within a larger one, and "
    "classes keep their shares. At each size the contenders are chosen anew on the validation "
    "part, of the models that were measured there.\n"
)


def curves(found: Published) -> str:
    """A section with two tables a task that has a curve; empty where none has."""
    made = [sheet for one in found.verdicts.tasks for sheet in _of_task(one, found)]
    return f"## {HEADING}\n\n{ABOUT}\n{markdown(made)}" if made else ""


def _of_task(one: TaskVerdict, found: Published) -> Iterator[Sheet]:
    if one.crossover is None:
        return
    table = [row for row in found.rows if row.task == one.task]
    name = title(one.task, found.titles)
    yield _contenders(name, one, one.crossover)
    for device in dict.fromkeys(row.device for row in table):
        yield _models(name, [row for row in table if row.device == device])


def _contenders(name: str, one: TaskVerdict, curve: Crossover) -> Sheet:
    """Both contenders at each size, and the crossover."""
    points = curve.points

    def gain(at: int) -> str:
        point = points[at]
        interval = say.between(one.metric, point.low, point.high)
        return f"{say.gap_short(one.metric, point.gain)} {interval}"

    classical = (f"{p.classical} {show(one.metric, p.classical_value)}" for p in points)
    large = (f"{p.large} {show(one.metric, p.large_value)}" for p in points)
    columns = (
        Column("rows", "training rows", tuple(words.count(p.n_train) for p in points)),
        Column("classical", "best classical", tuple(classical), False),
        Column("large", "best large", tuple(large), False),
        Column("gain", "gain", tuple(map(gain, range(len(points))))),
    )
    better = "higher" if one.higher_is_better else "lower"
    notes = (
        f"crossover: {curve.text}",
        "gain: above 0 the large model is better; in brackets its 95% interval, as in the verdict",
    )
    about = f"{metric(one)}, {better} is better"
    return Sheet(name, about, columns, notes, ("",) * len(points))


def _models(name: str, table: Sequence[Row]) -> Sheet:
    """Every model's value at each size, on one device; the best at the largest size first."""
    sizes = by_size(table)
    values = {(row.model, row.n_train_asked): row for row in table}
    level = {row.model: row for row in table if row.level and not row.n_train_asked}
    last = [row for size in reversed(sizes) for row in sizes[size]]
    models = list({row.model: row for row in last})
    families = {row.model: row.family for row in table}
    # Not the rows' own marks: a model that learns nothing stands at sizes that it was not run at.
    best = {(size, family): chosen(rows, family)
            for size, rows in sizes.items() for family in set(families.values())}  # fmt: skip

    def cell(model: str, size: int) -> str:
        row = values.get((model, size)) or level.get(model)
        if row is None or row.value is None:
            return ABSENT
        marks = BEST * (row == best[size, row.family]) + REDUCED * row.reduced
        return f"{show(row.metric, row.value)} {marks}".rstrip()

    columns = [
        Column("model", "model", tuple(models), False),
        Column("family", "family", tuple(families[model] for model in models), False),
    ]
    for size, rows in sizes.items():
        most = max((row.n_train or 0 for row in rows), default=0)
        heading = words.count(size or most)
        columns.append(Column(heading, heading, tuple(cell(model, size) for model in models)))
    notes = [f"{BEST} best of its family at that size, chosen on the validation part"]
    if any(row.reduced for row in table):
        notes.append(f"{REDUCED} learnt from fewer rows than that, as its card says")
    if level:
        told = ", ".join(level)
        notes.append(f"the same at every size, since it learns nothing, and run once: {told}")
    about = f"by training rows; {table[0].device}"
    return Sheet(f"{name}, every model", about, tuple(columns), tuple(notes), ("",) * len(models))
