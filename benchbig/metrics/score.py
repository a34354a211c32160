"""Every metric that fits a prediction."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from benchbig.data.parts import Array
from benchbig.metrics import binary, calibration, multiclass, ranking
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


def score(kind: str, y: Array, p: Array, costs: Costs | None = None) -> dict[str, float | None]:
    """The value of every metric that fits; None where it is undefined.

    kind: "binary" or "multiclass"; y: (n,) classes; p: as `check_prediction` returned it, so
    that the stored file gives the same values again. cost_per_1000 needs costs, top5_accuracy
    more than five classes.
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
    y, p = y.astype(np.int64), p.astype(np.float64)
    if name == "cost_per_1000":
        if costs is None:
            raise ValueError("cost_per_1000 needs the task's costs")
        return binary.cost_per_1000(y, p, costs.missed, costs.false_alarm)
    return (_BINARY if kind == "binary" else _MULTICLASS)[name](y, p)


def _applies(name: str, p: Array, costs: Costs | None) -> bool:
    if name == "cost_per_1000":
        return costs is not None
    return name != "top5_accuracy" or p.shape[1] > 5
