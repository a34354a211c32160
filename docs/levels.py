"""What the simulations of benchmarks/gate_levels.py found, as docs/gate.md shows it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from published import records

from benchbig.metrics.names import METRICS

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "benchmarks" / "gate_levels.json"
RUNS = {
    "other seeds": "other seeds",
    "same seeds": "the same seeds, fitted anew, where there is one test part for all",
}
PLANTED = {
    "planted default": "twice the default minimum effect, the same fits",
    "planted promised": "what is promised, the same fits",
    "refitted promised": "what is promised, other fits",
}
Figures = Mapping[str, Any]


def false_alarms() -> str:
    """Comparisons in which nothing changed: a row for each kind."""
    told = _read()
    rows = []
    if "null" in told:
        part = told["null"]
        for name, words in RUNS.items():
            run = part["runs"][name]
            what = f"{words}: {run['models']} comparisons on {run['tasks']} tasks"
            rows.append(_alarms(what, part["worlds"], run["alarms"]))
    if "real" in told:
        part = told["real"]
        seeds = sorted(set(part["of"].values()))
        tasks = {name.split()[0] for name in part["of"]}
        what = (
            f"no simulation: {' or '.join(map(str, seeds))} real seeds of {len(part['of'])} "
            f"models ({', '.join(sorted(tasks))}), dealt out {part['seeds']} to {part['seeds']}"
        )
        rows.append(_alarms(what, part["worlds"], part["alarms"]))
    if not rows:
        return ""
    head = ("nothing changed", "runs of the gate", "false alarms", "share, 95% interval")
    table = _table(head, rows)
    where = [_where(name, told[name]) for name in ("null", "real") if name in told]
    return f"{table}\n{' '.join(where)}\n"


def power() -> str:
    """How often a planted loss was caught, task by task."""
    told = _read()
    if "power" not in told:
        return ""
    part = told["power"]
    rows, notes = [], []
    for name, words in PLANTED.items():
        found = part["runs"][name]
        rows += list(_of_tasks(words, found))
        if "promised" in name:
            notes += _weakest(words, found)
    table = _table(("planted", "task", "models", "minimum effect", "caught"), rows)
    where = _where("power", part)
    return f"{table}\n{' '.join([*notes, where])}\n"


def _read() -> Figures:
    found: Figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    return found


def _alarms(what: str, comparisons: int, alarms: int) -> tuple[str, ...]:
    """A row, with the interval of Clopper & Pearson."""
    from scipy.stats import binomtest

    ends = binomtest(alarms, comparisons).proportion_ci(0.95, "exact")
    share = f"{alarms / comparisons:.1%} [{ends.low:.1%}, {ends.high:.1%}]"
    return what, f"{comparisons:,}", f"{alarms:,}", share


def _of_tasks(what: str, found: Sequence[Figures]) -> Iterator[tuple[str, ...]]:
    """A row for each task, and one for all."""
    tasks: dict[str, list[Figures]] = {}
    for row in found:
        tasks.setdefault(row["task"], []).append(row)
    for task, rows in tasks.items():
        sizes = [row["minimum"] for row in rows if row["worlds"]]
        yield what, task, str(len(rows)), _range(rows[0]["metric"], sizes), _caught(rows)
    yield what, "**all**", str(len(found)), "", f"**{_caught(found)}**"


def _range(metric: str, sizes: Sequence[float]) -> str:
    """'0.030 to 0.034', '1.05 points'; of a model, the mean over its worlds."""
    if not sizes:
        return ""
    scale, unit = (100, " points") if METRICS[metric].percent else (1, "")
    ends = (f"{scale * end:.2g}" for end in (min(sizes), max(sizes)))
    text = " to ".join(dict.fromkeys(ends))
    return f"{text}{' point' if unit and text == '1' else unit}"


def _caught(rows: Sequence[Figures]) -> str:
    caught, worlds = (sum(row[what] for row in rows) for what in ("caught", "worlds"))
    share = f" ({caught / worlds:.1%})" if worlds else ""
    out = sum(row["of"] - row["worlds"] for row in rows)
    return f"{caught:,} of {worlds:,}{share}" + (f"; {out:,} out of reach" if out else "")


def _weakest(what: str, found: Sequence[Figures]) -> Iterator[str]:
    """Of which model a loss is caught least often, where one is missed at all."""
    missed = [row for row in found if row["caught"] < row["worlds"]]
    if missed:
        least = min(missed, key=lambda row: row["caught"] / row["worlds"])
        name = f"{least['model']} on {least['task']}"
        told = f"least often {name}, {least['caught']} of {least['worlds']}"
        yield f"{what[0].upper()}{what[1:]}: {told}."


@cache
def _published(suite: str) -> str:
    """The digest of the predictions that would be simulated on now."""
    sys.path.append(str(ROOT / "benchmarks"))
    from gate_stored import digest

    return digest(records(ROOT / "results"), suite)


def _where(name: str, part: Figures) -> str:
    return f"`--part {name}`: {where(part)}"


def where(part: Figures) -> str:
    """When, where and on which records figures were made; whether these are still published."""
    machine, store = part["machine"], part["store"]
    which = (
        f"the {store['suite']} records published at commit `{store['commit'][:7]}`"
        if store["commit"]
        else f"{store['records']} records made for it at commit {_commits(store['made_by'])}"
    )
    text = (
        f"on {machine['date']}, on {which}, by the code at commit "
        f"`{(machine['commit'] or 'unknown')[:7]}`; {part['cpu_s'] / 60:.1f} CPU minutes "
        f"({machine['cpu']}, Python {machine['python']})."
    )
    if store["commit"] and store["predictions"] != _published(store["suite"]):
        text += " Records have been added or replaced since."
    return text


def _commits(names: Sequence[str]) -> str:
    return ", ".join(f"`{name[:7] or 'unknown'}`" for name in names)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
