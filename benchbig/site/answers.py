"""The answer of each task: the best classical beside the best large model, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchbig.site.board import Board, Table, Task
from benchbig.tables.row import Row


@dataclass(frozen=True)
class Finding:
    """What the paired comparison says of a task's two contenders.

    verdict: adopt_large, keep_classical, no_difference or not_enough. low, high: of the large
    model's gain, turned so that above nought it is better; p_holm: of no difference, after Holm
    over the tasks. min_effect, detectable: the least gain that matters, and that can be seen.
    crossover: the size from which the large model is better with its interval, where there is
    one; always: "large" or "classical" where one leads at every size tried.
    """

    verdict: str
    classical: str | None
    large: str | None
    gain: float | None
    low: float | None
    high: float | None
    p_holm: float | None
    min_effect: float
    detectable: float | None
    crossover: tuple[float, float | None, float | None] | None
    always: str | None
    sizes: tuple[int, ...]
    cost_per_million: tuple[float | None, float | None]
    currency: str | None
    volume: float | None


@dataclass(frozen=True)
class Answer:
    """A task on one device, over its largest training size. index: the task's, in the board.

    difference: the large model's value less the classical one's. several: whether the task was
    measured on more than one device.
    """

    task: Task
    index: int
    table: Table
    device: str
    several: bool
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

    def ratio(self, cost: str) -> float | None:
        """The large model's cost as a multiple of the classical one's; cost: a row's attribute."""
        large = getattr(self.large, cost, None)
        classical = getattr(self.classical, cost, None)
        return large / classical if large is not None and classical else None


def answers(board: Board, findings: Mapping[tuple[str, str], Finding]) -> list[Answer]:
    """One a task and device. findings: by task and device."""
    found = []
    for index, task in enumerate(board.tasks):
        for table in task.main:
            classical, large = table.best("classical"), table.best("pretrained")
            finding = findings.get((task.name, table.device))
            if finding and (finding.classical, finding.large) != (
                classical.model if classical else None,
                large.model if large else None,
            ):
                finding = None  # of other contenders: it would stand beside the wrong names
            found.append(
                Answer(task, index, table, table.device, len(task.main) > 1, classical, large,
                       finding)
            )  # fmt: skip
    return found
