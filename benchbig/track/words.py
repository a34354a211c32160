"""How series and their changes read."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.gate import words as gate_words
from benchbig.metrics.names import METRICS, show
from benchbig.tables import words
from benchbig.track.changes import Change, Tracked
from benchbig.track.series import Series

BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = ".:-=+*#@"
MARK = "|"


def title(series: Series) -> str:
    """'credit_default, logreg: average precision'."""
    task, model = words.printable(series.task), words.printable(series.model)
    if series.n_train:
        task += f" ({words.count(series.n_train)} rows)"
    if series.device != "cpu":
        model += f" ({words.printable(series.device)})"
    return f"{task}, {model}: {measure(series)}"


def measure(series: Series) -> str:
    if series.is_cost:
        return gate_words.COSTS.get(series.measure, words.printable(series.measure))
    facts = METRICS.get(series.measure)
    return facts.title if facts else words.printable(series.measure)


def value(series: Series, number: float) -> str:
    """A value as tables show it."""
    if series.is_cost:
        return gate_words.amount(series.measure, number)
    return show(series.measure, number) if series.measure in METRICS else f"{number:.4g}"


def change(series: Series, one: Change) -> str:
    """'worse: 0.801 -> 0.772 between 0123456 and 89abcde (point 12)'."""
    text = (
        f"{'worse' if one.worse else 'better'}: {value(series, one.before)} -> "
        f"{value(series, one.after)} between {one.last[:10]} and {one.first[:10]}"
    )
    if one.recovered:
        return f"{text}; recovered with {one.recovered[:10]}"
    return f"{text}; it regains an earlier loss" if one.undoes else text


def spark(tracked: Tracked, width: int = 60, bars: str = BARS) -> str:
    """The series as a line of bars, a stroke before each new level; the newest points last."""
    values = [point.value for point in tracked.series.points]
    first = max(0, len(values) - width)
    low, high = min(values[first:]), max(values[first:])
    drawn = []
    for place, number in enumerate(values[first:], first):
        if place in tracked.starts[1:]:
            drawn.append(MARK)
        step = 0 if high == low else (number - low) / (high - low) * (len(bars) - 1)
        drawn.append(bars[round(step)])
    return "".join(drawn)


def headline(found: Sequence[Tracked], everything: bool) -> str:
    """'31 series, 2 with changes that stand; 4 too short'."""
    standing = sum(bool(one.standing) for one in found)
    short = sum(one.too_short for one in found)
    over = sum(bool(one.changes) and not one.standing for one in found)
    text = f"{words.plural(len(found), 'series').replace('seriess', 'series')}, {standing} changed"
    if over:
        text += f", {over} recovered" + ("" if everything else " (--all shows them)")
    return f"{text}, {short} too short to say" if short else text
