"""What every view counts: how jobs ended, how long it took, which warnings were said before."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from benchbig.job import Plan
from benchbig.record import STATUSES, Record
from benchbig.tables import words
from benchbig.view import lines


@dataclass
class Tally:
    """A run so far. total: jobs to run; began: when, by the monotonic clock."""

    total: int = 0
    began: float = field(default_factory=time.monotonic)
    statuses: Counter[str] = field(default_factory=Counter)
    said: set[tuple[str, str]] = field(default_factory=set)

    @property
    def ended(self) -> int:
        return self.statuses.total()

    def count(self, record: Record) -> list[str]:
        """Count an ended job; gives its warnings that this model had not given before."""
        self.statuses[record["status"]] += 1
        fresh = []
        for text in record["warnings"]:
            if (record["model"], text) not in self.said:
                self.said.add((record["model"], text))
                fresh.append(lines.warning(record, text))
        return fresh

    def by_status(self) -> str:
        """'11 ok, 1 failed'."""
        return ", ".join(f"{self.statuses[s]} {s}" for s in STATUSES if self.statuses[s])

    def summary(self) -> str:
        """'12 of 123 jobs in 3 min 20 s: 11 ok, 1 failed'."""
        took = words.seconds(time.monotonic() - self.began)
        if self.ended == self.total:
            ended = words.plural(self.total, "job")
        else:
            ended = f"{self.ended:,} of {words.plural(self.total, 'job')}"
        return f"{ended} in {took}" + (f": {self.by_status()}" if self.ended else "")


def opening(plan: Plan, done: int, estimate_s: float | None) -> str:
    """'12 jobs to run, 3 done before, about 5 min 0 s'."""
    parts = [f"{words.plural(len(plan.jobs), 'job')} to run"]
    if done:
        parts.append(f"{done:,} done before")
    if estimate_s is not None and plan.jobs:
        parts.append(f"about {words.seconds(estimate_s)}")
    return ", ".join(parts)
