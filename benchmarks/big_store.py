"""Make a large store out of the published records, and the plugin folder it could have come from.

Every task and model of the finance suite is there many times over under altered names, with more
seeds and training sizes. A record is one that was published for that task and model, with the
names, seed, size and key of its job, its numbers moved a little, and one in fifty of them failed:
so lines are as long and as varied as real ones, and `benchbig run` finds every job of the plan.

    python benchmarks/big_store.py FOLDER --tasks 10 --models 4 --seeds 14
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from measuring import HERE

from benchbig.cards import find
from benchbig.job import Job, expand
from benchbig.record import fail
from benchbig.store import quick

PUBLISHED = HERE.parent / "results" / "records"
SUITE = "big"
SIZES = (0, 100, 300, 1000, 3000)
FAILED = 0.02
MOVED = ("value", "valid_value", "ci_low", "ci_high", "fit_s", "predict_s", "job_s", "cpu_s")


def make(folder: Path, tasks: int, models: int, seeds: int) -> int:
    """A folder with `plugins` and `store`; how many records it holds."""
    templates = _published()
    _plugins(folder / "plugins", templates, tasks, models, seeds)
    jobs = planned(folder / "plugins")
    chance = random.Random(0)
    by_file: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        by_file.setdefault((job.task, job.model), []).append(job)
    for (task, model), own in by_file.items():
        path = folder / "store" / "records" / task / f"{model}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        known = templates[_base(task), _base(model)]
        lines = (_line(job, known[i % len(known)], chance) for i, job in enumerate(own))
        path.write_bytes(b"".join(lines))
    return len(jobs)


def planned(plugins: Path) -> Sequence[Job]:
    """The jobs of the suite in this folder, as `benchbig run --suite big` plans them."""
    catalog = find([plugins])
    suite = catalog.suite(SUITE)
    tasks, models = map(catalog.task, suite.tasks), list(map(catalog.model, suite.models))
    devices = dict.fromkeys(suite.models, "cpu")
    return expand(tasks, models, suite.seeds, suite.n_train, suite.tuning, devices).jobs


def _published() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The finance suite's published records by task and model, trials left out."""
    finance = find().suite("finance")
    return {
        (path.parent.name, path.stem): [record for record in _records(path) if not record["limit"]]
        for path in sorted(PUBLISHED.glob("*/*.jsonl"))
        if path.parent.name in finance.tasks and path.stem in finance.models
    }


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _plugins(
    folder: Path, pairs: Iterable[tuple[str, str]], tasks: int, models: int, seeds: int
) -> None:
    """Copies of the cards, and a suite over all of them."""
    names: dict[str, list[str]] = {"tasks": [], "baselines": []}
    for shelf, of, copies in (("tasks", 0, tasks), ("baselines", 1, models)):
        (folder / shelf).mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(pair[of] for pair in pairs):
            card = (HERE.parent / shelf / f"{name}.toml").read_text(encoding="utf-8")
            for copy in range(copies):
                own = f"{name}_copy_{copy:03}"
                names[shelf].append(own)
                (folder / shelf / f"{own}.toml").write_text(card, encoding="utf-8")
                (folder / shelf / f"{own}.py").write_text("", encoding="utf-8")
    (folder / "suites").mkdir(exist_ok=True)
    (folder / "suites" / f"{SUITE}.toml").write_text(
        f'title = "Big"\ndescription = "Copies of the finance suite."\n'
        f"tasks = {json.dumps(names['tasks'])}\nmodels = {json.dumps(names['baselines'])}\n"
        f"seeds = {list(range(seeds))}\nn_train = {list(SIZES)}\n",
        encoding="utf-8",
    )


def _base(name: str) -> str:
    return name.rpartition("_copy_")[0]


def _line(job: Job, template: dict[str, Any], chance: random.Random) -> bytes:
    search = json.loads(job.params)
    record = {
        **template,
        "key": job.key,
        "task": job.task,
        "model": job.model,
        "seed": job.seed,
        "n_train_asked": job.n_train,
        "search": {**search, "trials": job.trials, "seconds": job.seconds},
    }
    for name in MOVED:
        if record[name] is not None:
            record[name] *= 1 - chance.random() / 100
    if chance.random() < FAILED:
        trace = "Traceback (most recent call last):\n" + 12 * '  File "x.py", line 1, in fit\n'
        record = fail(record, "failed", "fit", "ValueError", "the matrix is singular", trace)
        record["attempt"] = 2  # tried once more already, so that nothing is left to do
    return quick.dumps(dict(sorted(record.items()))) + b"\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    for option in ("tasks", "models", "seeds"):
        parser.add_argument(f"--{option}", type=int, required=True)
    given = parser.parse_args()
    print(make(given.folder, given.tasks, given.models, given.seeds), "records")
