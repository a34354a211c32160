"""A record's stored predictions, made ready to be compared example by example."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig.errors import BenchError
from benchbig.metrics.names import METRICS
from benchbig.record import Record
from benchbig.stats.paired import Scored, scored
from benchbig.store import predictions

if TYPE_CHECKING:
    from benchbig.cards import Costs

SAME = 1e-9  # relative: a value computed on another machine may differ in its last digits


class Unreadable(ValueError):
    """A record without predictions that could be compared; says why."""


def read(store: Path, record: Record, costs: Costs | None = None) -> Scored:
    """The predictions of an ok record. Raises Unreadable where they are not there or not its own.

    costs: of the task's card, which the metric cost_per_1000 needs.
    """
    name = record["metric"]
    if name not in METRICS:
        raise Unreadable(f"this benchbig knows no metric '{name}'")
    if name == "cost_per_1000" and costs is None:
        raise Unreadable("its metric needs the costs on the task's card, which is not here")
    try:
        kept = predictions(store, record)
    except BenchError as error:
        raise Unreadable(str(error)) from None
    if kept is None:
        raise Unreadable("its record names no predictions")
    found = scored(name, record["kind"], kept.ids, kept.y, kept.p, costs, kept.groups)
    said = record["value"]
    if said is None and math.isnan(found.value):
        return found
    if said is None or not math.isclose(found.value, said, rel_tol=SAME, abs_tol=SAME):
        raise Unreadable("its predictions do not give its value; type: benchbig check DIR")
    return found
