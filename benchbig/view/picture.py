"""What stands at the foot of the screen during a run: the bar, what runs now, the warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchbig.job import Job
from benchbig.tables import words
from benchbig.view import lines
from benchbig.view.tally import Tally

WARNINGS_SHOWN = 3
SHORTEST_BAR = 8
SPARE = 2  # lines of the screen left to what scrolls above


@dataclass(frozen=True)
class Line:
    """Pieces of text, each with its style."""

    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Running:
    """A job and when it began, by the monotonic clock."""

    job: Job
    since: float


def picture(
    tally: Tally,
    running: Sequence[Running],
    warnings: Sequence[str],
    left_s: float | None,
    now: float,
    wide: lines.Widths,
    screen: tuple[int, int],
) -> list[Line]:
    """Lines that fit the screen (columns, rows): what does not is counted instead of shown.

    left_s: seconds to the end; now: the monotonic clock.
    """
    columns, rows = screen
    said = _warnings(warnings)
    room = max(1, rows - SPARE - 1 - len(said))
    return [_bar(tally, left_s, columns), *_running(running, now, wide, room), *said]


def _bar(tally: Tally, left_s: float | None, columns: int) -> Line:
    """'━━━━━━━━━━━  12/123  11 ok, 1 failed  3 min 20 s left'."""
    parts = [f"{tally.ended}/{tally.total}", tally.by_status()]
    if left_s is not None and tally.ended < tally.total:
        parts.append(f"{words.clock(left_s)} left" if left_s >= 1 else "nearly done")
    text = lines.GAP + lines.GAP.join(filter(None, parts))
    length = max(SHORTEST_BAR, columns - len(text) - 1)
    full = length * tally.ended // max(1, tally.total)
    return Line(
        (("\u2501" * full, "green"), ("\u2501" * (length - full), "bright_black"), (text, ""))
    )


def _running(running: Sequence[Running], now: float, wide: lines.Widths, room: int) -> list[Line]:
    """The jobs of the moment, the longest first, behind the time each has taken so far."""
    shown = running if len(running) <= room else running[: room - 1]
    found = []
    for one in shown:
        took = words.clock(now - one.since)
        found.append(Line(((f"{took:>11}  ", "cyan"), (lines.of_job(one.job, wide), ""))))
    if len(shown) < len(running):
        found.append(Line(((f"{'':>11}  and {len(running) - len(shown)} more", ""),)))
    return found


def _warnings(warnings: Sequence[str]) -> list[Line]:
    """The latest warnings; all of them are said again when the run is over."""
    shown = warnings[-WARNINGS_SHOWN:]
    found = [Line(((f"warning: {text}", "yellow"),)) for text in shown]
    more = len(warnings) - len(shown)
    if more:
        said = f"{words.plural(more, 'earlier warning')}: listed at the end"
        found.insert(0, Line(((said, "yellow"),)))
    return found
