"""A record: what one job gave, whatever happened, as one flat JSON object."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from benchbig import __version__
from benchbig.cards import ModelCard, TaskCard
from benchbig.cards.schema import AssetCard
from benchbig.job import Job

SCHEMA_VERSION = 1
STATUSES = ("ok", "failed", "timeout", "oom", "killed", "unavailable")
Record = dict[str, Any]


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema that every record meets."""
    text = files("benchbig").joinpath("record.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def blank(job: Job, task: TaskCard, model: ModelCard, run: Record) -> Record:
    """The record of a job that has not been measured: what the cards say, the rest null.

    run: fields that are the same for every job of a run (suite, run_id, env, command...).
    """
    record: Record = dict.fromkeys(schema()["properties"])
    record.update(
        schema_version=SCHEMA_VERSION,
        benchbig_version=__version__,
        key=job.key,
        attempt=1,
        status="failed",
        warnings=[],
        energy_method="none",
    )
    record.update(_of_task(job, task))
    record.update(_of_model(job, model))
    record.update(run)
    return record


def _of_task(job: Job, task: TaskCard) -> Record:
    return {
        "task": task.name,
        "task_version": task.version,
        "sector": task.sector,
        "kind": task.kind,
        "modality": task.modality,
        "data_origin": task.data_origin,
        "licence": task.licence,
        "scheme": task.split.scheme,
        "n_features": task.n_features,
        "n_classes": task.n_classes,
        "metric": task.metric,
        "seed": job.seed,
        "n_train_asked": job.n_train,
        "limit": job.limit,
    }


def _digest(asset: AssetCard) -> str | None:
    """The sha256 of the file or archive; of several files that of their names and digests."""
    if asset.sha256 or asset.archive_sha256 or not asset.files:
        return asset.sha256 or asset.archive_sha256
    return hashlib.sha256(json.dumps(dict(asset.files), sort_keys=True).encode()).hexdigest()


def _of_model(job: Job, model: ModelCard) -> Record:
    identity = [
        {"id": asset.pypi or asset.hub or asset.name, "sha256": digest}
        for asset in model.assets.values()
        if (digest := _digest(asset))
    ]
    return {
        "model": model.name,
        "model_version": model.version,
        "family": model.family,
        "adaptation": model.adaptation,
        "weights": identity[0] if identity else None,
        "search": {**json.loads(job.params), "trials": job.trials, "seconds": job.seconds},
        "device": job.device,
    }


def fail(record: Record, status: str, stage: str | None, kind: str | None, message: str,
         traceback: str | None = None) -> Record:  # fmt: skip
    """The same record, ended otherwise than well; nothing it measured counts as a result."""
    error = {"stage": stage, "type": kind, "message": message, "traceback": traceback}
    return {**record, "status": status, "error": error, "value": None, "predictions": None}


def job_of(record: Record) -> Job:
    """The job a record is of, from the record alone; its key shows whether it was altered."""
    search = record["search"]
    ranges = {name: search[name] for name in ("params", "search")}
    return Job(
        task=record["task"],
        task_version=record["task_version"],
        model=record["model"],
        model_version=record["model_version"],
        params=json.dumps(ranges, sort_keys=True, separators=(",", ":")),
        seed=record["seed"],
        n_train=record["n_train_asked"],
        device=record["device"],
        trials=search["trials"],
        seconds=search["seconds"],
        limit=record["limit"],
    )
