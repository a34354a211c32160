"""Does an exported table hold everything, whatever was measured, in every format?"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from records_by_hand import bad, ok, task

from benchbig.errors import BenchError
from benchbig.metrics.names import ABSENT
from benchbig.tables.columns import record_frame, row_frame
from benchbig.tables.export import FORMATS, export
from benchbig.tables.markdown import markdown_summary
from benchbig.tables.rows import rows

DOCS = Path(__file__).parents[1] / "docs" / "results.md"
LOSS = task("loan_loss", metric="log_loss")


def test_csv_and_json_and_parquet_hold_every_digit(tmp_path: Path) -> None:
    value = 0.1 + 0.2  # 0.30000000000000004
    for format in ("csv", "json", "parquet"):
        export([ok(value=value), bad(by="mlp")], format, tmp_path / format)
    with (tmp_path / "csv").open(newline="") as file:
        from_csv = list(csv.DictReader(file))
    from_json = json.loads((tmp_path / "json").read_text())
    from_parquet = pq.read_table(tmp_path / "parquet").to_pylist()
    assert from_json == from_parquet
    assert float(from_csv[0]["value"]) == from_json[0]["value"] == value
    assert (from_csv[1]["value"], from_json[1]["value"]) == ("", None)
    assert list(from_csv[0]) == list(from_json[0])
    assert from_json[1]["reason"] == "failed: the matrix is singular"
    assert (from_json[1]["status_failed"], from_json[1]["status_ok"]) == (1, 0)


def test_no_text_of_a_csv_is_a_formula_to_a_spreadsheet(tmp_path: Path) -> None:
    """What a model raised may be of somebody else's making; other formats keep it as it is."""
    message = '=HYPERLINK("http://x","open")'
    for format in ("csv", "json"):
        export([bad(message=message)], format, tmp_path / format, level="records")
    with (tmp_path / "csv").open(newline="") as file:
        (from_csv,) = csv.DictReader(file)
    assert from_csv["error_message"] == "'" + message
    assert json.loads((tmp_path / "json").read_text())[0]["error_message"] == message


def test_columns_are_the_same_whatever_was_measured(tmp_path: Path) -> None:
    assert row_frame(rows([ok()])).columns == row_frame([]).columns
    assert record_frame([bad()]).columns == record_frame([]).columns
    export([bad()], "parquet", tmp_path / "bad")
    export([ok()], "parquet", tmp_path / "ok")
    assert pq.read_schema(tmp_path / "bad") == pq.read_schema(tmp_path / "ok")


def test_every_column_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    names = [column.name for column in row_frame([]).columns]
    plain = [name for name in names if not name.startswith(("metric_", "status_"))]
    assert [name for name in plain if f"`{name}`" not in text] == []


def test_records_are_laid_flat_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    export([ok(warnings=["slow"]), bad(seed=1)], "json", path, level="records")
    first, second = json.loads(path.read_text())
    assert (first["latency_ms_p50"], first["tuning_trials"], first["seed"]) == (0.21, 8, 0)
    assert json.loads(first["params"]) == {"C": 1.0}
    assert json.loads(first["warnings"]) == ["slow"]
    assert first["metric_average_precision"] == 0.8
    assert (second["error_type"], second["value"]) == ("ValueError", None)


def test_markdown_is_rounded_and_cannot_be_broken_out_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = [ok(value=0.7839), bad(by="mlp", message="a | <b> [c](http://d) *e*")]
    export(records, "markdown", tasks={"card_fraud": "Card fraud"})
    text = capsys.readouterr().out
    assert "### Card fraud (card_fraud)" in text
    assert "| 1 | logreg \\* | classical | 0.784 [0.754, 0.824] | 3.2 s | 0.21 ms |" in text
    assert "- mlp: failed: a \\| \\<b\\> [c]\\(http://d) \\*e\\*" in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") - line.count("\\|") for line in table} == {10}


def test_latex_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    shares = task("bank_intents", kind="multiclass", metric="accuracy", n_classes=77)
    export([ok(shares, value=0.9), bad(shares, "mlp", message="50% of {x} & \\y #1 ~ ^")], "latex")
    text = capsys.readouterr().out
    assert "1 & logreg * & classical & 90.0\\% [87.0, 94.0] & 3.2 s" in text
    assert "bank\\_intents" in text
    escaped = "50\\% of \\{x\\} \\& \\textbackslash{}y \\#1 \\textasciitilde{} \\textasciicircum{}"
    assert escaped in text
    assert text.count("\\begin{") == text.count("\\end{") == 2


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_both_levels_and_an_empty_store(format: str, tmp_path: Path) -> None:
    for level in ("rows", "records"):
        for records in ([], [ok(), bad(seed=1)]):
            path = tmp_path / f"{level}{len(records)}"
            export(records, format, path, level)
            assert path.exists()
    assert not list(tmp_path.glob("*.part"))


def test_mistakes_of_an_export_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="unknown format 'cvs'; did you mean 'csv'"):
        export([], "cvs")
    with pytest.raises(BenchError, match="unknown level 'record'; did you mean 'records'"):
        export([], "csv", level="record")
    with pytest.raises(BenchError, match="name a file"):
        export([], "parquet")
    with pytest.raises(BenchError, match="cannot be written: No such file"):
        export([], "csv", tmp_path / "nowhere" / "a.csv")


def test_the_summary_shows_the_best_of_each_family_and_families_without_a_value() -> None:
    made = rows(
        [
            ok(by="logreg", value=0.78),
            ok(by="lightgbm", value=0.80),
            bad(by="tabpfn", status="oom", message="out of memory"),
        ]
    )
    table = [line for line in markdown_summary(made).splitlines() if line.startswith("|")]
    assert table[2:] == [
        "| 1 | lightgbm \\* | classical | 0.800 [0.770, 0.840] | 3.2 s | 0.21 ms |",
        f"| {ABSENT} | tabpfn | pretrained | oom | {ABSENT} | {ABSENT} |",
    ]
