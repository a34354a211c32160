"""Which metrics there are, and how a value is shown; without numpy, for cards and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from benchbig.errors import unknown

ABSENT = "\N{EN DASH}"
BOTH = ("binary", "multiclass")


@dataclass(frozen=True)
class Metric:
    """A metric's facts.

    kinds: the task kinds it fits. digits: decimals of the value that are shown, and at which
    two values count as equal; percent: shown times 100, so with two decimals fewer.
    least, most: the values it can take at all.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    higher_is_better: bool = True
    digits: int = 3
    percent: bool = False
    least: float = 0.0
    most: float = 1.0


_ANY = float("inf")
_ALL = (
    Metric("average_precision", "average precision", ("binary",)),
    Metric("roc_auc", "ROC AUC", ("binary",)),
    Metric("recall_at_fpr", "recall at 1% false positives", ("binary",), percent=True),
    Metric("accuracy", "accuracy", BOTH, percent=True),
    Metric("balanced_accuracy", "balanced accuracy", ("multiclass",), percent=True),
    Metric("top5_accuracy", "top-5 accuracy", ("multiclass",), percent=True),
    Metric("macro_f1", "macro F1", ("multiclass",)),
    Metric("f1", "F1", ("binary",)),
    Metric("precision", "precision", ("binary",), percent=True),
    Metric("recall", "recall", ("binary",), percent=True),
    Metric("log_loss", "log loss", BOTH, higher_is_better=False, most=_ANY),
    # 1 at most with two classes, 2 with more.
    Metric("brier", "Brier score", BOTH, higher_is_better=False, digits=4, most=2.0),
    Metric("ece", "calibration error", BOTH, higher_is_better=False),
    Metric(
        "cost_per_1000", "cost per 1,000", ("binary",), higher_is_better=False, digits=1, most=_ANY
    ),
    Metric("r2", "R2", ("regression",), least=-_ANY),
    Metric("mae", "mean absolute error", ("regression",), higher_is_better=False, most=_ANY),
    Metric("rmse", "root mean squared error", ("regression",), higher_is_better=False, most=_ANY),
    Metric("ndcg_at_10", "NDCG at 10", ("ranking",)),
    Metric("recall_at_10", "recall at 10", ("ranking",)),
    Metric("mrr_at_10", "MRR at 10", ("ranking",)),
    Metric("map_at_10", "MAP at 10", ("ranking",)),
    Metric("hit_rate_at_10", "hit rate at 10", ("ranking",), percent=True),
    Metric("coverage_at_10", "items shown at 10", ("ranking",), percent=True),
    Metric("ndcg_at_50", "NDCG at 50", ("ranking",)),
    Metric("recall_at_50", "recall at 50", ("ranking",)),
    Metric("repeat_recall_at_10", "recall of repeats at 10", ("ranking",)),
    Metric("new_recall_at_10", "recall of new items at 10", ("ranking",)),
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ALL})


def metric(name: str, where: str = "") -> Metric:
    """The metric of this name; raises BenchError with the nearest name (where: a card's path)."""
    if name not in METRICS:
        raise unknown("metric", name, METRICS, where)
    return METRICS[name]


def fitting(kind: str) -> tuple[str, ...]:
    """The names of the metrics that fit a task kind, in the order they are shown."""
    return tuple(metric.name for metric in _ALL if kind in metric.kinds)


def show(name: str, value: float | None) -> str:
    """The value as tables show it: '0.783', '93.2%', '–' where there is none."""
    if value is None:
        return ABSENT
    facts = METRICS[name]
    # Rounded before it is scaled, so that what is shown equal is what ranks call equal.
    value = round(value, facts.digits)
    if facts.percent:
        return f"{100 * value:.{facts.digits - 2}f}%"
    return f"{value:,.{facts.digits}f}"
