"""`benchbig compare` as people and programs see it."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from stores_by_hand import add, slow

from benchbig.cards import find
from benchbig.cli import app
from benchbig.compare import formats, terminal
from benchbig.compare.explain import explain
from benchbig.errors import BenchError
from benchbig.verdict.judge import judge


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    add(folder, "churn", "logreg", 0.75, family="classical")
    add(folder, "churn", "bert", 0.93, family="pretrained")
    add(folder, "faults_of_a_long_name_that_wraps", "hist_gradient_boosting", 0.9)
    add(folder, "faults_of_a_long_name_that_wraps", "bert", 0.7, family="pretrained")
    return folder


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["compare", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_a_model_over_a_limit_at_several_sizes_is_left_out_of_one_task(tmp_path):
    for rows in (0, 300):
        add(tmp_path, "churn", "logreg", 0.75, n_train_asked=rows)
        add(
            tmp_path,
            "churn",
            "bert",
            0.9,
            family="pretrained",
            n_train_asked=rows,
            latency_ms=slow(90),
        )
    add(tmp_path, "faults", "bert", 0.9, family="pretrained", latency_ms=slow(90))
    add(tmp_path, "faults", "logreg", 0.75)
    code, text = run("--results", str(tmp_path), "--max-latency-ms", "50")
    assert code == 0
    assert "left out: bert (latency 90 ms; on 2 tasks)" in " ".join(text.split())


@pytest.mark.parametrize("form", ["text", "json", "markdown", "csv", "latex", "html"])
def test_a_model_that_met_no_other_has_no_share_of_duels(tmp_path: Path, form: str):
    """As in a store whose first jobs have just ended."""
    add(tmp_path, "churn", "bert", 0.9, family="pretrained")
    add(tmp_path, "faults", "logreg", 0.75)
    add(tmp_path, "faults", "svm", 0.7)
    code, text = run("--results", str(tmp_path), "--format", form)
    assert code == 4  # no task has both families
    assert text
    assert re.findall(r"\bnan\b", text, re.IGNORECASE) == []


@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_longer_than_the_screen(folder, width):
    found = judge(folder, find())
    assert max(len(line.text) for line in terminal.lines(found, width)) <= width


def test_a_pipe_gets_the_table_in_a_hundred_columns(folder):
    code, text = run("--results", str(folder))
    assert code == 0
    assert max(map(len, text.splitlines())) <= 100
    assert "2 tasks: 1 adopt large, 1 keep classical" in text
    assert "\x1b" not in text


def test_energy_is_called_estimated_unless_counters_measured_both(folder, tmp_path):
    """One that was measured beside one that was not makes no ratio: both are estimated then."""
    assert " ".join(run("--results", str(folder))[1].split()).count("x (estimated)") == 2
    for name, joules, family in (("logreg", 10.0, "classical"), ("bert", 30.0, "pretrained")):
        add(tmp_path, "churn", name, 0.8, family=family, energy_j=joules, energy_method="rapl")
        add(tmp_path, "faults", name, 0.8, family=family)
    add(tmp_path, "half", "logreg", 0.8, energy_j=10.0, energy_method="rapl")
    add(tmp_path, "half", "bert", 0.8, family="pretrained")
    told = {one.task: one.ratios for one in judge(tmp_path, find()).tasks}
    assert (told["churn"].energy, told["churn"].energy_by) == (pytest.approx(3.0), "counter")
    assert told["faults"].energy_by == told["half"].energy_by == "estimate"
    text = " ".join(run("--results", str(tmp_path))[1].split())
    assert "energy 3.0x, " in text
    assert "energy, estimated: the fit's seconds times assumed watts" in text


def test_a_task_is_explained_in_sentences(folder):
    code, text = run("--results", str(folder), "--explain", "churn")
    assert code == 0
    assert "Adopt the large model: bert is better by" in text.replace("\n", " ")
    with pytest.raises(BenchError, match="unknown task 'chrn'; did you mean 'churn'"):
        explain(judge(folder, find()), "chrn")


def test_json_holds_everything(folder):
    code, text = run("--results", str(folder), "--format", "json")
    assert code == 0
    found = json.loads(text)
    assert found["tasks"][0]["gain"]["value"] > 0.1
    assert found == json.loads(json.dumps(judge(folder, find()).as_dict()))


def test_csv_has_a_line_a_task_and_every_column_in_each(folder):
    lines = list(csv.DictReader(io.StringIO(run("--results", str(folder), "--format", "csv")[1])))
    assert [line["verdict"] for line in lines] == ["adopt large", "keep classical"]
    assert float(lines[0]["gain_value"]) > 0.1
    assert lines[0]["large_model"] == "bert"
    assert "crossover_at" in lines[0]
    assert "by_seed" not in "".join(lines[0])


def test_markdown_and_latex_have_a_table_each_way(folder):
    markdown = run("--results", str(folder), "--format", "markdown")[1]
    assert markdown.startswith("### Is the large model worth it?")
    assert "| Churn |" in markdown or "| churn |" in markdown
    latex = run("--results", str(folder), "--format", "latex")[1]
    assert latex.count(r"\begin{tabular}") == 4


class Texts(HTMLParser):
    """What tags there are, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.said += data


def test_html_shows_hostile_names_as_text(folder, tmp_path):
    found = judge(folder, find())
    hostile = '<script>alert(1)</script>"&\x1b[2J'
    task = found.tasks[0].__class__(**{**vars(found.tasks[0]), "title": hostile})
    text = formats.render(
        found.__class__(**{**vars(found), "tasks": (task, *found.tasks[1:])}), "html"
    )
    page = Texts()
    page.feed(text)
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.said
    assert "\x1b" not in text
    assert "http" not in text


def test_a_file_can_be_named(folder, tmp_path):
    out = tmp_path / "verdict.txt"
    assert run("--results", str(folder), "--out", str(out)) == (0, "")
    assert "adopt large" in out.read_text(encoding="utf-8")
    with pytest.raises(BenchError, match="cannot be written"):
        run("--results", str(folder), "--out", str(tmp_path / "none" / "file"))


def test_nothing_to_compare_is_exit_four(folder, tmp_path):
    add(tmp_path, "churn", "logreg", 0.75)
    code, text = run("--results", str(tmp_path))
    assert code == 4
    assert "no task has both" in text
    code, text = run("--results", str(folder), "--max-latency-ms", "0.01")
    assert code == 4
    assert "within these limits; loosen them" in text


def test_mistakes_are_said(folder):
    for wrong, said in (
        (("--format", "jsn"), "unknown format 'jsn'; did you mean 'json'"),
        (("--suite", "finanze"), "unknown suite 'finanze'; did you mean 'finance'"),
        (("--min-effect", "x"), "'x' is no difference"),
        (("--max-memory", "big"), "type a number with a unit"),
    ):
        with pytest.raises(BenchError, match=said):
            run("--results", str(folder), *wrong)


def test_settings_reach_the_answer(folder):
    text = run("--results", str(folder), "--min-effect", "0.5", "--format", "json")[1]
    assert json.loads(text)["tasks"][0]["min_effect"] == 0.5
    text = run("--results", str(folder), "--currency", "EUR", "--no-gpu", "--format", "json")[1]
    assert json.loads(text)["prices"]["currency"] == "EUR"
    assert json.loads(text)["limits"] == {"--no-gpu": "yes"}
