"""What the benchmarks of fine-tuning and of the rankers found, as the pages of docs/ show it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
SPEED, RANKERS = FOLDER / "finetune_speed.json", FOLDER / "rankers.json"
GOAL = 4.0  # times the Trainer's examples a second
TITLES = {"als": "implicit ALS", "bpr": "BPR", "neumf": "NeuMF", "deepfm": "DeepFM",
          "sasrec": "SASRec"}  # fmt: skip
Figures = Mapping[str, Any]


def speed() -> str:
    """Both training loops, a table a device, and whether the goal is met."""
    return "".join(_device(device, found) for device, found in _read(SPEED).items())


def _device(device: str, found: Figures) -> str:
    head = ("training loop", "examples a second", "a CPU second", "test accuracy")
    rows = [
        (name, f"{loop['examples_per_s']:.1f}", f"{loop['examples_per_cpu_s']:.1f}",
         f"{loop['accuracy']:.1%}")
        for name, loop in found["loops"].items()
    ]  # fmt: skip
    by_clock, by_cpu = (found["ratios"][f"examples_per_{name}"] for name in ("s", "cpu_s"))
    rows.append(("**ratio**", f"**{by_clock:.2f}x**", f"**{by_cpu:.2f}x**", ""))
    repeat = len(next(iter(found["loops"].values()))["runs"])
    command = (
        f"OMP_NUM_THREADS=1 python benchmarks/finetune_speed.py --train {found['train']} "
        f"--repeat {repeat} --device {device} --json benchmarks/finetune_speed.json"
    )
    met = "met" if by_clock >= GOAL else "not met"
    share = (
        f" Ours reaches {found['of_peak']:.0%} of what one large product of matrices does there."
        if "of_peak" in found
        else ""
    )
    on = f" The accelerator: {found['machine']['gpu']}." if "gpu" in found["machine"] else ""
    text = (
        f"{found['train']:,} messages of bank_intents, {found['epochs']:g} epochs, medians of "
        f"{repeat} turns each; ours computes in {found['precision']}, the Trainer in fp32. The "
        f"goal, {GOAL:g} times the Trainer's examples a second by the clock, is {met}.{share} "
        f"torch {found['torch']}, transformers {found['transformers']}. Measured with `{command}` "
        f"{_where(found['machine'])}{on}"
    )
    return f"{_table(head, rows)}\n{text}\n\n"


def rankers() -> str:
    """Every ranker beside the other implementations of it: means over the seeds."""
    told = _read(RANKERS)
    if not told:
        return ""
    head = ("model", "by", "seeds", "NDCG@10", "range", "recall@10", "ours less theirs, NDCG@10")
    rows = [row for name, found in told["models"].items() for row in _ranker(name, found)]
    versions = ", ".join(f"{name} {v}" for name, v in told["versions"].items())
    text = (
        "In brackets: its standard error over the 943 viewers, paired. Measured with `python "
        f"benchmarks/rankers_reference.py`: {_when(told['models'])}. {versions}."
    )
    return f"{_table(head, rows)}\n{text}\n"


def _when(models: Figures) -> str:
    """'als, bpr on 2026-01-02 at commit `0123456`; ...', since each can be measured by itself."""
    found: dict[str, list[str]] = {}
    for name, one in models.items():
        machine = one["machine"]
        commit = (machine["commit"] or "unknown")[:7]
        when = f"on {machine['date']} at commit `{commit}` ({machine['cpu']})"
        found.setdefault(when, []).append(name)
    return "; ".join(f"{', '.join(names)} {when}" for when, names in found.items())


def _ranker(name: str, found: Figures) -> Iterator[tuple[str, ...]]:
    seeds = str(len(found["seeds"]))
    yield TITLES[name], "benchbig", seeds, *_values(found["ours"]), ""
    for other in found["others"]:
        apart = other["ours_less_theirs"]["ndcg_at_10"]
        told = f"{apart['difference']:+.4f} ({apart['error']:.4f})"
        yield TITLES[name], other["by"], seeds, *_values(other), told


def _values(found: Figures) -> tuple[str, str, str]:
    values = found["ndcg_at_10"]
    span = f"{min(values):.4f} to {max(values):.4f}"
    return f"{fmean(values):.4f}", span, f"{fmean(found['recall_at_10']):.4f}"


def _where(machine: Figures) -> str:
    """When and on what."""
    return (
        f"on {machine['date']} at commit `{(machine['commit'] or 'unknown')[:7]}` "
        f"({machine['cpu']}, {machine['cores']} cores, Python {machine['python']}; the load before "
        f"it began was {machine['load_before']:.1f})."
    )


def _read(path: Path) -> Figures:
    found: Figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    rule = ["---", *["---:" if len(head) == 4 else "---"] * (len(head) - 1)]
    lines = (f"| {' | '.join(cells)} |" for cells in (head, tuple(rule), *rows))
    return "\n".join(["", *lines, ""])
