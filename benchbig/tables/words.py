"""How numbers and foreign texts are written for people: seconds, bytes, rates, names."""

from __future__ import annotations

from benchbig.metrics.names import ABSENT, METRICS, show

PLAIN = str.maketrans(
    {
        "\N{DAGGER}": "+",
        "\N{EN DASH}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "~",
        "\N{BOX DRAWINGS HEAVY HORIZONTAL}": "=",
    }
)


def seconds(value: float | None) -> str:
    """A duration of seconds: '12 ms', '0.83 s', '12 s', '3 min 20 s', '2 h 5 min'."""
    if value is None:
        return ABSENT
    if value < 0.0005:
        return "<1 ms"
    if value < 0.0995:
        return f"{1000 * value:.0f} ms"
    if value < 59.5:
        return f"{_two(value)} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(round(value / 60), 60)
    return f"{hours:,} h {minutes} min"


def clock(value: float) -> str:
    """A duration that is still running, in whole seconds: '0 s', '7 s', '3 min 20 s'."""
    return f"{int(value)} s" if value < 59.5 else seconds(value)


def milliseconds(value: float | None) -> str:
    """A latency of milliseconds: '0.21 ms', '3.4 ms', '1,234 ms'."""
    if value is None:
        return ABSENT
    return "<0.01 ms" if value < 0.005 else f"{_two(value)} ms"


def size(value: float | None) -> str:
    """Bytes in decimal units: '83 B', '412 MB', '1.3 GB'."""
    if value is None:
        return ABSENT
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{_two(value)} {unit}" if unit in ("GB", "TB") else f"{value:.0f} {unit}"
        value /= 1000
    return f"{_two(value)} TB"


def rate(value: float | None) -> str:
    """Examples a second: '0.52/s', '1,234/s', '3.5M/s'."""
    if value is None:
        return ABSENT
    return f"{_two(value / 1e6)}M/s" if value >= 999_999.5 else f"{_two(value)}/s"


def count(value: int | None) -> str:
    """A whole number: '169,971'."""
    return ABSENT if value is None else f"{value:,}"


def scored(metric: str, value: float | None, low: float | None, high: float | None) -> str:
    """A value and its interval: '0.783 [0.701, 0.853]', '93.2% [91.8, 94.4]'."""
    if low is None or high is None:
        return show(metric, value)
    ends = (show(metric, low).rstrip("%"), show(metric, high).rstrip("%"))
    return f"{show(metric, value)} [{ends[0]}, {ends[1]}]"


def direction(metric: str) -> str:
    """Which way is good: 'average precision, higher is better'."""
    facts = METRICS[metric]
    return f"{facts.title}, {'higher' if facts.higher_is_better else 'lower'} is better"


def learnt(used: int | None, asked: int | None) -> str:
    """'learnt from 5,850 of 170,236 rows'."""
    return f"learnt from {count(used)} of {count(asked)} rows"


def plural(number: int, noun: str) -> str:
    """'1 seed', '3 seeds'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def printable(text: str) -> str:
    r"""The text on one line with whatever could drive a terminal written out.

    Names and messages come out of files that others may have made: '\x1b[2J' would clear the
    screen, a direction mark would turn the line around, a newline would break the table.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _written(char) for char in text)


def encodable(text: str, encoding: str | None) -> str:
    """The text as a stream of this encoding can take it: '†' becomes '+' where it must."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        plain = text.translate(PLAIN)
        return plain.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
    return text


def _two(value: float) -> str:
    """Two digits that count below ten, whole numbers above: '0.21', '3.4', '12', '1,234'."""
    if value >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def _written(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
