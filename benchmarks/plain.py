"""The plain script that the harness is held against: the same jobs, called by hand in a loop.

It does what a careful person would do without a harness, with the very functions that a worker
calls: load, fit, judge on the validation part, predict, time single predictions, every metric, the
bootstrap interval, the metric on the training part, a file of predictions and a line of JSON.
So all of that is the job, and whatever a harness takes longer is the harness.

    python benchmarks/plain.py JOBS FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "toy" / "tasks"), str(HERE / "toy" / "baselines")]

import centre  # noqa: E402  the toy folder's plugins, found by the line above
import tumour  # noqa: E402

from benchbig.data import Context, Part, Predict  # noqa: E402
from benchbig.data.parts import Array  # noqa: E402
from benchbig.metrics.bootstrap import interval  # noqa: E402
from benchbig.metrics.prediction import check_prediction  # noqa: E402
from benchbig.metrics.score import score, value  # noqa: E402
from benchbig.worker.measure import latency, predict_all  # noqa: E402

KIND, METRIC = "binary", "roc_auc"


def context(seed: int, valid: Part) -> Context:
    """What `fit` may know; the toy model asks for none of it."""
    return Context(
        task=None,  # type: ignore[arg-type]  # no card is read here
        params={},
        seed=seed,
        valid=valid,
        files={},
        device="cpu",
        threads=1,
        cache=Path(),
    )


def judged(predict: Predict, part: Part) -> float | None:
    """The metric on a part."""
    p = check_prediction(KIND, len(part), 2, predict(part.X))
    return value(METRIC, KIND, part.y, p)


def measured(predict: Predict, train: Part, valid: Part, test: Part, seed: int) -> dict[str, Any]:
    """All that a record says about one fit, and the test part's probabilities p."""
    raw, predict_s = predict_all(predict, test, "cpu")
    p = check_prediction(KIND, len(test), 2, raw)
    low, high, method = interval(METRIC, KIND, test.y, p, seed)
    return {
        "seed": seed,
        "valid_value": judged(predict, valid),
        "predict_s": predict_s,
        "latency_ms": latency(predict, test, seed, "cpu"),
        "metrics": score(KIND, test.y, p),
        "ci": [low, high, method],
        "train_value": judged(predict, train),
        "p": p,
    }


def keep(folder: Path, record: dict[str, Any], ids: Array, y: Array) -> None:
    """Write the predictions, and the rest as one more line of JSON."""
    p = record.pop("p")
    np.savez_compressed(folder / f"{record['seed']}.npz", ids=ids, y=y, p=p)
    with (folder / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def job(seed: int, folder: Path) -> None:
    """One job, into a folder that is there."""
    began = time.perf_counter()
    split = tumour.load(seed, {})
    load_s = time.perf_counter() - began
    began = time.perf_counter()
    predict = centre.fit(split.train, context(seed, split.valid))
    fit_s = time.perf_counter() - began
    record = measured(predict, split.train, split.valid, split.test, seed)
    record.update(load_s=load_s, fit_s=fit_s)
    keep(folder, record, split.test.ids, split.test.y)


def main(jobs: int, folder: Path) -> None:
    """Do so many jobs, one seed each."""
    folder.mkdir(parents=True)
    for seed in range(jobs):
        job(seed, folder)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
