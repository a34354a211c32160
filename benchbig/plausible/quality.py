"""Is a value too good for a model that has not seen the answers?

Nothing in a store can prove that a model was not shown the test labels. What shows is what usually
comes of it: predictions that are the labels, a test part that goes much better than the validation
part, the same predictions from two models.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig import store
from benchbig.errors import BenchError
from benchbig.metrics.names import METRICS
from benchbig.record import Record

if TYPE_CHECKING:
    from benchbig.store import Predicted

# Half widths of the interval of the value; chance alone leaves a validation part of the same size
# as the test part behind by more than three in one of 10,000 comparisons.
APART = 3.0
FEW = 20  # examples: of fewer a model can have all right by luck


def of_quality(folder: Path, record: Record) -> Iterator[str]:
    """What is too good."""
    metric = METRICS.get(record["metric"])
    if metric is None:
        return
    best = metric.most if metric.higher_is_better else metric.least
    if record["value"] == best:
        yield f"{metric.name} is {record['value']:g}, which cannot be bettered"
    ahead = _ahead(record, record["valid_value"])
    if ahead is not None and ahead > APART:
        yield (
            f"much better on the test part ({record['value']:.4g}) than on the validation part "
            f"({record['valid_value']:.4g}), by {ahead:.1f} half widths of its interval"
        )
    try:
        found = store.predictions(folder, record)
    except BenchError:
        return  # a problem, which benchbig.verification says
    if found is not None and _are_labels(found):
        yield "its predictions are the test labels"


def _ahead(record: Record, other: float | None) -> float | None:
    """By how many half widths of its interval a value is better than another."""
    if other is None or record["ci_low"] is None or record["ci_high"] is None:
        return None
    half = (record["ci_high"] - record["ci_low"]) / 2
    sign = 1.0 if record["higher_is_better"] else -1.0
    return sign * (record["value"] - other) / half if half > 0 else None


def _are_labels(found: Predicted) -> bool:
    import numpy as np

    y, p = found.y, found.p
    if len(y) < FEW or p.dtype.kind != "f":
        return False
    if p.ndim == 2:
        return bool((p.argmax(axis=1) == y).all())
    if y.dtype.kind in "iu" and p.min() >= 0 and p.max() <= 1:
        return bool(((p > 0.5) == (y == 1)).all())
    return bool(np.array_equal(p, y.astype(p.dtype)))


def alike(records: Sequence[Record]) -> Iterator[str]:
    """Models of one task whose predictions are the same to the byte; trivial ones may be."""
    by_digest: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record["status"] == "ok" and record["predictions"] and record["family"] != "trivial":
            by_digest[record["predictions"]["sha256"]].add(record["model"])
    for models in by_digest.values():
        if len(models) > 1:
            yield f"{', '.join(sorted(models))} predict the same to the byte"
