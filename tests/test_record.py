"""Does a record say all it must, in a form that a schema holds?"""

from __future__ import annotations

import re

import jsonschema
import numpy as np
import pytest
from toys import Plugins

from benchbig.cards import Tuning, find
from benchbig.data import Notes
from benchbig.job import Job, expand
from benchbig.record import STATUSES, Record, blank, fail, job_of, schema
from benchbig.worker.notes import plain

RUN: Record = {
    "run_id": "0" * 32,
    "suite": "toys",
    "env": "0123456789abcdef",
    "git_commit": None,
    "dirty": None,
    "command": "benchbig run --suite toys",
}
# design.md's table of the record, flat, and what the engine adds to it.
FIELDS = """
    schema_version key run_id attempt status error
    suite task task_version sector kind modality data_sha256 data_origin licence
    scheme seed n_train n_valid n_test n_features n_classes test_ids_sha256
    model model_version family adaptation weights params n_params n_trainable artifact_bytes tuning
    metric value valid_value higher_is_better ci_low ci_high ci_method metrics train_value
    load_s fit_s predict_s latency_ms throughput_per_s peak_rss_bytes peak_vram_bytes energy_j
    energy_method cost_fit cost_per_million currency price_table
    env device precision
    git_commit dirty started_at finished_at command predictions
"""


@pytest.fixture
def made(toys: Plugins) -> tuple[Job, Record]:
    card = {"params": {"warmth": 1.0}, "search": {"warmth": [0.5, 2.0]}}
    toys.model("searched", card=card)
    catalog = find([toys.folder])
    task, model = catalog.task("tumour"), catalog.model("searched")
    plan = expand([task], [model], [3], [100], Tuning(4, 2.5), {"searched": "cpu"}, limit=50)
    job = plan.jobs[0]
    return job, {**blank(job, task, model, RUN), "higher_is_better": True}


def test_weights_are_known_by_their_digest_in_one_file_or_several(made: tuple[Job, Record]) -> None:
    job, catalog = made[0], find()
    task = catalog.task("short_reviews")
    seen = {name: blank(job, task, catalog.model(name), RUN)["weights"]
            for name in ("logreg", "minilm_frozen", "mpnet_frozen")}  # fmt: skip
    assert seen["logreg"] is None
    archive = catalog.model("minilm_frozen").assets["minilm"].archive_sha256
    assert seen["minilm_frozen"]["sha256"] == archive
    assert re.fullmatch("[0-9a-f]{64}", seen["mpnet_frozen"]["sha256"])


def valid(record: Record) -> bool:
    validator = jsonschema.Draft202012Validator(schema())
    return not [error.message for error in validator.iter_errors(record)]


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_field_of_the_design_is_there_and_every_field_is_required():
    assert set(FIELDS.split()) <= set(schema()["properties"])
    assert set(schema()["required"]) == set(schema()["properties"])


def test_every_field_says_what_it_is():
    described = {name for name, what in schema()["properties"].items() if what.get("description")}
    assert described == set(schema()["properties"])


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "ok"])
def test_a_failure_is_a_record_too(made: tuple[Job, Record], status: str):
    record = fail(made[1], status, "fit", "ValueError", "no", "Traceback")
    assert valid(record)
    assert record["value"] is None


def test_a_record_without_its_error_is_no_failure(made: tuple[Job, Record]):
    assert not valid({**made[1], "status": "exploded"})
    assert not valid({**made[1], "surprise": 1})
    assert not valid({k: v for k, v in made[1].items() if k != "value"})


def test_the_job_can_be_told_from_the_record(made: tuple[Job, Record]):
    job, record = made
    assert job_of(record) == job
    assert job_of(record).key == record["key"] == job.key
    assert job_of({**record, "seed": 4}).key != record["key"]


def test_an_ok_record_must_have_measured(made: tuple[Job, Record]):
    """A blank record that merely calls itself ok is no record."""
    assert not valid({**made[1], "status": "ok"})


def test_notes_of_numpy_s_numbers_become_plain_ones():
    notes = Notes(n_params=np.int64(31), shared_s=np.float32(0.5), warnings=[np.str_("slow")])
    fields = plain(notes)
    assert (fields["n_params"], fields["shared_s"], fields["warnings"]) == (31, 0.5, ["slow"])
    assert [type(fields[name]) for name in ("n_params", "shared_s")] == [int, float]


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        (Notes(n_params=1.5), r"notes.n_params must be a whole number or None, not 1.5"),
        (Notes(artifact_bytes=-1), "notes.artifact_bytes must be 0 or more, not -1"),
        (Notes(shared_s=float("nan")), "notes.shared_s must be seconds, 0 or more, not nan"),
    ],
)
def test_notes_that_no_record_can_hold_are_refused(notes: Notes, message: str):
    with pytest.raises((TypeError, ValueError), match=message):
        plain(notes)
