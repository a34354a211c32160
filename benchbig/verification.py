"""Is a store sound: every record against the schema, its own key, its files and its predictions?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchbig.metrics.names import METRICS
from benchbig.record import Record, job_of, schema
from benchbig.store import layout
from benchbig.store.pack import DAMAGED
from benchbig.store.read import env, lines


@dataclass(frozen=True)
class Report:
    """How many records were read, and one sentence a problem."""

    records: int
    problems: tuple[str, ...]


def verify(store: Path) -> Report:
    """Read every line of a store and say all that is wrong with it."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema())
    count, problems = 0, []
    seen: dict[str, Path] = {}
    described = cache(lambda digest: env(store, digest) is not None)
    for path, number, text in lines(store):
        count += 1
        where = f"{path}:{number}"
        try:
            record = json.loads(text)
        except ValueError:
            problems.append(f"{where}: not JSON (a torn line of a run that was killed?)")
            continue
        found = list(_problems(store, path, record, validator, described))
        if not found and seen.setdefault(record["key"], path) != path:
            found = [f"the same key stands in {seen[record['key']]}"]
        problems += [f"{where}: {problem}" for problem in found]
    return Report(count, tuple(problems))


def _problems(
    store: Path, path: Path, record: Record, validator: Any, described: Callable[[str], bool]
) -> Iterator[str]:
    """What is wrong with one record; the later checks only where the earlier ones passed."""
    errors = sorted(validator.iter_errors(record), key=lambda error: list(error.absolute_path))
    if errors:
        for error in errors[:5]:
            place = ".".join(map(str, error.absolute_path)) or "the record"
            said = error.message
            yield f"{place}: {said if len(said) <= 200 else f'{said[:100]} ... {said[-100:]}'}"
        return
    key = job_of(record).key
    if key != record["key"]:
        yield f"the key is {record['key']}, but what it is made of gives {key}"
    if path != layout.records_file(store, record):
        yield f"a record of {record['task']} and {record['model']} belongs in another file"
    if record["env"] is not None and not described(record["env"]):
        yield f"env/{record['env']}.json is missing or torn"
    if record["status"] == "ok":
        yield from _of_predictions(store, record)


def _of_predictions(store: Path, record: Record) -> Iterator[str]:
    """The files are there, unaltered, and give the recorded value to the last bit."""
    import numpy as np

    from benchbig.data.digest import ids_sha256
    from benchbig.metrics.score import value

    named = record["predictions"]
    own, shared = store / named["path"], store / named["test"]
    for file in (own, shared):
        if not file.is_file():
            yield f"{file.relative_to(store)} is missing"
            return
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    if digest != named["sha256"]:
        yield f"{named['path']} has sha256 {digest}, not the recorded one"
        return
    try:
        with np.load(own, allow_pickle=False) as file, np.load(shared, allow_pickle=False) as test:
            p, y, ids = file["p"], test["y"], test["ids"]
    except (OSError, ValueError, KeyError, RuntimeError, *DAMAGED) as error:
        yield f"{named['path']} or {named['test']} cannot be read: {error}"
        return
    if ids_sha256(ids) != record["test_ids_sha256"]:
        yield f"{named['test']} holds other ids than the record's test part"
        return
    if len(p) != record["n_test"] or len(y) != len(p):
        yield f"{named['path']} holds {len(p)} predictions for {record['n_test']} examples"
        return
    if record["metric"] == "cost_per_1000" or record["metric"] not in METRICS:
        return  # needs the costs on the task's card, which a store does not hold
    again = value(record["metric"], record["kind"], y, p)
    if again != record["value"]:
        yield f"the predictions give {record['metric']} {again!r}, not {record['value']!r}"
