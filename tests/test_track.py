"""What a history keeps, and which of its changes are reported."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import runs_by_hand as stores

from benchbig.errors import BenchError
from benchbig.track import adding, history, report
from benchbig.track.changes import Tracked, tracked
from benchbig.track.history import Measurement, Run
from benchbig.track.series import series

SHA = "0123456789abcdef0123456789abcdef01234567"


def runs(
    values: list[float], metric: str = "accuracy", fit: list[float] | None = None, **facts: Any
) -> list[Run]:
    """A run a commit; the commit's name counts up."""
    made = []
    for i, value in enumerate(values):
        given = {
            "task": "bank_intents", "task_version": 1, "model": "tfidf_logreg", "n_train": 0,
            "device": "cpu", "metric": metric, "higher_is_better": True, "env": "e" * 16,
            "values": {"0": value, "1": value}, "costs": {"fit_s": {"0": fit[i]}} if fit else {},
        }  # fmt: skip
        when = f"2026-01-{1 + i // 24:02d}T{i % 24:02d}:00:00+00:00"
        made.append(Run(f"{i:040x}", when, when, (Measurement(**{**given, **facts}),)))
    return made


def noisy(*levels: tuple[float, int], sd: float = 0.002) -> list[float]:
    rng = np.random.default_rng(0)
    return [float(x) for mean, n in levels for x in rng.normal(mean, sd, n)]


def only(made: list[Run]) -> Tracked:
    pytest.importorskip("ruptures")
    (found,) = tracked(series(made))
    return found


# The history


def test_a_run_is_kept_under_its_commit_and_read_again(tmp_path: Path):
    (run,) = runs([0.9])
    path, new = history.add(tmp_path / "h", run)
    assert new
    assert path.name.startswith("20260101T000000Z-000000000000-")
    assert history.add(tmp_path / "h", run) == (path, False)
    assert history.read(tmp_path / "h") == [run]


def test_runs_are_read_in_the_order_of_their_commits(tmp_path: Path):
    made = runs([0.9, 0.8, 0.7])
    for run in reversed(made):
        history.add(tmp_path, run)
    assert history.read(tmp_path) == made


@pytest.mark.parametrize(
    "text", ["{}", "[", '{"version": 1, "commit": "../../x", "measurements": []}', "null"]
)
def test_a_file_that_is_no_run_is_named(tmp_path: Path, text: str):
    (tmp_path / "odd.json").write_text(text)
    with pytest.raises(BenchError, match=r"odd\.json: not a run"):
        history.read(tmp_path)


def test_a_newer_history_is_not_misread(tmp_path: Path):
    (tmp_path / "new.json").write_text('{"version": 2}')
    with pytest.raises(BenchError, match="install a newer benchbig"):
        history.read(tmp_path)


def test_a_store_becomes_a_run(tmp_path: Path):
    store = stores.seeds(tmp_path / "store", which=(0, 1))
    stores.fail(store, seed=2)
    run = adding.run(store, SHA, "2026-02-03T10:00:00+02:00")
    (one,) = run.measurements
    assert (run.commit, run.committed_at) == (SHA, "2026-02-03T08:00:00+00:00")
    assert one.values["2"] is None
    assert one.values["0"] == pytest.approx(0.912, abs=0.02)
    assert one.costs["fit_s"] == {"0": 3.2, "1": 3.2}


def test_a_commit_of_this_repository_needs_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = stores.seeds(tmp_path / "store", which=(0,))
    monkeypatch.chdir(tmp_path)
    line = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q"]
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run([*line, "--allow-empty", "-m", "one"], check=True)
    told = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert adding.run(store, "HEAD", None).commit == told.stdout.strip()
    with pytest.raises(BenchError, match="no such revision"):
        adding.run(store, "nowhere", None)


def test_without_a_commit_it_is_asked_for(tmp_path: Path):
    with pytest.raises(BenchError, match="--commit REV"):
        adding.run(stores.seeds(tmp_path / "s", which=(0,)), None, None)


# Changes


def test_a_loss_names_the_commits_it_lies_between():
    found = only(runs(noisy((0.90, 12), (0.85, 10))))
    (change,) = found.changes
    assert (change.last, change.first) == (f"{11:040x}", f"{12:040x}")
    assert change.worse
    assert change.stands
    assert change.before == pytest.approx(0.90, abs=0.002)


def test_a_loss_that_recovered_is_left_alone_and_so_is_its_recovery():
    found = only(runs(noisy((0.90, 10), (0.85, 10), (0.90, 10))))
    loss, gain = found.changes
    assert loss.recovered == f"{20:040x}"
    assert gain.undoes
    assert not found.standing
    assert "1 recovered (--all shows them)" in report.text([found], False)[0].text
    assert len(report.text([found], False)) == 1
    assert len(report.text([found], True)) > 1


