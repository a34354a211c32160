"""What the gate says of one model on one task, and of all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# From the worst to the least worth a look; reports keep this order.
STATUSES = (
    "regressed",
    "missing",
    "newly failing",
    "not comparable",
    "improved",
    "new",
    "no change seen",
)
COMPARED = ("regressed", "improved", "no change seen")
LOST = ("missing", "newly failing")


@dataclass(frozen=True)
class Cost:
    """How a time or a size moved between two runs.

    name: the record's field. base, head: medians. ratio: head over base, by seed where seeds
    are shared. low, high: the ratio's interval, None where too few measurements were made.
    status: as above, of which only "regressed", "improved", "no change seen" and
    "not comparable". why: a sentence where it is not comparable. runs: measurements of each.
    """

    name: str
    status: str
    why: str
    base: float | None
    head: float | None
    ratio: float | None
    low: float | None
    high: float | None
    runs: tuple[int, int]


@dataclass(frozen=True)
class Finding:
    """One model on one task, training size and device, in two stores.

    why: what is to be said besides the status. base, head: means over the seeds compared, in
    the metric's units. difference: head - base; low, high: the interval that holds for all
    findings together. visible: the smallest loss that is called a regression at least 95 times in
    100. asked: the loss from which a sure one counts. minimum: the minimum effect that holds here,
    asked or half of visible, whichever is more: of a loss twice as large the promise is kept.
    seeds: how many of each store; paired: whether each was compared with itself. unmoved: every
    seed of both stores predicts the same in both. worse: the p-value of "it did not get worse",
    Holm over all findings. limit: of a trial, examples a part; 0 for what is none.
    """

    task: str
    model: str
    n_train: int
    device: str
    status: str
    metric: str
    higher_is_better: bool
    why: str = ""
    base: float | None = None
    head: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    visible: float | None = None
    asked: float | None = None
    minimum: float | None = None
    seeds: tuple[int, int] = (0, 0)
    paired: bool = False
    unmoved: bool = False
    worse: float | None = None
    costs: tuple[Cost, ...] = ()
    limit: int = 0

    @property
    def gain(self) -> float | None:
        """The difference, above nought where it got better."""
        if self.difference is None:
            return None
        return self.difference if self.higher_is_better else -self.difference


@dataclass(frozen=True)
class Outcome:
    """All findings, the worst first. level: the chance of any false alarm among them."""

    base: str
    head: str
    findings: tuple[Finding, ...]
    level: float
    vanished: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings there are of each status, in the order of STATUSES."""
        found = dict.fromkeys(STATUSES, 0)
        for finding in self.findings:
            found[finding.status] += 1
        return MappingProxyType({status: n for status, n in found.items() if n})
