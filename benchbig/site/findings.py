"""The paired verdict of each task, as the pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchbig.errors import BenchError
from benchbig.site.answers import Finding
from benchbig.site.board import Read
from benchbig.verdict import money, result
from benchbig.verdict.evidence import Evidence
from benchbig.verdict.judge import answers as judged
from benchbig.verdict.money import PriceTable
from benchbig.verdict.task import Matter, look

# The words of benchbig.verdict as keys of the languages' texts and of the styles.
KEYS = {
    result.ADOPT: "adopt_large",
    result.KEEP: "keep_classical",
    result.ALIKE: "no_difference",
    result.UNSURE: "not_enough",
}


def matter(folder: Path, found: Read, prices: PriceTable) -> Matter | None:
    """What the paired comparison of a task's contenders rests on; None where it cannot be made,
    such as where predictions cannot be read: the task's values show without.

    folder: the store, where the predictions lie.
    """
    task, rows = found.task, found.task.rows
    behind = {
        place: [record for record in records if record["status"] == "ok"]
        for place, records in found.behind.items()
    }
    costs = {task.name: task.card.costs if task.card else None}
    try:
        return look(Evidence(folder, tuple(rows), behind, costs), rows[0], rows, prices, None)
    except BenchError:
        return None


def findings(matters: Iterable[Matter]) -> dict[str, Finding]:
    """By task, the p-values corrected for the number of tasks."""
    about = money.read().about
    told = judged(matters, {}, {}, set())
    return {one.task: finding(one, about.currency, about.date) for one in told}


def finding(told: result.TaskVerdict, currency: str, date: str) -> Finding:
    """One task's verdict; currency, date: of the price table."""
    gain, curve, pays = told.gain, told.crossover, told.break_even
    sides = (told.classical, told.large)
    return Finding(
        verdict=KEYS[told.verdict],
        classical=_who(told.classical),
        large=_who(told.large),
        gain=gain.value if gain else None,
        low=gain.low if gain else None,
        high=gain.high if gain else None,
        p_holm=gain.p_holm if gain else None,
        min_effect=told.min_effect,
        detectable=gain.detectable if gain else None,
        n_test=gain.n_test if gain else told.n_test,
        seeds=gain.seeds if gain else 0,
        direction=curve.direction if curve else "",
        crossover=(curve.at, curve.low, curve.high) if curve and curve.at else None,
        always=curve.always if curve else None,
        sizes=tuple(point.n_train for point in curve.points) if curve else (),
        cost_fit=tuple(side.cost_fit if side else None for side in sides),
        cost_per_million=tuple(side.cost_per_million if side else None for side in sides),
        currency=currency,
        prices_of=date,
        volume=pays.volume if pays else None,
        scratch=told.scratch.model if told.scratch else None,
        beyond=(far.model, far.n_train, far.value) if (far := told.beyond) else None,
        overtaken=told.overtaken,
    )


def _who(side: result.Contender | None) -> tuple[str, str] | None:
    return (side.model, side.device) if side else None