def test_a_loss_regained_and_lost_again_stands():
    found = only(runs(noisy((0.90, 10), (0.85, 10), (0.90, 10), (0.85, 10))))
    assert [change.stands for change in found.changes if change.worse] == [True, True]


def test_a_gain_that_was_lost_again_is_reported():
    found = only(runs(noisy((0.85, 10), (0.90, 10), (0.85, 10))))
    assert [change.stands for change in found.changes] == [True, True]


def test_a_gain_beyond_what_had_been_lost_stands():
    found = only(runs(noisy((0.80, 10), (0.70, 10), (0.95, 10))))
    loss, gain = found.changes
    assert (loss.stands, gain.stands, gain.undoes) == (False, True, False)


def test_a_change_below_the_minimum_effect_is_none():
    assert not only(runs(noisy((0.90, 15), (0.896, 15), sd=0.0001))).changes


def test_for_costs_less_is_better_and_another_machine_is_another_series():
    pytest.importorskip("ruptures")
    slow = runs([0.9] * 20, fit=noisy((4.0, 10), (9.0, 10), sd=0.1))
    (change,) = tracked(series(slow))[1].changes
    assert change.worse
    moved = [
        *slow[:10],
        *runs([0.9] * 20, fit=noisy((4.0, 10), (9.0, 10), sd=0.1), env="f" * 16)[10:],
    ]
    assert [len(one.points) for one in series(moved)] == [20, 10, 10]
    assert not any(one.changes for one in tracked(series(moved)))


def test_a_new_version_of_the_task_begins_a_new_series():
    made = [*runs([0.9] * 4), *runs([0.5] * 4, task_version=2)]
    assert [len(one.points) for one in series(made)] == [4, 4]


def test_few_points_say_nothing():
    found = tracked(series(runs([0.9, 0.9, 0.5])))
    assert found[0].too_short
    assert "1 too short to say" in report.text(found, False)[0].text


# Reports


def changed() -> list[Tracked]:
    return [only(runs(noisy((0.90, 12), (0.85, 10)), model="tfidf_logreg"))]


def test_the_report_draws_the_series_and_says_what_changed():
    lines = [line.text for line in report.text(changed(), False, 80)]
    assert lines[0] == "1 series, 1 changed"
    assert lines[2] == "bank_intents, tfidf_logreg: accuracy"
    assert lines[3].strip().index("|") == 12
    assert lines[4].startswith("  worse: 90.0% -> 84.9% between 0000000000 and 0000000000")
    assert max(map(len, lines)) <= 80


def test_json_holds_every_point_and_change():
    told = json.loads(report.as_json(changed()))["series"][0]
    assert (len(told["points"]), told["starts"]) == (22, [0, 12])
    assert told["changes"][0]["stands"] is True


def test_a_page_and_a_drawing_are_sound_and_need_no_network():
    found = changed()
    page, drawing = report.as_html(found, False), report.as_svg(found, False)
    root = ElementTree.fromstring(drawing)
    circles = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == 22
    for text in (page, drawing):
        assert "<script" not in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_name_cannot_act_on_a_page_or_a_terminal():
    made = runs(noisy((0.90, 12), (0.85, 10)), task="<script>x</script>\x1b[2J", model="a&b")
    found = [only(made)]
    for text in (report.as_html(found, True), report.as_svg(found, True)):
        assert "<script>" not in text
        assert "\x1b" not in text
    ElementTree.fromstring(report.as_svg(found, True))
    assert "\x1b" not in "".join(line.text for line in report.text(found, True))


def test_the_command_line_adds_and_reports(run_cli: Any, tmp_path: Path):
    store = stores.seeds(tmp_path / "store", which=(0,))
    for day in range(1, 10):
        line = ("track", "add", store, "--history", "h", "--commit", f"{day:040x}")
        done = run_cli(*line, "--time", f"2026-01-{day:02d}T00:00:00+00:00")
        assert done.returncode == 0, done.stderr
        if day == 1:
            short = run_cli("track", "report", "--history", "h")
            assert short.returncode == 4
    pytest.importorskip("ruptures")
    done = run_cli("track", "report", "--history", "h", "--no-costs")
    assert (done.returncode, done.stdout) == (0, "1 series, 0 changed\n")
    assert run_cli("track", "report", "--history", "h", "--format", "pdf").returncode == 2
    assert run_cli("track", "report", "--history", "nowhere").returncode == 2
