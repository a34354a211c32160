"""How large must a difference be to matter? A default for each metric, or what the user says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchbig.errors import BenchError
from benchbig.metrics.names import METRICS, metric

# In the metric's own units; docs/compare.md says why these.
ABSOLUTE: Mapping[str, float] = {
    "average_precision": 0.01,
    "roc_auc": 0.01,
    "recall_at_fpr": 0.02,
    "accuracy": 0.01,
    "balanced_accuracy": 0.01,
    "top5_accuracy": 0.01,
    "macro_f1": 0.01,
    "f1": 0.01,
    "precision": 0.02,
    "recall": 0.02,
    "ece": 0.01,
    "r2": 0.01,
}
# As a share of the classical contender's value, where the scale depends on the task.
RELATIVE: Mapping[str, float] = {
    "log_loss": 0.05,
    "brier": 0.05,
    "cost_per_1000": 0.05,
    "mae": 0.02,
    "rmse": 0.02,
}
OTHERWISE = 0.01  # of a ranking: a hundredth of what a perfect list would have


def min_effect(name: str, given: Mapping[str, float], classical: float | None) -> float:
    """The smallest difference that matters, in the metric's units.

    given: by metric name, and "" for every metric; classical: its contender's value.
    """
    if name in given:
        return given[name]
    if "" in given:
        return given[""]
    if name in RELATIVE:
        return RELATIVE[name] * abs(classical or 0.0)
    return ABSOLUTE.get(name, OTHERWISE)


def parse(values: Iterable[str]) -> dict[str, float]:
    """'0.02' or 'accuracy=0.02', repeated or by commas."""
    found: dict[str, float] = {}
    for value in values:
        for piece in filter(None, value.split(",")):
            name, _, number = piece.rpartition("=")
            if name:
                metric(name, "--min-effect")
            try:
                effect = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
            except ValueError:
                effect = -1.0
            if not 0 <= effect < float("inf"):
                raise BenchError(
                    f"--min-effect {value}: '{number}' is no difference; type such as 0.01, "
                    f"2% or {next(iter(METRICS))}=0.02"
                )
            found[name] = effect
    return found
