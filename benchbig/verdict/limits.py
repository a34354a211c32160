"""Which models may stand at all: limits on latency, memory, size, hardware and licence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchbig.errors import BenchError, unknown
from benchbig.tables import words
from benchbig.tables.row import Row
from benchbig.verdict.result import LeftOut

COUNTS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "G": 10**9}
SIZES = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
LICENCES = ("any", "commercial")
# Licences that forbid or restrict use in a business, by what stands in their names.
RESTRICTED = re.compile(r"\bNC\b|non-?commercial|research|academic|evaluation", re.IGNORECASE)
UNKNOWN = ("", "unstated", "unknown", "other")


@dataclass(frozen=True)
class Limits:
    """What a contender may cost at most; None for no limit.

    latency_ms: median of one prediction. memory_bytes: peak of the job, on an accelerator also
    of its memory. gpu: whether one may be used. licence: "commercial" for those that allow use
    in a business. params: numbers in the model.
    """

    latency_ms: float | None = None
    memory_bytes: float | None = None
    gpu: bool = True
    licence: str = "any"
    params: float | None = None

    def asked(self) -> dict[str, str]:
        """The limits as options."""
        found = {
            "--max-latency-ms": None if self.latency_ms is None else f"{self.latency_ms:g}",
            "--max-memory": None if self.memory_bytes is None else words.size(self.memory_bytes),
            "--no-gpu": None if self.gpu else "yes",
            "--licence": None if self.licence == "any" else self.licence,
            "--max-params": None if self.params is None else f"{self.params:,.0f}",
        }
        return {option: value for option, value in found.items() if value is not None}


def parse(
    latency_ms: float | None,
    memory: str | None,
    params: str | None,
    no_gpu: bool,
    licence: str,
) -> Limits:
    """The limits from the command line's texts. Raises BenchError for what is none."""
    if latency_ms is not None and not latency_ms > 0:
        raise BenchError(f"--max-latency-ms {latency_ms:g}: must be above 0")
    if licence not in LICENCES:
        raise unknown("licence", licence, LICENCES)
    return Limits(
        latency_ms=latency_ms,
        memory_bytes=_amount("--max-memory", memory, SIZES),
        gpu=not no_gpu,
        licence=licence,
        params=_amount("--max-params", params, COUNTS),
    )


def apply(
    rows: Iterable[Row], limits: Limits, licences: Callable[[str], tuple[str, ...] | None]
) -> tuple[list[Row], list[LeftOut]]:
    """The rows within the limits, and the others with the reason.

    licences: a model's name to the licences of its code and weights, None where it has no card.
    What was not measured is not within a limit: nobody could vouch for it.
    """
    kept, out = [], []
    for row in rows:
        why = _excess(row, limits, licences)
        if why is None:
            kept.append(row)
        elif row.value is not None:
            out.append(LeftOut(row.task, row.model, why))
    return kept, out


def _excess(
    row: Row, limits: Limits, licences: Callable[[str], tuple[str, ...] | None]
) -> str | None:
    """The first limit that a row exceeds, in words."""
    if not limits.gpu and row.device != "cpu":
        return f"runs on {row.device}"
    measured = (
        ("latency", row.latency_p50_ms, limits.latency_ms, words.milliseconds),
        ("memory", row.peak_rss_bytes, limits.memory_bytes, words.size),
        ("parameters", _params(row), limits.params, lambda number: f"{number:,.0f}"),
    )
    for what, has, most, say in measured:
        if most is not None and has is None:
            return f"{what} not measured"
        if most is not None and has is not None and has > most:
            return f"{what} {say(has)}"
    if limits.memory_bytes is not None and (row.peak_vram_bytes or 0) > limits.memory_bytes:
        return f"GPU memory {words.size(row.peak_vram_bytes)}"
    return None if limits.licence == "any" else _unlicensed(licences(row.model))


def _params(row: Row) -> int | None:
    """Numbers in the model; trees have none that could be counted, and take no room: 0."""
    small = row.family in ("classical", "trivial")
    return 0 if row.n_params is None and small else row.n_params


def _unlicensed(found: tuple[str, ...] | None) -> str | None:
    """Why these licences do not allow use in a business, None where they do."""
    if found is None:
        return "licence unknown: no card"
    for licence in found:
        if licence.lower() in UNKNOWN:
            return "licence unstated"
        if RESTRICTED.search(licence):
            return f"licence {licence}"
    return None


def _amount(option: str, value: str | None, units: dict[str, int]) -> float | None:
    """'2G', '500M', '1.5GB': a number with a unit. Raises BenchError for anything else."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]?)B?", value)
    if found is None or found[2] not in units or float(found[1]) == 0:
        named = ", ".join(f"50{unit}" for unit in units if unit)
        raise BenchError(f"{option} {value}: type a number with a unit, such as {named}")
    return float(found[1]) * units[found[2]]
