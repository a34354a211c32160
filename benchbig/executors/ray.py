"""Run jobs on a Ray cluster: each in a worker of its own on some node, the store written here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError

from benchbig.cards import ModelCard, TaskCard
from benchbig.cards.read import read
from benchbig.device import Device, of_model
from benchbig.errors import BenchError
from benchbig.executors import node
from benchbig.executors.cluster import Cluster, Needs, last_line, nodes, on_each, refused
from benchbig.executors.ended import Ended
from benchbig.worker.request import Request

TRIES = 3  # times a job is sent out before its nodes' deaths count as its own end
COUNT_EVERY = 5.0  # seconds between two looks at which nodes live
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Given:
    """What is the same for every job of a run."""

    cluster: Cluster
    tasks: tuple[TaskCard, ...]
    models: tuple[ModelCard, ...]
    roots: tuple[str, ...]
    plugins: tuple[Path, ...]
    threads: int
    offline: bool


@dataclass
class _Sent:
    """A job that is out, and how often its node has died under it."""

    request: Request
    timeout: float | None
    losses: int = 0


class Ray:
    """An executor whose workers run on the nodes of a cluster.

    note: told, in a sentence, of what happens to nodes. Raises BenchError where a node lacks
    something that these cards need, or none is large enough for them.
    """

    def __init__(self, given: Given, note: Callable[[str], None]) -> None:
        self._given, self._note = given, note
        self._out: dict[Any, _Sent] = {}
        self._counted = time.monotonic()
        self._remote: Any = ray.remote(max_retries=0, max_calls=0)(node.do)
        self._plugins = tuple(self._place(path) for path in given.plugins)
        for model in given.models:
            _refuse_too_large(model, needs(model, given.cluster.device, given.threads))
        self._furnish()

    def start(self, request: Request, timeout: float | None) -> None:
        self._send(_Sent(request, timeout))

    def wait(self, seconds: float) -> list[Ended]:
        if not self._out:
            return []
        ready, _ = ray.wait(list(self._out), num_returns=1, timeout=seconds)
        ended = [self._fetch(reference) for reference in ready]
        if not ready and time.monotonic() - self._counted > COUNT_EVERY:
            self._counted = time.monotonic()
            if not nodes():
                raise BenchError(
                    "no node of the cluster is left; the records so far are safe: start nodes, "
                    "then type the same line again"
                )
        return [one for one in ended if one is not None]

    def close(self) -> None:
        for reference in self._out:
            ray.cancel(reference, force=True)
        self._out.clear()
        ray.shutdown()

    def _place(self, path: Path) -> node.Place:
        return node.place(path, self._given.roots)

    def _furnish(self) -> None:
        """Have every node get the data and weights, once each, before the first job."""
        tasks = [self._place(card.path) for card in self._given.tasks]
        models = [self._place(card.path) for card in self._given.models]
        here = self._given.cluster.nodes
        said = on_each(here, None, node.furnish, tasks, models, self._given.offline)
        wrong = [f"{n.host} {one}" for n, found in zip(here, said, strict=True) for one in found]
        if wrong:
            raise refused(wrong)

    def _send(self, sent: _Sent) -> None:
        request = sent.request
        asked = _of_request(request)
        order = node.Order(
            request=request.to_json(),
            task=self._place(Path(request.task_card)),
            model=self._place(Path(request.model_card)),
            timeout=sent.timeout,
            offline=self._given.offline,
            plugins=self._plugins,
            code=self._given.cluster.code,
        )
        reference = self._remote.options(
            num_cpus=asked.threads,
            num_gpus=asked.gpus,
            memory=asked.memory_bytes,
            name=f"benchbig {request.job.task} {request.job.model} {request.job.seed}",
        ).remote(order)
        self._out[reference] = sent

    def _fetch(self, reference: Any) -> Ended | None:
        """Put what a job left into its folder here; None where it was lost and is sent again."""
        sent = self._out.pop(reference)
        try:
            parcel: node.Parcel = ray.get(reference)
        except RayError as error:
            return self._lost(sent, f"{type(error).__name__}: {last_line(error)}")
        if parcel.trouble:
            return self._lost(sent, f"{parcel.host} {parcel.trouble}")
        for name, content in (parcel.files or {}).items():
            (sent.request.path / name).write_bytes(content)
        return parcel.ended

    def _lost(self, sent: _Sent, why: str) -> Ended | None:
        sent.losses += 1
        job = sent.request.job
        named = f"{job.task}, {job.model}, seed {job.seed}"
        if sent.losses < TRIES:
            self._note(f"{named}: lost with its node, runs again ({why})")
            self._send(sent)
            return None
        return Ended(job.key, 0, why=f"lost {TRIES} times with the node it ran on; last: {why}")


def needs(model: ModelCard, where: Device, threads: int) -> Needs:
    """What a job of this model is given."""
    gpus = 1 if of_model(model, where).kind == "cuda" else 0
    return Needs(threads, gpus, int(model.memory_gb * GIGABYTE))


def _of_request(request: Request) -> Needs:
    card = read(Path(request.model_card), ModelCard)
    return needs(card, Device(request.device, request.job.device), request.threads)


def _refuse_too_large(model: ModelCard, asked: Needs) -> None:
    """Ray would wait for ever for a node that large."""
    there = nodes()
    if any(all(n.has[i] >= asked[i] for i in range(len(asked))) for n in there):
        return
    largest = "; ".join(dict.fromkeys(_words(n.has) for n in there))
    raise BenchError(
        f"{model.name} needs {_words(asked)} on one node, but the nodes have {largest}; "
        "lower --threads, or start a larger node with ray start --num-cpus, --num-gpus, --memory"
    )


def _words(has: Needs) -> str:
    gpus = f", {has.gpus} GPU" if has.gpus else ""
    return f"{has.threads} CPU{gpus}, {has.memory_bytes / GIGABYTE:.1f} GB"
