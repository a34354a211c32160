"""A chart as geometry: what the template draws, in pixels of its own frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """From values to pixels; where low equals high, everything stands in the middle."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value, rounded to a tenth, held within the scale."""
        low, high, seen = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, seen = math.log10(low), math.log10(high), math.log10(seen)
        share = 0.5 if high == low else (seen - low) / (high - low)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """One thing drawn. shape: line, band, dot, bar, text or cell; look: its CSS classes.

    points: pixels, as many as the shape needs: a line or a band its corners, a dot its centre,
    a bar its two ends, a text its place, a cell two opposite corners. symbol: of a dot. title:
    what a pointer that rests on it is told. anchor: of a text.
    """

    shape: str
    look: str
    points: tuple[tuple[float, float], ...]
    title: str = ""
    text: str = ""
    symbol: str = "circle"
    anchor: str = "start"
    weight: float = 1.0


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    look: str
    symbol: str
    label: str


@dataclass(frozen=True)
class Frame:
    """The size of a chart and the margins around what is drawn, in pixels."""

    width: int
    height: int
    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0

    @property
    def across(self) -> tuple[float, float]:
        """Where the horizontal axis starts and ends."""
        return self.left, self.width - self.right

    @property
    def up(self) -> tuple[float, float]:
        """Where the upright axis starts and ends."""
        return self.height - self.bottom, self.top


@dataclass(frozen=True)
class Figure:
    """A whole chart: frame, axes, marks, legend; title is read out in place of the picture.

    left_out: rows that a readable chart has no room for, the last by rank.
    """

    title: str
    frame: Frame
    x_label: str = ""
    y_label: str = ""
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    marks: tuple[Mark, ...] = ()
    keys: tuple[Key, ...] = ()
    left_out: int = 0


def linear_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values (1, 2 or 5 times a power of ten apart) within [low, high]."""
    if high <= low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten within [low, high]; with fewer than three, 2 and 5 times them as well."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [10.0**power for power in decades]
    if math.log10(high / low) < 2.5:
        ticks = [10.0**power * digit for power in decades for digit in (1, 2, 5)]
    return [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]


def padded(values: Sequence[float], share: float = 0.06) -> tuple[float, float]:
    """The values' range with some room at both ends; a single value gets a range around it."""
    low, high = min(values), max(values)
    room = (high - low) * share or abs(high) * 0.05 or 0.5
    return low - room, high + room


def stretched(values: Sequence[float], factor: float = 1.35) -> tuple[float, float]:
    """The same for a logarithmic axis; values are above zero."""
    return min(values) / factor, max(values) * factor
