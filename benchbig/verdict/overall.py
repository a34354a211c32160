"""Over all tasks: who stands where, and what does a simple rule lose?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from benchbig.metrics.names import METRICS
from benchbig.tables.row import Row
from benchbig.verdict.contenders import chosen
from benchbig.verdict.evidence import Evidence, scores
from benchbig.verdict.regret import regrets, scaled_gains
from benchbig.verdict.result import VERDICTS, TaskVerdict
from benchbig.verdict.summary import Overall, Standing
from benchbig.verdict.task import Matter

if TYPE_CHECKING:
    from benchbig.data.parts import Array

FEW_TASKS = 6  # fewer, and a two-sided Wilcoxon test cannot reach 5%
Cast = Callable[[Sequence[Row]], dict[str, Row]]  # a task's rows to name and row


def overall(
    evidence: Evidence, matters: Sequence[Matter], verdicts: Sequence[TaskVerdict]
) -> Overall:
    """The standings of families and models, and the regrets of two rules."""
    counts = Counter(one.verdict for one in verdicts)
    several = _on_several(row for matter in matters for row in matter.rows)
    models, complete = _standings(evidence, matters, partial(_by_model, several))
    families, _ = _standings(evidence, matters, _by_family)
    gains = scaled_gains(matters, verdicts)
    return Overall(
        counts={name: counts[name] for name in VERDICTS},
        families=families,
        models=models,
        regrets=regrets(gains),
        wilcoxon_p=_wilcoxon([one.gain for one in gains]),
        friedman_p=_friedman(complete),
        friedman_models=complete.shape[1] if complete.ndim == 2 else 0,
        notes=_notes(matters, models),
    )


def _on_several(rows: Iterable[Row]) -> set[str]:
    """The models that ran on more than one device, be it on different tasks."""
    places = {(row.model, row.device) for row in rows}
    return {model for model, count in Counter(model for model, _ in places).items() if count > 1}


def _by_model(several: set[str], rows: Sequence[Row]) -> dict[str, Row]:
    """A task's rows by model; one of `several` devices stands under each, on every task."""
    return {
        f"{row.model} ({row.device})" if row.model in several else row.model: row for row in rows
    }


def _by_family(rows: Sequence[Row]) -> dict[str, Row]:
    """A task's contenders by family; a family that only failed stands with its failure."""
    found = {}
    for family in dict.fromkeys(row.family for row in rows):
        best = chosen(rows, family)
        found[family] = best or next(row for row in rows if row.family == family)
    return found


def _standings(
    evidence: Evidence, matters: Sequence[Matter], cast: Cast
) -> tuple[tuple[Standing, ...], Array]:
    """Everyone's standing, the strongest first; and the values of those who took every task."""
    import numpy as np

    from benchbig.stats import standings

    casts = [cast(matter.rows) for matter in matters]
    names = list(dict.fromkeys(name for one in casts for name in one))
    if not names:
        return (), np.empty((0, 0))
    values = np.array([[_value(one.get(name)) for name in names] for one in casts])
    errors = [_errors(evidence, [one.get(name) for name in names]) for one in casts]
    columns = []
    for statistic in (
        standings.ranks, standings.wins, standings.strengths, standings.losses,
    ):  # fmt: skip
        columns += [statistic(values), *standings.intervals(statistic, values, errors)]
    families = {name: row.family for one in casts for name, row in one.items()}
    found = [
        Standing(
            names[m],
            families[names[m]],
            int((~np.isnan(values[:, m])).sum()),
            int(np.isinf(values[:, m]).sum()),
            *(float(column[m]) for column in columns),
        )
        for m in range(len(names))
    ]
    complete = values[:, ~np.isnan(values).any(axis=0)]
    # Who met nobody has no strength, and comes last.
    found.sort(key=lambda one: (bool(np.isnan(one.strength)), -one.strength, one.name))
    return tuple(found), complete


def _value(row: Row | None) -> float:
    """Turned so that higher is better, at the digits shown: nan not taken, -inf failed."""
    if row is None:
        return math.nan
    if row.value is None:
        return -math.inf
    value = round(row.value, METRICS[row.metric].digits)
    return value if row.higher_is_better else -value


def _errors(evidence: Evidence, rows: Iterable[Row | None]) -> Array:
    """The covariance of the rows' values over seeds and test examples; nan for those without."""
    from benchbig.stats.joint import covariance, nothing

    models = []
    for row in rows:
        by_seed = {} if row is None or row.value is None else scores(evidence, row)
        model = [by_seed[seed] for seed in sorted(by_seed)]
        models.append((nothing(model), model))
    return covariance(models)[1]


def _wilcoxon(gains: Sequence[float]) -> float | None:
    """The p-value of Wilcoxon's signed-rank test that gains have no side; None of few tasks."""
    if len(gains) < FEW_TASKS or not any(gains):
        return None
    from scipy import stats

    return float(stats.wilcoxon(gains).pvalue)


def _friedman(values: Array) -> float | None:
    """The p-value of Friedman's test that all models are alike; None of too few of either."""
    if values.ndim != 2 or min(values.shape) < 3:
        return None
    from scipy import stats

    p = float(stats.friedmanchisquare(*values.T).pvalue)
    return None if math.isnan(p) else p


def _notes(matters: Sequence[Matter], models: Sequence[Standing]) -> tuple[str, ...]:
    found = []
    if len(matters) == 1:
        found.append("one task: intervals say nothing of other tasks")
    elif len(matters) < FEW_TASKS:
        found.append(f"{len(matters)} tasks: intervals over tasks are rough")
    failed = [f"{one.name} {one.failures}" for one in models if one.failures]
    if failed:
        found.append(f"failures, counted as the worst on their task: {', '.join(failed)}")
    if len({one.tasks for one in models}) > 1:
        found.append("models took different tasks: compare their strengths rather than their ranks")
    return tuple(found)
