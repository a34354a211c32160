"""What should the reader of a verdict know besides: sizes, seeds, budgets, machines, failures?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchbig.tables import words

if TYPE_CHECKING:
    from benchbig.verdict.result import Gain
    from benchbig.verdict.task import Matter


def notes(matter: Matter, gain: Gain | None, said: bool) -> tuple[str, ...]:
    """What the reader of a verdict should know besides; said: whether the verdict itself tells
    of the family that goes on to more rows."""
    found = []
    rows = [row for row in (matter.classical, matter.large) if row is not None]
    if rows and rows[0].n_train_asked and not said:
        size = words.count(rows[0].n_train_asked)
        most = ", the most at which both families have a value" if len(rows) > 1 else ""
        found.append(f"at {size} training rows{most}")
    if matter.beyond is not None and not said:
        far = matter.beyond
        value = words.scored(matter.first.metric, far.value, far.low, far.high)
        found.append(f"with {words.count(far.n_train)} rows {far.model} reaches {value}")
    for row in rows:
        if row.reduced:
            found.append(f"{row.model} {words.learnt(row.n_train_used, row.rows_asked)}")
        if row.seeds < row.planned:
            found.append(f"{row.model}: {row.planned - row.seeds} of {row.planned} seeds failed")
    if matter.scratch is not None:
        found.append(
            f"{matter.scratch.model}, trained from scratch, does better than both on the "
            "validation part"
        )
    if gain is not None and gain.seeds == 1:
        found.append("one seed: how far another training would move this is not known")
    if gain is not None and gain.seeds < max(row.seeds for row in rows):
        found.append(f"the gain is of the {words.plural(gain.seeds, 'seed')} that both have")
    if not matter.budgets:
        found.append("their searches had different budgets (trials, seconds)")
    if len({env for row in rows for env in row.envs}) > 1:
        found.append("measured on different machines: times and memory may not compare")
    elif any(row.jobs_beside for row in rows):
        found.append("times were taken while other jobs ran")
    if matter.first.data_origin != "real":
        found.append(f"{matter.first.data_origin} data")
    failed = sorted({row.model for row in matter.rows if row.value is None})
    if failed:
        found.append(f"without a value: {', '.join(failed)}")
    return tuple(found)
