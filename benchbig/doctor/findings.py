"""What of all that was found keeps a run from working, or spoils what it measures?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchbig.doctor.facts import Facts
from benchbig.doctor.folder import Folder

GIGABYTE = 1_000_000_000
ROOM_BYTES = 2 * GIGABYTE  # a suite's data and weights, unpacked, and the packages they came in
FULL_BYTES = GIGABYTE // 5
JOB_BYTES = 3 * GIGABYTE  # what a job of a pretrained model is taken to need
BUSY = 0.25  # jobs that wanted a core, for each core that is to measure
STOLEN = 0.01  # of the time


@dataclass(frozen=True)
class Finding:
    """level: "problem" (a run would fail) or "warning" (what it measures would be worse).
    text: a sentence: what was seen, and what to do."""

    level: str
    text: str


def findings(facts: Facts) -> list[Finding]:
    """The problems, then the warnings."""
    found = [Finding("problem", text) for text in _problems(facts)]
    return found + [Finding("warning", text) for text in _warnings(facts)]


def _problems(facts: Facts) -> Iterator[str]:
    for extra in facts.extras:
        if extra.lacking and not extra.name:
            yield (
                f"benchbig itself lacks {', '.join(extra.lacking)}; type: {extra.line} --upgrade"
            )
    for named, folder, option in (
        ("the cache", facts.cache, "BENCHBIG_CACHE"),
        ("the results", facts.results, "--results DIR"),
    ):
        if not folder.writable:
            yield f"{folder.path}, {named}, cannot be written to; name another with {option}"
        else:
            yield from _full(named, folder, option)


def _full(named: str, folder: Folder, option: str) -> Iterator[str]:
    if folder.free_bytes < FULL_BYTES:
        yield (
            f"{folder.path}, {named}, has {folder.free_bytes / GIGABYTE:.2f} GB free; "
            f"make room, or name another with {option}"
        )


def _warnings(facts: Facts) -> Iterator[str]:
    yield from _of_load(facts)
    yield from _of_power(facts)
    yield from _of_memory(facts)
    yield from _of_gpu(facts)
    if FULL_BYTES <= facts.cache.free_bytes < ROOM_BYTES:
        yield (
            f"{facts.cache.free_bytes / GIGABYTE:.1f} GB are free for the cache; a suite's data "
            "and weights can take more: make room, or name another disk with BENCHBIG_CACHE"
        )
    for index in facts.indexes or ():
        if index.seconds is None:
            yield (
                f"the package index {index.index} {index.why}; what is cached already runs "
                "with --offline"
            )
    if facts.indexes == ():
        yield "pip is told to use no index; what is cached already runs with --offline"
    for name, value in facts.variables.items():
        yield (
            f"{name}={value} is set, which makes numeric libraries choose other code than they "
            f"would; unset it, unless it is needed here"
        )


def _of_load(facts: Facts) -> Iterator[str]:
    state, cores = facts.conditions, facts.usable_cores
    if state.load > BUSY * cores:
        yield (
            f"something else is running: on average {state.load:.1f} processes wanted the "
            f"{_cores(cores)} in the last minute; times measured now are too long"
        )
    if facts.virtual and (state.stolen or 0) > STOLEN:
        yield (
            f"this is a virtual machine, and its host gave {state.stolen:.0%} of the time to "
            "others; times will differ from run to run"
        )
    elif facts.virtual:
        yield (
            f"this is a virtual machine ({facts.virtual}): neighbours on its host can slow it "
            "down unseen; compare what was measured in one run"
        )


def _of_power(facts: Facts) -> Iterator[str]:
    state = facts.conditions
    if state.on_battery:
        yield "running on battery, which slows the clock; plug it in"
    if state.saving:
        yield (
            f"the clock is set to save energy ({', '.join(state.governors) or 'preference'}); "
            "type: sudo cpupower frequency-set -g performance"
        )
    if state.throttled:
        yield (
            f"a core was slowed for its heat {state.throttled} times since the start; let it cool, "
            "and run fewer jobs side by side"
        )


def _of_memory(facts: Facts) -> Iterator[str]:
    memory = facts.memory
    if memory.swap == 0:
        yield (
            "there is no swap: where all memory is taken, the system ends a process; "
            "keep --jobs at the default, which leaves 3 GB a job"
        )
    free = memory.usable if memory.free is None else min(memory.free, memory.usable)
    if free < JOB_BYTES:
        yield (
            f"{free / GIGABYTE:.1f} GB of memory are free, and a pretrained model takes "
            "about 3; end what else takes memory"
        )


def _of_gpu(facts: Facts) -> Iterator[str]:
    torch = facts.torch
    if facts.undriven:
        yield ("there is an NVIDIA GPU, but nvidia-smi finds none; install its driver to use it")
    if not facts.gpus or torch is None:
        return
    if torch.cuda is None:
        yield (
            f"the installed torch ({torch.version}) is for the CPU alone, so the GPU stays "
            "unused; install a build with CUDA"
        )
    elif torch.sees == 0:
        yield (
            f"torch {torch.version} (CUDA {torch.cuda}) cannot use the GPU"
            f"{': ' + torch.why if torch.why else ''}; the driver is {facts.gpus[0]['driver']}"
        )


def _cores(count: int) -> str:
    return "one core" if count == 1 else f"{count} cores"
