"""The large store that benchmarks measure: whatever else is published, it can be made."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_job_of_its_suite_has_a_record(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import big_store

    from benchbig import store

    assert big_store.make(tmp_path, tasks=1, models=1, seeds=1) > 100
    jobs = {job.key for job in big_store.planned(tmp_path / "plugins")}
    records = list(store.latest(tmp_path / "store"))
    assert {record["key"] for record in records} == jobs
    assert not any(record["limit"] for record in records)  # a trial is no result
