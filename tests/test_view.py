"""Views: the lines of a run, the foot of the screen, the closing tables."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from records_by_hand import bad, job, ok, task

from benchbig.errors import BenchError
from benchbig.job import Plan, Skipped
from benchbig.metrics.names import ABSENT
from benchbig.tables.rows import rows
from benchbig.view import View, view
from benchbig.view.jsonl import Jsonl
from benchbig.view.lines import Widths
from benchbig.view.live import Live
from benchbig.view.picture import Running, picture
from benchbig.view.plain import Plain
from benchbig.view.quiet import Quiet
from benchbig.view.table import as_text, write_tables
from benchbig.view.tally import Tally

HOSTILE = "x\x1b[2J\x1b]0;title\x07 [red]y[/red]"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TITLES = {"card_fraud": "Card fraud"}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name, value in (("TERM", "xterm-256color"), ("COLUMNS", "80"), ("LINES", "24")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def run(seen: View) -> None:
    """A run of three jobs: one ok with a warning, one the same, one failed."""
    jobs = (job(seed=0), job(seed=1), job(by="mlp"))
    seen.begin(Plan(jobs, (Skipped("card_fraud", "tfidf_svm", "takes text"),)), 2, 90.0)
    seen.note("catboost is not installed")
    for one in jobs:
        seen.started(one)
    seen.ended(ok(value=0.783, warnings=["did not converge"]))
    seen.remaining(30.0)
    seen.ended(ok(seed=1, value=0.783, warnings=["did not converge"]))
    seen.ended(bad(by="mlp", message=HOSTILE + "\nsecond line"))
    seen.close()
    seen.close()


def test_plain_is_one_line_an_event_and_says_a_warning_once() -> None:
    stream = io.StringIO()
    run(Plain(stream))
    lines = stream.getvalue().splitlines()
    assert lines[:-1] == [
        "3 jobs to run, 2 done before, about 1 min 30 s",
        "note: catboost is not installed",
        "      start       card_fraud  logreg  seed 0",
        "      start       card_fraud  logreg  seed 1",
        "      start       card_fraud  mlp     seed 0",
        "[1/3] ok          card_fraud  logreg  seed 0  average precision 0.783 [0.753, 0.823]"
        "  fit 3.2 s  (1 min 30 s left)",
        "warning: logreg on card_fraud: did not converge",
        "[2/3] ok          card_fraud  logreg  seed 1  average precision 0.783 [0.753, 0.823]"
        "  fit 3.2 s  (30 s left)",
        "[3/3] failed      card_fraud  mlp     seed 0  fit: ValueError: "
        "x\\x1b[2J\\x1b]0;title\\x07 [red]y[/red]  (30 s left)",
    ]
    assert re.fullmatch(r"3 jobs in .*: 2 ok, 1 failed", lines[-1])


@pytest.mark.parametrize("message", ["", "\n", "  \n \t"])
def test_a_failure_without_words_is_told(message: str) -> None:
    stream = io.StringIO()
    Quiet(stream).ended(bad(by="mlp", message=message))
    assert stream.getvalue().endswith("fit: ValueError: no message\n")


def test_every_plain_line_is_flushed_at_once() -> None:
    class Pipe(io.StringIO):
        flushes = 0

        def flush(self) -> None:
            self.flushes += 1

    pipe = Pipe()
    run(Plain(pipe))
    assert pipe.flushes == pipe.getvalue().count("\n")


def test_plain_holds_on_where_only_ascii_is_to_be_had() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Plain(stream).note("d\u00e9j\u00e0 vu \u2013 \u2020")
    assert raw.getvalue() == b"note: d\\xe9j\\xe0 vu - +\n"


def test_json_is_an_object_a_line_with_the_whole_record() -> None:
    stream = io.StringIO()
    run(Jsonl(stream))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    names = [event["event"] for event in events]
    assert names == ["begin", "note", *["started"] * 3, *["record"] * 3, "end"]
    assert events[0]["jobs"] == 3
    assert events[0]["skipped"][0]["model"] == "tfidf_svm"
    assert events[5]["record"] == ok(value=0.783, warnings=["did not converge"])
    assert events[-1]["statuses"] == {"ok": 2, "failed": 1}


def test_quiet_tells_of_failures_alone() -> None:
    stream = io.StringIO()
    run(Quiet(stream))
    assert stream.getvalue() == (
        "failed  card_fraud  mlp  seed 0  fit: ValueError: "
        "x\\x1b[2J\\x1b]0;title\\x07 [red]y[/red]\n"
    )


def test_the_view_is_chosen_by_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(view("text", True, False), Live)
    assert isinstance(view("text", False, False), Plain)
    assert isinstance(view("text", True, True), Quiet)
    assert isinstance(view("json", True, True), Jsonl)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(view("text", True, False), Plain)
    with pytest.raises(BenchError, match="did you mean 'json'"):
        view("jsn", True, False)


def test_live_leaves_finished_jobs_warnings_and_a_summary(terminal: Terminal) -> None:
    run(Live(terminal))
    left = CONTROL.sub("", terminal.getvalue())
    assert "ok  card_fraud  logreg  seed 0  0.783 [0.753, 0.823]  fit 3.2 s\n" in left
    assert "x\\x1b[2J\\x1b]0;title\\x07" in left.replace("\n", "")
    assert "[red]y[/red]" in left.replace("\n", " ")
    assert "catboost is not installed" in left
    tail = left[left.rindex("warning: ") :]
    assert re.fullmatch(
        r"warning: logreg on card_fraud: did not converge\s+3 jobs in .*: 2 ok, 1 failed\s+", tail
    )


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_live_gives_the_terminal_back_after_an_error(
    terminal: Terminal, error: type[BaseException]
) -> None:
    live = Live(terminal)
    live.begin(Plan((job(),), ()), 0, None)

    def interrupted() -> None:
        try:
            live.started(job())
            raise error
        finally:
            live.close()

    with pytest.raises(error):
        interrupted()
    controls = CONTROL.findall(terminal.getvalue())
    cursor = [control for control in controls if "?25" in control]
    assert cursor == ["\x1b[?25l", "\x1b[?25h"]


@pytest.mark.parametrize("size", [(80, 24), (80, 10), (40, 24), (200, 50)])
@pytest.mark.parametrize("number", [0, 2, 16])
def test_the_foot_of_the_screen_fits(size: tuple[int, int], number: int) -> None:
    tally = Tally(total=123)
    for seed in range(12):
        tally.count(ok(seed=seed))
    running = [Running(job("bank_marketing_drift", seed=seed), 0.0) for seed in range(number)]
    warnings = [f"warning {n}" for n in range(5)]
    drawn = picture(tally, running, warnings, 200.0, 75.0, Widths(20, 22), size)
    texts = ["".join(text for text, _ in line.pieces) for line in drawn]
    assert len(texts) <= size[1] - 2
    assert texts[0].endswith("12/123  12 ok  3 min 20 s left")
    assert len(texts[0]) < max(size[0], 50)
    shown = sum("seed" in text for text in texts)
    more = [int(found[1]) for text in texts if (found := re.search(r"and (\d+) more", text))]
    assert shown + sum(more) == number
    assert texts[-4:] == [
        "2 earlier warnings: listed at the end",
        *(f"warning: warning {n}" for n in (2, 3, 4)),
    ]


def test_the_closing_table_reads_as_it_should() -> None:
    made = rows(
        [
            ok(by="lightgbm", value=0.80),
            ok(by="tabpfn", value=0.75, n_train_used=1000, jobs_beside=1),
            bad(by="mlp", status="timeout", message="ran longer than 60 seconds"),
        ]
    )
    assert as_text(made, TITLES) == "\n".join(
        [
            "Card fraud (card_fraud)",
            "average precision, higher is better; 1,000 test rows; split: time; "
            "all 8,000 training rows; cpu",
            "",
            "#  model       family      average precision       fit  latency  throughput  memory"
            "  seeds",
            "-  ----------  ----------  --------------------  -----  -------  ----------  ------"
            "  -----",
            "1  lightgbm *  classical   0.800 [0.770, 0.840]  3.2 s  0.21 ms     2,000/s  412 MB"
            "      1",
            "2  tabpfn *†   pretrained  0.750 [0.720, 0.790]  3.2 s  0.21 ms     2,000/s  412 MB"
            "      1",
            "-  mlp         neural      timeout                   -        -           -       -"
            "    0/1".replace("-", ABSENT),
            "in brackets: 95% interval over test examples",
            "* best of its family, chosen on the validation part",
            "† tabpfn learnt from 1,000 of 8,000 rows",
            "mlp: timeout: ran longer than 60 seconds",
            "times were taken with up to 1 other job running",
            "",
        ]
    )


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_no_line_of_a_table_is_wider_than_the_screen(width: int) -> None:
    made = rows(
        [
            ok("bank_marketing_drift", "hist_gradient_boosting", fit_s=100.0, n_train_used=5000),
            ok("bank_marketing_drift", "minilm_finetune", peak_vram_bytes=3_000_000_000),
            bad("bank_marketing_drift", "rbf_svm", message="a long message " * 20),
        ]
    )
    text = as_text(made, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "hist" in text
    assert ("not shown at this width: throughput" in text) == (width < 140)


def test_a_terminal_shows_the_words_of_the_plain_table(terminal: Terminal) -> None:
    made = rows([ok(by="hist_gradient_boosting"), bad(by=HOSTILE, message=HOSTILE), ok("b_task")])
    write_tables(made, TITLES, terminal)
    drawn = terminal.getvalue()
    assert "\x1b[1" in drawn
    assert CONTROL.sub("", drawn) == as_text(made, TITLES, width=80)
    assert "\x1b[2J" not in drawn


def test_a_pipe_gets_neither_escapes_nor_a_narrower_table(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    made = rows([ok(by="tabpfn", n_train_used=1000)])
    with path.open("w", encoding="ascii") as stream:
        write_tables(made, TITLES, stream)
    text = path.read_text(encoding="ascii")
    assert "tabpfn *+" in text
    assert "throughput" in text
    assert "\x1b" not in text


def test_sizes_and_origins_stand_in_the_heading() -> None:
    made_up = task(data_origin="synthetic")
    text = as_text(rows([ok(made_up, asked=500, seed=s) for s in (0, 1)]))
    assert "500 training rows; 2 seeds; synthetic data; cpu" in text
