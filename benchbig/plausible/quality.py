"""Is a value too good for a model that has not seen the answers?

Nothing in a store can prove that a model was not shown the test labels. What shows is what usually
comes of it: predictions that are the labels, a test part that goes much better than the validation
part, the same predictions from two models.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median_high
from typing import TYPE_CHECKING

from benchbig import store
from benchbig.errors import BenchError
from benchbig.metrics.names import METRICS
from benchbig.record import Record

if TYPE_CHECKING:
    from benchbig.store import Predicted

APART = 3.0  # half widths of a value's interval: some six standard errors
# Where parts are cut by time: so many other models, and so many times the range of what they gain.
# Of gains that are normal and alike, 1 in 400 lies that far off among five others, 1 in 8,000 among
# eight; the published ones that are judged so lie off by 1.4 ranges at most.
OTHERS, RANGES = 5, 2.0
Size = tuple[int, int | None]  # training rows and limit that were asked for
FEW = 20  # examples: of fewer a model can have all right by luck


def of_quality(folder: Path, record: Record) -> Iterator[str]:
    """What is too good."""
    metric = METRICS.get(record["metric"])
    if metric is None:
        return
    best = metric.most if metric.higher_is_better else metric.least
    if record["value"] == best and not record["limit"]:  # a trial's few examples are soon all right
        yield f"{metric.name} is {record['value']:g}, which cannot be bettered"
    try:
        found = store.predictions(folder, record)
    except BenchError:
        return  # a problem, which benchbig.verification says
    if found is not None and not record["limit"] and _are_labels(found):
        yield "its predictions are the test labels"


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


def ahead(records: Sequence[Record], others: Sequence[Record] = ()) -> Iterator[tuple[Record, str]]:
    """Records that are much better on the test part than on the validation part, beyond what any
    other model of the task and the training size is. Where the parts are cut by time, what comes
    later may be easier, and more so for some models than for others: there only where enough
    others tell how far their gains lie apart, and beyond twice that as well.

    records: of one task; others: published ones of it.
    """
    gaps: dict[Size, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in (*records, *others):
        gap = _gap(record)
        if gap is not None and record["family"] != "trivial":
            gaps[_size(record)][record["model"]].append(gap)
    for record in records:
        own, half = _gap(record), _half(record)
        by_model = gaps[_size(record)].items()
        usual = [median_high(of) for model, of in by_model if model != record["model"]]
        if own is None or half is None or not usual or record["family"] == "trivial":
            continue
        by_time = record["scheme"] == "time"
        if by_time and len(usual) < OTHERS:
            continue
        beyond = (own - max(usual)) / half
        usually = RANGES * (max(usual) - min(usual)) / half if by_time else 0.0
        if beyond > max(APART, usually):
            yield (
                record,
                (
                    f"better on the test part ({record['value']:.4g}) than on the validation part "
                    f"({record['valid_value']:.4g}), beyond other models by {beyond:.1f} "
                    f"half widths of its interval"
                ),
            )


def _size(record: Record) -> Size:
    return record["n_train_asked"], record["limit"]


def _gap(record: Record) -> float | None:
    """By how much the test part went better."""
    if record["status"] != "ok" or record["valid_value"] is None:
        return None
    sign = 1.0 if record["higher_is_better"] else -1.0
    return float(sign * (record["value"] - record["valid_value"]))


def _half(record: Record) -> float | None:
    if record["ci_low"] is None or record["ci_high"] is None:
        return None
    return (record["ci_high"] - record["ci_low"]) / 2 or None


def alike(records: Sequence[Record]) -> Iterator[str]:
    """Models of one task whose predictions are the same to the byte; trivial ones may be."""
    by_digest: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record["status"] == "ok" and record["predictions"] and record["family"] != "trivial":
            by_digest[record["predictions"]["sha256"]].add(record["model"])
    for models in by_digest.values():
        if len(models) > 1:
            yield f"{', '.join(sorted(models))} predict the same to the byte"
