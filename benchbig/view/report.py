"""What a run says before its first job and after its last."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchbig.job import ALL, Job, Plan
from benchbig.record import Record
from benchbig.tables import words


def plan(
    made: Plan,
    left: Sequence[Job],
    missing: Mapping[str, str],
    estimate_s: float | None,
    output: str,
) -> None:
    """Print what would run, for --dry-run. left: without an ok record; estimate_s: their time."""
    if output == "json":
        for job in left:
            print(json.dumps({"event": "planned", "key": job.key, **_identity(job)}))
        return
    jobs: Counter[tuple[str, str]] = Counter()
    for alike in made.alike:
        jobs[alike.first.task, alike.first.model] += len(alike)
    due = Counter((job.task, job.model) for job in left)
    width = max(len(model) for _, model in jobs)
    task = None
    for (name, model), count in jobs.items():
        if name != task:
            task = name
            print(f"\n{name}" if task else name)
        state = "done" if not due[name, model] else f"{due[name, model]} to do"
        print(f"  {model:{width}}  {words.plural(count, 'job'):8}  {state}")
    print()
    for skipped in made.skipped:
        if skipped.n_train:
            print(skipped)
    for model, why in missing.items():
        print(f"{model} {why}")
    if not left:
        print(f"{words.plural(len(made.jobs), 'job')}, all done")
        return
    done = len(made.jobs) - len(left)
    time = "unknown" if estimate_s is None else f"about {words.seconds(estimate_s)}"
    print(f"{words.plural(len(made.jobs), 'job')}, {done} done; time for the rest: {time}")


def _identity(job: Job) -> dict[str, object]:
    size = "all" if job.n_train == ALL else job.n_train
    return {"task": job.task, "model": job.model, "seed": job.seed, "n_train": size,
            "device": job.device}  # fmt: skip


def closing(count: int, results: Path, trial: bool) -> None:
    """Print where the records of a run lie and what to type next."""
    where = "" if str(results) == "results" else f" --results {results}"
    print(f"\nRecords: {results}/  ({words.plural(count, 'record')} of this run's plan)")
    if trial:
        print("A trial run (--limit): its records are marked and stay out of every table.")
        return
    print(f"Next: benchbig check {results}")
    print(f"      benchbig export --format csv{where}")


def trial(records: Iterable[Record]) -> None:
    """One line a record: what a trial run gave is no result."""
    for record in records:
        value = words.scored(record["metric"], record["value"], None, None)
        what = value if record["status"] == "ok" else record["status"]
        print(
            f"{record['task']}  {record['model']}  seed {record['seed']}  {what}", file=sys.stdout
        )
