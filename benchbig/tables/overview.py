"""The answer in one table: a line a task, the best classical model beside the best large one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchbig.metrics.names import ABSENT, METRICS
from benchbig.tables import words
from benchbig.tables.markdown import line
from benchbig.tables.row import Row
from benchbig.tables.rows import best

HEADINGS = ("task", "metric", "best classical", "best pretrained", "fit", "one prediction")
FAMILIES = ("classical", "pretrained")


def markdown_overview(rows: Iterable[Row], titles: Mapping[str, str] | None = None) -> str:
    """A Markdown table of the tasks: both contenders with intervals, fit times and latencies.

    Contenders are the best of their family by the validation part, over all training rows and on
    whatever device; a family without a value shows as absent. titles: task name to title.
    """
    contenders: dict[str, dict[str, Row]] = {}
    for row in rows:
        if not row.n_train_asked:
            families = contenders.setdefault(row.task, {})
            if row.best_of_family:
                other = families.get(row.family)
                families[row.family] = row if other is None else best([other, row])
    lines = [line(HEADINGS), line(["---"] * len(HEADINGS))]
    for task, families in contenders.items():
        pair = [families.get(family) for family in FAMILIES]
        metric = next(iter(families.values())).metric if families else ""
        lines.append(
            line(
                [
                    (titles or {}).get(task, task),
                    METRICS[metric].title if metric in METRICS else metric,
                    *map(_scored, pair),
                    _both(words.seconds(row.fit_s) if row else ABSENT for row in pair),
                    _both(
                        words.milliseconds(row.latency_p50_ms) if row else ABSENT for row in pair
                    ),
                ]
            )
        )
    return "\n".join(lines) + "\n"


def _scored(row: Row | None) -> str:
    if row is None:
        return ABSENT
    mark = " †" if row.reduced else ""
    return f"{row.model}{mark} {words.scored(row.metric, row.value, row.low, row.high)}"


def _both(times: Iterable[str]) -> str:
    return " / ".join(times)
