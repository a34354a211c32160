"""Records for tests of tables and views, each as the schema wants it, small enough to reckon."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from benchbig.cards import ModelCard, SplitCard, TaskCard
from benchbig.job import Job, parameters
from benchbig.metrics.names import METRICS
from benchbig.record import Record, blank, fail, schema

HEX = "0123456789abcdef"
GIVEN = {"n_train": 8000, "n_train_used": 8000, "n_train_full": 8000, "n_valid": 1000}
FAMILIES = {
    "majority": ("trivial", "none"),
    "mlp": ("neural", "scratch"),
    "tabpfn": ("pretrained", "in_context"),
    "minilm_finetune": ("pretrained", "full"),
}


def task(name: str = "card_fraud", **facts: Any) -> TaskCard:
    about = {
        "title": name.replace("_", " ").capitalize(),
        "version": 1,
        "sector": "finance",
        "modality": "tabular",
        "kind": "binary",
        "metric": "average_precision",
        "description": "",
        "origin": "",
        "licence": "CC0-1.0",
        "licence_basis": "stated",
        "data_origin": "real",
        "n_examples": 10000,
        "split": SplitCard("time", False, "later rows are in later parts"),
        "n_features": 30,
        "n_classes": 2,
    }
    return TaskCard(name=name, path=Path(f"{name}.toml"), **{**about, **facts})


def model(name: str = "logreg", **facts: Any) -> ModelCard:
    family, adaptation = FAMILIES.get(name, ("classical", "none"))
    about = {
        "title": name,
        "version": 1,
        "family": family,
        "adaptation": adaptation,
        "modalities": ("tabular",),
        "kinds": ("binary", "multiclass"),
        "description": "",
        "params": {"C": 1.0},
    }
    return ModelCard(name=name, path=Path(f"{name}.toml"), **{**about, **facts})


def job(
    of: TaskCard | str = "card_fraud",
    by: ModelCard | str = "logreg",
    seed: int = 0,
    asked: int = 0,
    device: str = "cpu",
    limit: int = 0,
) -> Job:
    of = task(of) if isinstance(of, str) else of
    by = model(by) if isinstance(by, str) else by
    return Job(
        task=of.name,
        task_version=of.version,
        model=by.name,
        model_version=by.version,
        params=parameters(by),
        seed=seed,
        n_train=asked,
        device=device,
        trials=8,
        seconds=40.0,
        limit=limit,
    )


def ok(
    of: TaskCard | str = "card_fraud",
    by: ModelCard | str = "logreg",
    seed: int = 0,
    value: float = 0.8,
    asked: int = 0,
    device: str = "cpu",
    limit: int = 0,
    **facts: Any,
) -> Record:
    """An ok record whose interval is value - 0.03 to value + 0.04."""
    of = task(of) if isinstance(of, str) else of
    by = model(by) if isinstance(by, str) else by
    made = _unmeasured(of, by, job(of, by, seed, asked, device, limit))
    given = {**GIVEN, "n_train": asked or 8000, "n_train_used": asked or 8000}
    made.update(
        status="ok",
        error=None,
        env=HEX,
        params={"C": 1.0},
        tuning={
            "trials": 8,
            "seconds": 10.0 + seed,
            "stopped_by": "trials",
            "budget_trials": 8,
            "budget_seconds": 40.0,
            "tried": [],
        },
        value=value,
        valid_value=value,
        ci_low=value - 0.03,
        ci_high=value + 0.04,
        ci_method="bootstrap over test examples, 1000 replicates, percentile",
        metrics={of.metric: value, "log_loss": 0.25},
        load_s=1.0,
        fit_s=3.2,
        shared_s=0.0,
        predict_s=0.5,
        latency_ms={"p50": 0.21, "p90": 0.3, "p99": 0.5, "n": 100},
        throughput_per_s=2000.0,
        job_s=9.0,
        cpu_s=9.5,
        peak_rss_bytes=412_000_000,
        jobs_beside=0,
        threads=1,
        n_test=1000,
        started_at=f"2026-01-01T00:00:0{seed % 10}.000+00:00",
        finished_at=f"2026-01-01T00:01:0{seed % 10}.000+00:00",
        predictions={
            "path": f"predictions/{made['key']}.npz",
            "sha256": "0" * 64,
            "test": f"predictions/test-{HEX}.npz",
        },
        **given,
    )
    made.update(facts)
    return checked(made)


def bad(
    of: TaskCard | str = "card_fraud",
    by: ModelCard | str = "logreg",
    seed: int = 0,
    status: str = "failed",
    message: str = "the matrix is singular\nsecond line",
    stage: str | None = "fit",
    kind: str | None = "ValueError",
    **facts: Any,
) -> Record:
    """A record that is not ok."""
    of = task(of) if isinstance(of, str) else of
    by = model(by) if isinstance(by, str) else by
    made = fail(_unmeasured(of, by, job(of, by, seed)), status, stage, kind, message)
    made.update(facts)
    return checked(made)


def _unmeasured(of: TaskCard, by: ModelCard, what: Job) -> Record:
    run = {
        "run_id": "20260101",
        "suite": "finance",
        "higher_is_better": METRICS[of.metric].higher_is_better,
    }
    return blank(what, of, by, run)


def checked(record: Record) -> Record:
    _validator().validate(record)
    return record


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())
