"""The stages of a job, each from what it needs to what it adds to the record."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchbig.cards import ModelCard, TaskCard, Tuning
from benchbig.data import Context, Part, Predict, Split
from benchbig.data.check import check_split
from benchbig.data.digest import ids_sha256, split_sha256
from benchbig.data.histories import Histories
from benchbig.data.parts import Array
from benchbig.data.splits import subset
from benchbig.errors import BenchError
from benchbig.job import ALL
from benchbig.metrics.bootstrap import interval
from benchbig.metrics.names import METRICS
from benchbig.metrics.places import places
from benchbig.metrics.prediction import check_prediction
from benchbig.metrics.score import score
from benchbig.metrics.score import value as metric_value
from benchbig.record import Record
from benchbig.worker import measure, plugins
from benchbig.worker.notes import plain
from benchbig.worker.request import Request
from benchbig.worker.search import Outcome, search

TRAIN_VALUE_ROWS = 5000
TRAIN_VALUE_SECONDS = 5.0
SCORES = 2**24  # scores of items that one call of a ranking task returns at most


def load(request: Request, task: TaskCard, model: ModelCard) -> tuple[Split, Record]:
    """The split as the model gets it: checked, limited, its training part cut to n_train."""
    load = plugins.function("tasks", task.name, "load")
    files = {name: Path(path) for name, path in request.task_files.items()}
    measure.seed_everything(request.job.seed)
    began = time.perf_counter()
    split = load(request.job.seed, files)
    check_split(split, task)
    if request.job.limit != ALL:
        cut = partial(_cut, n=request.job.limit, seed=request.job.seed)
        split = Split(cut(split.train), cut(split.valid), cut(split.test))
    full = len(split.train)
    asked = request.job.n_train or full
    if asked > full and request.job.limit == ALL:
        raise BenchError(
            f"--n-train {asked}: {task.name} has {full} training examples; ask for at most {full}"
        )
    train = _cut(split.train, min(asked, model.max_train or asked), request.job.seed)
    split = Split(train, split.valid, split.test)
    load_s = time.perf_counter() - began
    return split, {
        "load_s": load_s,
        "data_sha256": split_sha256(split),
        "test_ids_sha256": ids_sha256(split.test.ids),
        "n_train": len(train),
        "n_train_full": full,
        "n_valid": len(split.valid),
        "n_test": len(split.test),
    }


def _cut(part: Part, n: int, seed: int) -> Part:
    """At most n rows of a part, stratified by class, the smaller choice within the larger."""
    return part if n >= len(part) else part.take(subset(part.y, n, seed))


def fit(
    request: Request,
    task: TaskCard,
    model: ModelCard,
    split: Split,
    enter: Callable[[str], None],
) -> tuple[Outcome, Record]:
    """The search's outcome, and what the kept fit cost.

    enter: told "predict" before a trial is judged and "fit" after, so that a fault has its stage.
    """

    def judge(predict: Predict) -> float | None:
        enter("predict")
        value = _judge(task, predict, split.valid, request.device)
        enter("fit")
        return value

    fit = plugins.function("baselines", model.code or model.name, "fit")
    measure.seed_everything(request.job.seed)
    measure.warm_up(request.device)
    measure.forget_peak()
    context = Context(
        task=task,
        params=dict(model.params),
        seed=request.job.seed,
        valid=split.valid,
        files={name: Path(path) for name, path in request.model_files.items()},
        device=request.device,
        threads=request.threads,
        cache=Path(request.cache),
    )
    outcome = search(
        fit,
        split.train,
        context,
        model.search,
        Tuning(request.job.trials, request.job.seconds),
        judge,
        METRICS[task.metric].higher_is_better,
        partial(measure.clock, request.device),
    )
    return outcome, _of_fit(request, outcome, len(split.train))


def _judge(task: TaskCard, predict: Predict, part: Part, device: str) -> float | None:
    """The task's metric on a part, as the test part will be judged."""
    keep = partial(_kept, task)
    p, _ = measure.predict_pieces(predict, part, device, keep, _rows_a_call(task))
    return metric_value(task.metric, task.kind, part.y, p, task.costs)


def _kept(task: TaskCard, part: Part, p: Any) -> Array:
    """What is stored and scored of what a model returned for a part."""
    if isinstance(part.X, Histories):
        return places(p, part.X, part.y, task.repeats)
    return check_prediction(task.kind, len(part), task.n_classes or 0, p)


def _rows_a_call(task: TaskCard) -> int:
    """Examples that one call predicts; 0 for all, as only the scores of all items grow large."""
    return max(1, SCORES // (task.n_items or SCORES)) if task.kind == "ranking" else 0


def _of_fit(request: Request, outcome: Outcome, n_train: int) -> Record:
    kept, notes = outcome.kept, plain(outcome.kept.notes)
    return {
        **notes,
        "params": dict(kept.params),
        "valid_value": kept.valid_value,
        "fit_s": kept.fit_s,
        "n_train_used": n_train if notes["n_train_used"] is None else notes["n_train_used"],
        "tuning": {
            "trials": len(outcome.trials),
            "seconds": outcome.seconds,
            "stopped_by": outcome.stopped_by,
            "budget_trials": request.job.trials,
            "budget_seconds": request.job.seconds,
            "tried": [
                {"params": dict(t.params), "valid_value": t.valid_value, "fit_s": t.fit_s}
                for t in outcome.trials
            ],
        },
    }


def predict_test(
    request: Request, task: TaskCard, predict: Predict, test: Part
) -> tuple[Array, Record]:
    """The test part's prediction as it is stored, and its cost in bulk and one by one."""
    p, predict_s = measure.predict_all(
        predict, test, request.device, partial(_kept, task), _rows_a_call(task)
    )
    return p, {
        "predict_s": predict_s,
        "throughput_per_s": len(test) / predict_s,
        "latency_ms": measure.latency(predict, test, request.job.seed, request.device),
        "peak_vram_bytes": measure.peak_vram(request.device),
    }


def judge_test(request: Request, task: TaskCard, test: Part, p: Array) -> Record:
    """Every metric of the test part, and the interval of the task's own."""
    metrics = score(task.kind, test.y, p, task.costs)
    low, high, method = interval(
        task.metric,
        task.kind,
        test.y,
        p,
        request.job.seed,
        groups=test.groups,
        costs=task.costs,
    )
    if metrics[task.metric] is None:
        raise BenchError(f"{task.name}: {task.metric} is undefined on the test part's labels")
    return {
        "value": metrics[task.metric],
        "ci_low": low,
        "ci_high": high,
        "ci_method": method,
        "metrics": metrics,
    }


def train_value(
    task: TaskCard, predict: Predict, train: Part, throughput: float, device: str
) -> float | None:
    """The metric on the training part, or on 5,000 stratified rows where that takes too long.

    None for a ranking: nothing of the training part was held out.
    """
    if task.kind == "ranking":
        return None
    rows = len(train)
    if rows / throughput > TRAIN_VALUE_SECONDS:
        rows = min(rows, TRAIN_VALUE_ROWS, int(TRAIN_VALUE_SECONDS * throughput))
    if rows < len(train) and task.kind != "regression" and rows < np.unique(train.y).size:
        return None
    if rows < 1:
        return None
    return _judge(task, predict, _cut(train, rows, seed=0), device)
