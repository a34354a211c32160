"""How many joules does a training take where no counter measured it? Watts times seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Watts:
    """Assumed power: of a busy core, of a GB of memory, of a GPU at its limit.

    gpus: part of a device's name to watts; without "other", a GPU that is not named has none.
    source: where the figures are from.
    """

    core: float
    gb: float
    gpus: Mapping[str, float]
    source: str


def joules(
    watts: Watts, device: str, threads: int, memory_bytes: int | None, seconds: float | None
) -> float | None:
    """What so many seconds of a job take; None where its GPU has no watts, or no time is known.

    A job on the CPU draws for its threads and its peak memory, one on an accelerator for that
    too: the accelerator alone does no work.
    """
    if seconds is None:
        return None
    drawn = threads * watts.core + (memory_bytes or 0) / 1e9 * watts.gb
    if device == "cpu":
        return drawn * seconds
    named = (one for name, one in watts.gpus.items() if name.lower() in device.lower())
    gpu = next(named, watts.gpus.get("other"))
    return None if gpu is None else (drawn + gpu) * seconds
