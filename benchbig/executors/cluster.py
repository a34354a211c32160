"""Which Ray cluster is this: connect, look at every node, and refuse what cannot run there."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchbig import device
from benchbig.errors import BenchError, unknown
from benchbig.executors import node
from benchbig.executors.fingerprint import fingerprint
from benchbig.installed import spec as installed

ANSWER_S = 120.0  # seconds a node has to start a process and import the engine
KNOCK_S = 10.0  # seconds for a cluster's head to accept a connection
MISSING = "--executor ray needs Ray, which is not installed; type: pip install 'benchbig[ray]'"


class Needs(NamedTuple):
    """What Ray sets aside for a job: CPU threads, GPUs, bytes of memory."""

    threads: int
    gpus: int
    memory_bytes: int


class Node(NamedTuple):
    """A living node that takes jobs: Ray's name for it, its host's, and all it has."""

    id: str
    host: str
    has: Needs


@dataclass(frozen=True)
class Cluster:
    """A connected cluster whose nodes all run this code.

    device: the accelerator of its nodes, or the CPU. code: the fingerprint that they share.
    """

    nodes: tuple[Node, ...]
    device: device.Device
    code: Mapping[str, str]

    def slots(self, threads: int, memory_bytes: int) -> int:
        """How many jobs that need so much run at the same time."""
        return sum(
            min(n.has.threads // threads, n.has.memory_bytes // memory_bytes) for n in self.nodes
        )


def connect(address: str, asked: str, roots: Iterable[str]) -> Cluster:
    """Join the cluster at this address; asked: --device. Raises BenchError where it is unfit."""
    if asked not in device.CHOICES:
        raise unknown("device", asked, device.CHOICES)
    if installed("ray") is None:
        raise BenchError(MISSING)
    code = fingerprint(roots)
    _join(address)
    here = nodes()
    if not here:
        raise BenchError(
            f"--address {address}: no node of the cluster takes jobs; on each machine that should, "
            "type: ray start --address HEAD:6379"
        )
    found = on_each(here, ANSWER_S, node.look, code)
    troubles = [f"{n.host} {trouble}" for n, f in zip(here, found, strict=True)
                for trouble in f.troubles]  # fmt: skip
    if troubles:
        raise refused(troubles)
    return Cluster(here, _accelerator(asked, here, found), code)


def nodes() -> tuple[Node, ...]:
    """The living nodes that have a CPU to give."""
    import ray

    return tuple(
        Node(
            listed["NodeID"],
            listed["NodeManagerHostname"],
            Needs(
                int(listed["Resources"]["CPU"]),
                int(listed["Resources"].get("GPU", 0)),
                int(listed["Resources"].get("memory", 0)),
            ),
        )
        for listed in ray.nodes()
        if listed["Alive"] and listed["Resources"].get("CPU", 0) >= 1
    )


def on_each(
    here: Iterable[Node], seconds: float | None, function: Any, *arguments: Any
) -> list[Any]:
    """What this function of benchbig.executors.node says on every node, in their order.

    seconds: how long a node may take; None for as long as a download takes.
    """
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    remote = ray.remote(num_cpus=0, max_retries=0)(function)
    there = {
        n: remote.options(scheduling_strategy=NodeAffinitySchedulingStrategy(n.id, soft=False))
        .remote(*arguments)
        for n in here
    }  # fmt: skip
    answers = []
    for n, reference in there.items():
        try:
            answers.append(ray.get(reference, timeout=seconds))
        except ray.exceptions.RayError as error:
            raise BenchError(
                f"{n.host} cannot run benchbig ({last_line(error)}); install the same version "
                "there, in the environment that Ray was started from"
            ) from None
    return answers


def refused(troubles: list[str]) -> BenchError:
    """The one sentence for nodes that cannot serve, naming at most three of their troubles."""
    more = f"; and {len(troubles) - 3} more" if len(troubles) > 3 else ""
    return BenchError("; ".join(troubles[:3]) + more)


def last_line(error: BaseException) -> str:
    """What an exception that crossed the cluster says in the end, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _join(address: str) -> None:
    import ray

    if ray.is_initialized():
        return
    named = os.environ.get("RAY_ADDRESS", "auto") if address == "auto" else address
    _knock(named)
    own = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise _nobody(named, last_line(error)) from None


def _knock(address: str) -> None:
    """See at once that nobody answers; Ray itself tries for minutes."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), KNOCK_S).close()
    except (OSError, OverflowError) as error:
        raise _nobody(address, str(error)) from None


def _nobody(address: str, why: str) -> BenchError:
    return BenchError(
        f"--address {address}: no Ray cluster can be joined there ({why.rstrip('.')}); "
        "type: ray start --head, or for this machine alone: --address local"
    )


def _accelerator(asked: str, here: Iterable[Node], found: Iterable[node.Found]) -> device.Device:
    """The one accelerator that records may name: a job runs on whichever node is free."""
    if asked == "cpu":
        return device.CPU
    there = {f.device for n, f in zip(here, found, strict=True)
             if n.has.gpus and f.device.kind == "cuda"}  # fmt: skip
    if len(there) > 1:
        named = ", ".join(sorted(accelerator.name for accelerator in there))
        raise BenchError(
            f"--device {asked}: the nodes have different GPUs ({named}), which are measured apart; "
            "address a cluster of one kind, or type --device cpu"
        )
    if there:
        return there.pop()
    if asked == "auto":
        return device.CPU
    raise BenchError(
        f"--device {asked}: no node of the cluster offers one that its torch can use; "
        "type --device cpu, or start a node with: ray start --address HEAD:6379 --num-gpus 1"
    )
