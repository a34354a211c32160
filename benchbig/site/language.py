"""A language of the site: its texts out of one file, and how it writes numbers and dates."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from benchbig.errors import BenchError
from benchbig.metrics.names import ABSENT, METRICS, show

TIMES = "\N{MULTIPLICATION SIGN}"
LANGUAGES = ("en", "zh")  # the first one's pages stand at the root


@dataclass(frozen=True)
class Language:
    """Texts by dotted key, such as "answer.title"; code is the page's lang attribute.

    Methods rather than functions, since templates call them.
    """

    code: str
    texts: Mapping[str, str]

    def t(self, key: str, **values: object) -> str:
        """The text of a key with its {names} filled in.

        Where n is given and key_one is there, it serves for n = 1. Raises KeyError for a key
        that the language lacks: a page is never shown with a hole in it.
        """
        if values.get("n") == 1 and f"{key}_one" in self.texts:
            key = f"{key}_one"
        text = self.texts[key]
        shown = {name: self.count(v) if isinstance(v, int) else v for name, v in values.items()}
        return text.format_map(shown) if shown else text

    def word(self, group: str, name: str) -> str:
        """The text of a word that stands in records, such as a family; itself where unknown."""
        return self.texts.get(f"{group}.{name}", name)

    def metric(self, name: str) -> str:
        """A metric's name for people; English ones stand with the metrics themselves."""
        return self.texts.get(f"metric.{name}", METRICS[name].title)

    def title(self, group: str, name: str, own: str) -> str:
        """The title of a task or a model (group); own: its card's, which is English."""
        return self.texts.get(f"title.{group}.{name}", own)

    def count(self, value: int | None) -> str:
        """A whole number: '169,971'."""
        return ABSENT if value is None else f"{value:,}"

    def seconds(self, value: float | None) -> str:
        """A duration, as the terminal's tables write it: '12 ms', '3 min 20 s', '2 h 5 min'."""
        if value is None:
            return ABSENT
        if value < 0.0005:
            return self.t("unit.below_ms")
        if value < 0.0995:
            return self.t("unit.ms", x=f"{1000 * value:.0f}")
        if value < 59.5:
            return self.t("unit.s", x=two(value))
        minutes, rest = divmod(round(value), 60)
        if minutes < 60:
            return self.t("unit.min_s", a=minutes, b=rest)
        hours, minutes = divmod(round(value / 60), 60)
        return self.t("unit.h_min", a=hours, b=minutes)

    def milliseconds(self, value: float | None) -> str:
        """A latency: '0.21 ms', '1,234 ms'."""
        if value is None:
            return ABSENT
        return self.t("unit.ms", x="<0.01" if value < 0.005 else two(value))

    def size(self, value: float | None) -> str:
        """Bytes in decimal units: '83 B', '412 MB', '1.3 GB'."""
        if value is None:
            return ABSENT
        for unit in ("B", "kB", "MB", "GB"):
            if value < 999.5:
                return f"{two(value) if unit == 'GB' else f'{value:.0f}'} {unit}"
            value /= 1000
        return f"{two(value)} TB"

    def rate(self, value: float | None) -> str:
        """Examples a second: '2,000/s'."""
        if value is None:
            return ABSENT
        shown = f"{two(value / 1e6)}M" if value >= 999_999.5 else two(value)
        return self.t("unit.per_s", x=shown)

    def large(self, value: float | None) -> str:
        """A number of parameters: '22.7M', '1,304', in thousands from 100,000 on."""
        if value is None:
            return ABSENT
        for unit, least in (("B", 1e9), ("M", 1e6)):
            if value >= least:
                return f"{value / least:.1f}{unit}"
        return f"{value / 1000:.0f}k" if value >= 100_000 else f"{value:,.0f}"

    def share(self, value: float | None) -> str:
        """A share of one in whole percent: '71%'."""
        # Halves go up, as in the page's script; Python's own rounding takes them to even numbers.
        return ABSENT if value is None else f"{math.floor(100 * value + 0.5)}%"

    def ratio(self, value: float | None) -> str:
        """How many times as much: '18×', '0.4×'."""
        return ABSENT if value is None else f"{two(value)}{TIMES}"

    def value(self, metric: str, value: float | None) -> str:
        """A metric's value at its digits: '0.783', '93.2%'."""
        return show(metric, value)

    def ends(self, metric: str, low: float | None, high: float | None) -> str:
        """An interval at the metric's digits: '[0.701, 0.853]', '' where there is none."""
        if low is None or high is None:
            return ""
        return f"[{show(metric, low).rstrip('%')}, {show(metric, high).rstrip('%')}]"

    def date(self, when: str | None) -> str:
        """The day of an ISO 8601 time: '22 Nov 2026', '2026年11月22日'."""
        parts = (when or "")[:10].split("-")
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            return when or ABSENT
        year, month, day = map(int, parts)
        if not 1 <= month <= 12:
            return when or ABSENT
        name = self.texts["date.months"].split()[month - 1]
        return self.texts["date.day"].format(year=f"{year:04}", month=name, day=day)


def two(value: float) -> str:
    """Two digits that count below ten, whole numbers above: '0.21', '3.4', '12', '1,234'."""
    if value >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


@cache
def language(code: str) -> Language:
    """The language of leaderboard/texts/<code>.toml."""
    if code not in LANGUAGES:
        raise BenchError(f"no language '{code}'; there are: {', '.join(LANGUAGES)}")
    source = files("benchbig.leaderboard").joinpath("texts", f"{code}.toml")
    return Language(code, flat(tomllib.loads(source.read_text(encoding="utf-8"))))


def flat(table: Mapping[str, Any], place: str = "") -> dict[str, str]:
    """Nested tables of texts as one, its keys joined by dots."""
    texts: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            texts.update(flat(value, f"{place}{name}."))
        else:
            texts[f"{place}{name}"] = str(value)
    return texts
