"""Are a site's files written safely, task by task, and shown again as records arrive?"""

from __future__ import annotations

import csv
import json
import urllib.request
from pathlib import Path
from threading import Event, Thread

import pytest
import stores_by_hand
from pyarrow import parquet
from records_by_hand import bad, ok, task
from site_by_hand import filed, two_tasks
from toys import Command, one_line

from benchbig import store
from benchbig.cards import find
from benchbig.errors import BenchError
from benchbig.site import serve, side_by_side
from benchbig.site.build import build
from benchbig.site.render import environment


def test_a_folder_of_other_files_is_refused_and_left_alone(run_cli: Command) -> None:
    filed(run_cli.cwd / "results", two_tasks())
    other = run_cli.cwd / "mine" / "thesis.txt"
    other.parent.mkdir()
    other.write_text("dear")
    one_line(run_cli("leaderboard", "build", "--out", "mine"), "--out mine", "other files")
    assert other.read_text() == "dear"


def test_building_again_writes_only_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    results = filed(tmp_path / "store", two_tasks())
    out = tmp_path / "site"
    first = build(results, out, find())
    assert first.changed == first.files
    assert build(results, out, find()).changed == 0
    for path in (results / "records").glob("t[6-7]"):
        (path / "m.jsonl").unlink()
    again = build(results, out, find())
    assert again.records == 6
    assert not (out / "tasks" / "intents.html").exists()
    assert not (out / "zh" / "tasks" / "intents.html").exists()


def test_a_store_without_records_is_said_and_exits_4(run_cli: Command) -> None:
    one_line(run_cli("leaderboard", "build", "--results", "nowhere"), "nowhere", "no records")
    (run_cli.cwd / "results" / "records").mkdir(parents=True)
    done = run_cli("leaderboard", "build")
    assert done.returncode == 4
    assert (run_cli.cwd / "site" / "index.html").exists()


def test_the_site_is_served_here_and_built_again_when_records_arrive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "EVERY", 0.05)
    results = filed(tmp_path / "store", two_tasks())
    out = tmp_path / "site"
    build(results, out, find())
    server = serve.server(out, 0)
    built, stop = Event(), Event()

    def rebuild() -> None:
        build(results, out, find())
        built.set()

    threads = [Thread(target=server.serve_forever),
               Thread(target=serve.watch, args=(results, rebuild, stop))]  # fmt: skip
    for thread in threads:
        thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        assert b"not_there" not in urllib.request.urlopen(address).read()
        filed(tmp_path / "more", [ok(by="not_there")])
        (tmp_path / "more" / "records" / "t0").rename(results / "records" / "new")
        assert built.wait(20)
        assert b"not_there" in urllib.request.urlopen(address).read()
        with pytest.raises(BenchError, match="--port"):
            serve.server(out, server.server_port)
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join()


def test_two_processes_write_what_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "results"
    for name in ("churn", "default"):
        stores_by_hand.add(results, name, "logreg", 0.8)
        stores_by_hand.add(results, name, "tabpfn", 0.9)
    assert store.task_folders(results)
    alone = build(results, tmp_path / "one", find())
    monkeypatch.setattr(side_by_side, "LARGE_BYTES", 0)
    monkeypatch.setattr("benchbig.environment.cores", lambda: 2)
    together = build(results, tmp_path / "two", find())
    assert together == alone
    assert whole(tmp_path / "two") == whole(tmp_path / "one")
    text = (tmp_path / "one" / "index.html").read_text()
    assert "v-adopt_large" in text


def whole(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_record_in_another_tasks_folder_is_shown_with_its_task(tmp_path: Path) -> None:
    """As two_tasks lie there, each record in a folder of its own."""
    results = filed(tmp_path / "store", two_tasks())
    assert store.task_folders(results) is None
    assert build(results, tmp_path / "site", find()).records == 8
    rows = (tmp_path / "site" / "downloads" / "tasks" / "card_fraud.csv").read_text()
    assert len(rows.splitlines()) == 4


def test_metrics_that_only_some_tasks_have_are_columns_of_the_whole_table(tmp_path: Path) -> None:
    odd = ok(of=task("odd"))
    odd["metrics"] = {**odd["metrics"], "zeal": 0.25}
    build(filed(tmp_path / "store", [ok(), odd]), tmp_path / "site", find())
    downloads = tmp_path / "site" / "downloads"
    lines = list(csv.DictReader((downloads / "records.csv").open()))
    assert [line["metric_zeal"] for line in lines] == ["", "0.25"]
    told = json.loads((downloads / "records.json").read_text())
    assert [line["metric_zeal"] for line in told] == [None, 0.25]
    table = parquet.read_table(downloads / "records.parquet")
    assert table.column("metric_zeal").to_pylist() == [None, 0.25]
    assert table.column("task").to_pylist() == ["card_fraud", "odd"]


def test_what_a_model_raised_need_not_be_text(tmp_path: Path) -> None:
    """Half a surrogate pair, which is no character."""
    results = filed(tmp_path / "store", [ok(), bad(by="tabpfn", message="half \ud800 a pair")])
    build(results, tmp_path / "site", find())
    downloads = tmp_path / "site" / "downloads"
    (line,) = (one for one in csv.DictReader((downloads / "records.csv").open())
               if one["error_message"])  # fmt: skip
    assert line["error_message"] == "half \\ud800 a pair"
    table = parquet.read_table(downloads / "records.parquet")
    assert "half \\ud800 a pair" in table.column("error_message").to_pylist()
    told = json.loads((downloads / "records.json").read_text())
    assert "half \ud800 a pair" in [one["error_message"] for one in told]
    assert "ud800" in (tmp_path / "site" / "tasks" / "card_fraud.html").read_text()


def test_compiled_templates_wait_for_the_next_build_and_no_cache_stops_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file stands where the folder would be: nothing is kept, and all is drawn as well."""
    monkeypatch.setenv("BENCHBIG_CACHE", str(tmp_path / "cache"))
    name = "badge.svg.j2"
    told = {"left": 1, "right": 2, "label": "a", "message": "b", "colour": "c"}
    first = environment.__wrapped__().get_template(name).render(told)
    assert len(list((tmp_path / "cache" / "templates").iterdir())) == 1
    assert environment.__wrapped__().get_template(name).render(told) == first
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BENCHBIG_CACHE", str(tmp_path / "file"))
    assert environment.__wrapped__().get_template(name).render(told) == first
