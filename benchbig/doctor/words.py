"""What was found, as lines for people or as one object for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from benchbig.doctor.facts import Facts
from benchbig.doctor.findings import Finding
from benchbig.doctor.folder import Folder
from benchbig.tables import words

LABEL = 11  # columns


def lines(facts: Facts, found: Sequence[Finding], width: int | None = None) -> Iterator[str]:
    """A line for each thing that was looked at, then what is to be minded.

    width: of the screen; of a pipe None, where nothing is broken.
    """
    for label, said in _said(facts):
        yield from _wrapped(f"{label:{LABEL}}", said, width)
    if found:
        yield ""
    for finding in found:
        yield from _wrapped(f"{finding.level}: ", finding.text, width)


def as_json(facts: Facts, found: Sequence[Finding]) -> str:
    """One object: every fact under its name, and the findings."""
    table: dict[str, Any] = asdict(facts)
    for name in ("cores", "memory", "conditions"):
        table[name] = getattr(facts, name)._asdict()
    table["findings"] = [asdict(finding) for finding in found]
    return json.dumps(table, indent=1, sort_keys=True)


def _said(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "benchbig", f"{facts.benchbig}, Python {facts.python}, {facts.os}, {facts.machine}"
    features = f" ({', '.join(facts.cpu_features)})" if facts.cpu_features else ""
    yield "processor", f"{facts.cpu}{features}"
    yield "cores", _cores(facts)
    yield "memory", _memory(facts)
    yield "clock", _clock(facts)
    for gpu in facts.gpus or ({},):
        yield (
            "GPU",
            ", ".join((gpu["name"], gpu["memory"], f"driver {gpu['driver']}"))
            if gpu
            else ("none that nvidia-smi knows"),
        )
    yield "torch", _torch(facts)
    yield (
        "energy",
        {
            "rapl": "jobs on the CPU are measured (RAPL), with --jobs 1",
            "nvml": "jobs on the GPU are measured (NVML), with --jobs 1",
        }.get(facts.energy, "no counter that can be read"),
    )
    yield "isolation", _isolation(facts)
    yield "cache", _folder(facts.cache)
    yield "results", _folder(facts.results)
    yield "network", _network(facts)
    yield "extras", ", ".join(e.name for e in facts.extras if e.name and not e.lacking) or "none"
    for extra in facts.extras:
        if extra.name and extra.lacking:
            yield "", f"{extra.name} needs {', '.join(extra.lacking)}; type: {extra.line}"


def _cores(facts: Facts) -> str:
    cores = facts.cores
    said = f"{facts.usable_cores} to be used, of {cores.there}"
    if cores.allowed < cores.there:
        said += f"; {cores.allowed} by affinity"
    if cores.quota is not None:
        said += f"; {cores.quota:g} by a control group's quota"
    return f"{said}; load {facts.conditions.load:.1f}"


def _memory(facts: Facts) -> str:
    memory = facts.memory
    parts = [f"{words.size(memory.usable)} to be used"]
    if memory.limit is not None and memory.limit < memory.there:
        parts.append(f"of {words.size(memory.there)}, by a control group's limit")
    if memory.free is not None:
        parts.append(f"{words.size(memory.free)} free")
    if memory.swap is not None:
        parts.append(f"swap {words.size(memory.swap)}" if memory.swap else "no swap")
    return "; ".join(parts)


def _clock(facts: Facts) -> str:
    state = facts.conditions
    parts = [", ".join(state.governors) or "chosen unseen"]
    if state.boost is not None:
        parts.append("boost on" if state.boost else "boost off")
    if state.on_battery is not None:
        parts.append("on battery" if state.on_battery else "plugged in")
    return "; ".join(parts)


def _torch(facts: Facts) -> str:
    torch = facts.torch
    if torch is None:
        return "not installed"
    if torch.cuda is None:
        return f"{torch.version}, for the CPU"
    sees = "" if torch.sees is None else f", can use {words.plural(torch.sees, 'GPU')}"
    return f"{torch.version}, CUDA {torch.cuda}{sees}{', bf16' if torch.bf16 else ''}"


def _isolation(facts: Facts) -> str:
    how = {"fork": "a forked process a job", "spawn": "a fresh interpreter a job"}
    held = "cannot write" if facts.landlock else "could write"
    why = f"Landlock {facts.landlock}" if facts.landlock else "this system has no Landlock"
    return f"{how[facts.executor]}, ended with its children; it {held} into the store ({why})"


def _folder(folder: Folder) -> str:
    held = "" if folder.bytes is None else f"{words.size(folder.bytes)} in it, "
    state = "" if folder.there else "not there yet, "
    return f"{folder.path}: {state}{held}{words.size(folder.free_bytes)} free"


def _network(facts: Facts) -> str:
    if facts.indexes is None:
        return "not asked (--offline)"
    if not facts.indexes:
        return "no package index is configured"
    return "; ".join(
        f"{one.index} {one.why}" if one.seconds is None
        else f"{one.index} answers in {words.seconds(one.seconds)}"
        for one in facts.indexes
    )  # fmt: skip


def _wrapped(label: str, said: str, width: int | None) -> list[str]:
    if width is None:
        return [label + said]
    indent = " " * (LABEL if len(label) == LABEL else 2)
    return textwrap.wrap(label + said, max(40, width), subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
