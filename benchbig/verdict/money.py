"""What do a training and a million predictions cost, by which price table?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchbig.errors import BenchError, unknown
from benchbig.verdict.energy import Watts
from benchbig.verdict.result import Prices

TEXTS = ("name", "date", "source", "note", "currency")
TABLES = ("cpu", "gpu", "rates", "watts")


@dataclass(frozen=True)
class PriceTable:
    """Prices an hour in `about.currency`: of a core, of a GB of memory, of a machine with a GPU.

    gpus: part of a device's name to price; "other" for those that are not named. rates: units of
    each other currency for one of the table's own, by which a card's costs are converted. watts:
    what is drawn, for energy that no counter measured.
    """

    about: Prices
    core_hour: float
    gb_hour: float
    gpus: Mapping[str, float]
    rates: Mapping[str, float]
    watts: Watts

    def convert(self, amount: float, currency: str) -> float | None:
        """An amount of another currency in the table's; None where it has no rate."""
        if currency == self.about.currency:
            return amount
        rate = self.rates.get(currency)
        return None if rate is None else amount / rate


def read(path: Path | None = None, currency: str | None = None) -> PriceTable:
    """The table of a file, or the one that comes with benchbig, in the currency that is asked for.

    A file without [watts] gets those that come with benchbig. Raises BenchError where the file
    cannot be read, lacks a key, has one too many, or has no rate for the currency.
    """
    where = str(path) if path else "prices.toml"
    try:
        text = path.read_text("utf-8") if path else _own()
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BenchError(f"--prices {where}: cannot be read: {error}") from None
    _check(table, where)
    rates = {table["currency"]: 1.0, **table.get("rates", {})}
    wanted = currency or table["currency"]
    if wanted not in rates:
        raise unknown("currency", wanted, rates, f"--currency ({where} has the rates)")
    rate = rates[wanted]
    watts = table.get("watts") or tomllib.loads(_own())["watts"]
    return PriceTable(
        about=Prices(table["name"], str(table["date"]), table["source"], wanted, table["note"]),
        core_hour=table["cpu"]["core_hour"] * rate,
        gb_hour=table["cpu"]["gb_hour"] * rate,
        gpus={name: price * rate for name, price in table["gpu"].items()},
        rates={name: other / rate for name, other in rates.items()},
        watts=Watts(watts["core"], watts["gb"], watts.get("gpu", {}), watts["source"]),
    )


def hour(prices: PriceTable, device: str, threads: int, memory_bytes: int | None) -> float | None:
    """The price of an hour of what a job uses; None where its GPU has none.

    A job on the CPU pays for its threads and its peak memory; one on an accelerator for the
    machine that holds it.
    """
    if device == "cpu":
        return threads * prices.core_hour + (memory_bytes or 0) / 1e9 * prices.gb_hour
    for name, price in prices.gpus.items():
        if name != "other" and name.lower() in device.lower():
            return price
    return prices.gpus.get("other")


def of_seconds(price: float | None, seconds: float | None) -> float | None:
    """What so many seconds cost at so much an hour."""
    return None if price is None or seconds is None else price * seconds / 3600


def of_million(price: float | None, throughput_per_s: float | None) -> float | None:
    """What a million predictions in bulk cost."""
    return of_seconds(price, 1e6 / throughput_per_s) if throughput_per_s else None


def _own() -> str:
    return files("benchbig.verdict").joinpath("prices.toml").read_text(encoding="utf-8")


def _check(table: Mapping[str, Any], where: str) -> None:
    """Raise where a key is missing, unknown, or holds something else than is meant."""
    for key in table:
        if key not in (*TEXTS, *TABLES):
            raise unknown("key", key, (*TEXTS, *TABLES), f"--prices {where}")
    for key in (*TEXTS, "cpu", "gpu"):
        if key not in table:
            raise BenchError(f"--prices {where}: '{key}' is missing; docs/compare.md shows a table")
    numbers = {
        **{f"cpu.{name}": table["cpu"].get(name) for name in ("core_hour", "gb_hour")},
        **{f"gpu.{name}": price for name, price in table["gpu"].items()},
        **{f"rates.{name}": rate for name, rate in table.get("rates", {}).items()},
    }
    if "watts" in table:
        numbers |= _watts(table["watts"], where)
    for name, number in numbers.items():
        if not isinstance(number, int | float) or isinstance(number, bool) or number < 0:
            raise BenchError(f"--prices {where}: {name} must be a number, not {number!r}")
        if name.startswith("rates.") and number == 0:
            raise BenchError(f"--prices {where}: {name} must be above 0")


def _watts(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The numbers of [watts]; raises where a key is missing or unknown."""
    keys = ("core", "gb", "gpu", "source")
    for key in table:
        if key not in keys:
            raise unknown(
                "key", f"watts.{key}", [f"watts.{one}" for one in keys], f"--prices {where}"
            )
    if not isinstance(table.get("source"), str):
        raise BenchError(f"--prices {where}: 'watts.source' is missing; say where they are from")
    return {
        **{f"watts.{name}": table.get(name) for name in ("core", "gb")},
        **{f"watts.gpu.{name}": one for name, one in table.get("gpu", {}).items()},
    }
