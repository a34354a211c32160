"""Every metric that fits a prediction."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics import binary, calibration, multiclass, ranking, regression, retrieval
from benchbig.metrics.cells import Cells, evaluate
from benchbig.metrics.names import fitting

if TYPE_CHECKING:
    from benchbig.cards import Costs

_BINARY: Mapping[str, Callable[[Array, Array], Cells]] = {
    "average_precision": ranking.average_precision,
    "roc_auc": ranking.roc_auc,
    "recall_at_fpr": ranking.recall_at_fpr,
    "accuracy": binary.accuracy,
    "f1": binary.f1,
    "precision": binary.precision,
    "recall": binary.recall,
    "log_loss": calibration.log_loss,
    "brier": calibration.brier,
    "ece": calibration.ece,
}
_MULTICLASS: Mapping[str, Callable[[Array, Array], Cells]] = {
    "accuracy": multiclass.accuracy,
    "balanced_accuracy": multiclass.balanced_accuracy,
    "top5_accuracy": multiclass.top5_accuracy,
    "macro_f1": multiclass.macro_f1,
    "log_loss": calibration.log_loss,
    "brier": calibration.brier,
    "ece": calibration.ece,
}
_REGRESSION: Mapping[str, Callable[[Array, Array], Cells]] = {
    "r2": regression.r2,
    "mae": regression.mae,
    "rmse": regression.rmse,
}
_RANKING: Mapping[str, Callable[[Array, Array], Cells]] = {
    "ndcg_at_10": partial(retrieval.ndcg, k=10),
    "recall_at_10": partial(retrieval.recall, k=10),
    "mrr_at_10": partial(retrieval.mrr, k=10),
    "map_at_10": partial(retrieval.average_precision, k=10),
    "hit_rate_at_10": partial(retrieval.hit_rate, k=10),
    "coverage_at_10": partial(retrieval.coverage, k=10),
    "ndcg_at_50": partial(retrieval.ndcg, k=50),
    "recall_at_50": partial(retrieval.recall, k=50),
    "repeat_recall_at_10": partial(retrieval.repeat_recall, k=10),
    "new_recall_at_10": partial(retrieval.new_recall, k=10),
}
_OF_KIND = {
    "binary": _BINARY,
    "multiclass": _MULTICLASS,
    "regression": _REGRESSION,
    "ranking": _RANKING,
}
_OF_REPEATS = ("repeat_recall_at_10", "new_recall_at_10")


def score(kind: str, y: Array, p: Array, costs: Costs | None = None) -> dict[str, float | None]:
    """The value of every metric that fits; None where it is undefined.

    kind: a task kind; y: (n,) classes or numbers, (n, m) items for ranking; p: as
    `check_prediction` or, for ranking, `places` returned it, so that the stored file gives the
    same values again. cost_per_1000 needs costs, top5_accuracy more than five classes, and the
    recall of repeats and of new items a task with repeats.
    """
    names = [name for name in fitting(kind) if _applies(name, p, costs)]
    return {name: value(name, kind, y, p, costs) for name in names}


def value(
    name: str,
    kind: str,
    y: Array,
    p: Array,
    costs: Costs | None = None,
    weight: Array | None = None,
) -> float | None:
    """One metric's value, None where it is undefined; weight: (n,) of each example."""
    number = evaluate(prepare(name, kind, y, p, costs), weight)
    return None if math.isnan(number) else number


def prepare(name: str, kind: str, y: Array, p: Array, costs: Costs | None = None) -> Cells:
    """The metric as a function of weights in cells; all computing is in float64."""
    if kind == "ranking":
        return _RANKING[name](y, p)
    y, p = y.astype(np.float64 if kind == "regression" else np.int64), p.astype(np.float64)
    if name == "cost_per_1000":
        if costs is None:
            raise ValueError("cost_per_1000 needs the task's costs")
        return binary.cost_per_1000(y, p, costs.missed, costs.false_alarm)
    return _OF_KIND[kind][name](y, p)


def _applies(name: str, p: Array, costs: Costs | None) -> bool:
    if name == "cost_per_1000":
        return costs is not None
    if name in _OF_REPEATS:
        return "known" in (p.dtype.names or ())
    return name != "top5_accuracy" or p.shape[1] > 5
