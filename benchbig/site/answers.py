"""The answer of each task: the best classical beside the best large model, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchbig.site.board import Board, Task
from benchbig.tables.row import Row
from benchbig.verdict.contenders import CLASSICAL, LARGE, by_size, chosen, main_size


@dataclass(frozen=True)
class Finding:
    """What the paired comparison says of a task's two contenders (benchbig.verdict.result).

    verdict: adopt_large, keep_classical, no_difference or not_enough. classical, large: model and
    device. gain: what the large model has over the classical one, turned so that above nought it
    is better, with low and high; p_holm: of no difference, after Holm over the tasks. min_effect,
    detectable: the least gain that matters, and that can be seen with n_test examples and these
    seeds. direction: "large from", "large until", "none", "" where one size was measured alone;
    crossover: that size with its interval; always: "large" or "classical" where one leads
    throughout. scratch: the best network trained from scratch, where it does better than both on
    the validation part. beyond: (model, training rows, value) of the best of the family that went
    on, alone, to more rows than both were given; overtaken: whether that decides. cost_fit,
    cost_per_million: (classical, large) by a price table of the day prices_of. volume:
    predictions a month from which the large model pays, infinity for never.
    """

    verdict: str
    classical: tuple[str, str] | None
    large: tuple[str, str] | None
    gain: float | None
    low: float | None
    high: float | None
    p_holm: float | None
    min_effect: float
    detectable: float | None
    n_test: int | None
    seeds: int
    direction: str
    crossover: tuple[float, float | None, float | None] | None
    always: str | None
    sizes: tuple[int, ...]
    cost_fit: tuple[float | None, ...]
    cost_per_million: tuple[float | None, ...]
    currency: str
    prices_of: str
    volume: float | None
    scratch: str | None = None
    beyond: tuple[str, int | None, float] | None = None
    overtaken: bool = False


@dataclass(frozen=True)
class Answer:
    """A task's answer at the training size of its main table. index: the task's, in the board.

    difference: the large model's value less the classical one's. devices: where the rows of
    that size were measured.
    """

    task: Task
    index: int
    devices: tuple[str, ...]
    classical: Row | None
    large: Row | None
    finding: Finding | None

    @property
    def difference(self) -> float | None:
        if self.finding is not None and self.finding.gain is not None:
            return self.finding.gain if self.task.metric.higher_is_better else -self.finding.gain
        if self.classical is None or self.large is None:
            return None
        if self.classical.value is None or self.large.value is None:
            return None
        return self.large.value - self.classical.value

    @property
    def apart(self) -> bool:
        """Whether both were measured, and not in one environment: times compare badly then."""
        rows = [row for row in (self.classical, self.large) if row is not None]
        return len(rows) > 1 and len({env for row in rows for env in row.envs}) > 1

    def ratio(self, cost: str) -> float | None:
        """The large model's cost as a multiple of the classical one's; cost: a row's attribute."""
        large = getattr(self.large, cost, None)
        classical = getattr(self.classical, cost, None)
        return large / classical if large is not None and classical else None


def answers(board: Board, findings: Mapping[str, Finding]) -> list[Answer]:
    """One a task; the contenders are the finding's, where there is one."""
    found = []
    for index, task in enumerate(board.tasks):
        rows = [row for table in task.main for row in table.rows]
        devices = tuple(dict.fromkeys(table.device for table in task.main))
        finding = findings.get(task.name)
        if finding is not None:
            sizes = by_size(task.rows)
            there = sizes[main_size(sizes)]
            pair = (_named(there, finding.classical), _named(there, finding.large))
        else:
            pair = (chosen(rows, CLASSICAL), chosen(rows, LARGE))
        found.append(Answer(task, index, devices, *pair, finding))
    return found


def _named(rows: Sequence[Row], who: tuple[str, str] | None) -> Row | None:
    """The row of a model and device; rows: of the size that the finding is about."""
    found = (row for row in rows if (row.model, row.device) == who and row.value is not None)
    return next(found, None)
