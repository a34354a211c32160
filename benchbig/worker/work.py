"""Do one job: load, fit, predict, score; whatever happens, a record comes out."""

from __future__ import annotations

import io
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from benchbig.cards import ModelCard, TaskCard
from benchbig.cards.read import read
from benchbig.data.frames import copy_on_write
from benchbig.metrics.prediction import looks_like_labels
from benchbig.record import Record
from benchbig.worker import energy, plugins, predictions, stages
from benchbig.worker.failure import failed
from benchbig.worker.request import RECORD_FILE, STAGE_FILE, Request

WIDEST_STAGE = len("predict")
LABELS = "every prediction is exactly 0 or 1: labels where probabilities were asked for?"


def work(request: Request) -> None:
    """Leave the record of a request in the request's folder, whole or not at all."""
    with (request.path / STAGE_FILE).open("wb", buffering=0) as file:
        record = _whatever_happens(request, _Stage(file))
    _leave(record, request.path / RECORD_FILE)


def work_here(request: Request) -> Record:
    """The record of a request, for who asks in this very process: no file holds it."""
    return _whatever_happens(request, _Stage())


def prepare(request: Request) -> None:
    """Do beforehand, for all workers that a process will fork, what is the same for them.

    Nothing of a plugin runs: cards are read, and folders found.
    """
    _cards(request.task_card, request.model_card)
    plugins.shelve(request.roots)


def _whatever_happens(request: Request, stage: _Stage) -> Record:
    """Every exception of a plugin ends here: this is the one place that catches them all."""
    copy_on_write()
    begun = {**request.record, "started_at": _now(), "threads": request.threads}
    record = dict(begun)
    began = time.perf_counter()
    try:
        record = _measured(request, record, stage)
    except (Exception, SystemExit) as error:
        record = failed(request, record, stage.name, error)
    try:
        json.dumps(record, allow_nan=False)
    except (TypeError, ValueError) as error:  # what a plugin noted, or did to its parameters
        record = failed(request, begun, stage.name, error)
    record.update(finished_at=_now(), job_s=time.perf_counter() - began)
    return record


@dataclass
class _Stage:
    """The stage a job is in, written down so that it is known even of a killed worker.

    file: kept open and written over, since a file made anew a stage is a millisecond a job; None
    where the job is no worker's.
    """

    file: io.FileIO | None = None
    name: str = "start"

    def enter(self, name: str) -> None:
        self.name = name
        if self.file is not None:
            os.pwrite(self.file.fileno(), name.encode().ljust(WIDEST_STAGE), 0)


def _measured(request: Request, record: Record, stage: _Stage) -> Record:
    """All stages in order, each adding what it measured to the record."""
    task, model = _cards(request.task_card, request.model_card)
    plugins.shelve(request.roots)
    stage.enter("load")
    split, loaded = stages.load(request, task, model)
    record.update(loaded)
    stage.enter("fit")
    before = energy.read(request.device, request.alone)
    outcome, fitted = stages.fit(request, task, model, split, stage.enter)
    record.update(fitted)
    stage.enter("predict")
    predict = outcome.predict
    p, predicted = stages.predict_test(request, task, predict, split.test)
    record.update(predicted)
    joules = energy.between(before, energy.read(request.device, request.alone))
    record.update(energy_j=joules, energy_method="none" if joules is None else before.method)
    stage.enter("score")
    record["warnings"] += [LABELS] if looks_like_labels(task.kind, p) else []
    record.update(stages.judge_test(request, task, split.test, p))
    record["train_value"] = stages.train_value(
        task, predict, split.train, record["throughput_per_s"], request.device
    )
    record["predictions"] = predictions.write(
        request.path, request.job.key, split.test, p, record["attempt"]
    )
    record.update(status="ok", error=None)
    return record


@cache
def _cards(task: str, model: str) -> tuple[TaskCard, ModelCard]:
    """The cards in these files, read once a process: as they were when the run was planned."""
    return read(Path(task), TaskCard), read(Path(model), ModelCard)


def _leave(record: Record, path: Path) -> None:
    """Write the record so that a reader sees all of it or nothing."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(record, sort_keys=True), encoding="utf-8")
    part.replace(path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
