"""The one line that tells of a job or a record."""

from __future__ import annotations

from dataclasses import dataclass

from benchbig.job import ALL, Job, Plan
from benchbig.metrics.names import METRICS, show
from benchbig.record import Record
from benchbig.tables import words

GAP = "  "


@dataclass(frozen=True)
class Widths:
    """How wide the names of a run are, so that its lines stand in columns."""

    task: int = 0
    model: int = 0


def widths(plan: Plan) -> Widths:
    return Widths(
        max((len(job.task) for job in plan.jobs), default=0),
        max((len(job.model) for job in plan.jobs), default=0),
    )


def of_job(job: Job, wide: Widths) -> str:
    """'card_fraud  logreg  seed 0  1,000 rows'."""
    return _names(job.task, job.model, job.seed, job.n_train, wide)


def of_record(record: Record, wide: Widths, width: int | None = None) -> str:
    """'card_fraud  logreg  seed 0  average precision 0.783 [0.701, 0.853]  fit 3.2 s'.

    Or, not ok: '... timeout  fit: ran longer than the 60 seconds allowed'. width: where the line
    is longer, an ok one does first without the metric's name, then without the interval.
    """
    names = _names(record["task"], record["model"], record["seed"], record["n_train_asked"], wide)
    if record["status"] != "ok":
        return GAP.join((names, _failure(record)))
    metric, value = record["metric"], record["value"]
    full = words.scored(metric, value, record["ci_low"], record["ci_high"])
    fit = f"fit {words.seconds(record['fit_s'])}"
    for scored in (f"{METRICS[metric].title} {full}", full, show(metric, value)):
        line = GAP.join((names, scored, fit))
        if width is None or len(line) <= width:
            break
    return line


def warning(record: Record, text: str) -> str:
    """'logreg on card_fraud: did not converge'."""
    model, task = words.printable(record["model"]), words.printable(record["task"])
    return f"{model} on {task}: {words.printable(text.strip())}"


def _names(task: str, model: str, seed: int, n_train: int, wide: Widths) -> str:
    parts = [
        words.printable(task).ljust(wide.task),
        words.printable(model).ljust(wide.model),
        f"seed {seed}",
    ]
    if n_train != ALL:
        parts.append(f"{words.count(n_train)} rows")
    return GAP.join(parts)


def _failure(record: Record) -> str:
    """The stage, the kind of error and the message's first line."""
    error = record["error"] or {}
    message = ((error.get("message") or "").strip() or "no message").splitlines()[0]
    kind = error.get("type")
    # Mistakes of the user's explain themselves; a plugin's exception is known by its kind.
    said = message if kind in (None, "BenchError") or kind in message else f"{kind}: {message}"
    stage = error.get("stage")
    return words.printable(f"{stage}: {said}" if stage else said)
