"""A store is judged: contenders, gains, what is said of few seeds and tasks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from records_by_hand import HEX
from stores_by_hand import add, churn_and_faults

from benchbig import store
from benchbig.cards import find
from benchbig.errors import BenchError
from benchbig.site.answer_words import sentences
from benchbig.site.answer_words import told as pages_told
from benchbig.site.answers import answers
from benchbig.site.board import board
from benchbig.site.findings import finding
from benchbig.site.language import language
from benchbig.verdict import limits
from benchbig.verdict.judge import Settings, judge
from benchbig.verdict.result import ADOPT, KEEP, UNSURE

PUBLISHED = Path(__file__).resolve().parents[1] / "results"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return churn_and_faults(tmp_path)


def asked(**facts: object) -> Settings:
    return Settings(limits=limits.Limits(**facts))


def test_a_store_is_judged_task_by_task(folder):
    found = {one.task: one for one in judge(folder, find()).tasks}
    assert found["churn"].verdict == ADOPT
    assert found["churn"].choice == "bert"
    assert found["churn"].gain.value == pytest.approx(
        found["churn"].large.value - found["churn"].classical.value
    )
    assert found["faults"].verdict == KEEP
    assert found["churn"].ratios.latency == pytest.approx(90 / 0.21)
    assert found["churn"].gain.p_holm >= found["churn"].gain.p


def test_contenders_are_chosen_on_the_validation_part(tmp_path):
    """svm is better on the test part, logreg on the validation part: logreg stands."""
    add(tmp_path, "churn", "logreg", 0.7, valid_value=0.8)
    add(tmp_path, "churn", "svm", 0.9, valid_value=0.7)
    add(tmp_path, "churn", "bert", 0.9, family="pretrained")
    (one,) = judge(tmp_path, find()).tasks
    assert one.classical.model == "logreg"
    assert one.classical.chosen_from == 2


@pytest.mark.parametrize(("valid_value", "named"), [(0.95, "lstm"), (0.85, None)])
def test_a_network_from_scratch_that_beats_both_is_named(tmp_path, valid_value, named):
    """It is no contender of the verdict, and who reads "adopt large" must hear of it."""
    add(tmp_path, "churn", "logreg", 0.7, valid_value=0.7)
    add(tmp_path, "churn", "bert", 0.9, valid_value=0.9, family="pretrained")
    add(tmp_path, "churn", "lstm", 0.8, valid_value=valid_value, family="neural")
    (one,) = judge(tmp_path, find()).tasks
    assert one.verdict == ADOPT
    assert (one.scratch.model if one.scratch else None) == named
    assert ("lstm, trained from scratch" in "; ".join(one.notes)) == (named is not None)


def test_without_two_contenders_no_network_is_ahead_of_both(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7)
    add(tmp_path, "churn", "lstm", 0.8, family="neural")
    assert judge(tmp_path, find()).tasks[0].scratch is None


def test_a_family_that_goes_on_alone_to_more_rows_is_named(tmp_path):
    """The large model wins at 100 rows; who has all of them must hear what the other does there."""
    add(tmp_path, "churn", "logreg", 0.6, asked=100)
    add(tmp_path, "churn", "bert", 0.9, asked=100, family="pretrained")
    add(tmp_path, "churn", "logreg", 0.7)
    (one,) = judge(tmp_path, find()).tasks
    assert (one.verdict, one.overtaken) == (ADOPT, False)
    assert (one.beyond.model, one.beyond.value) == ("logreg", pytest.approx(0.7, abs=0.03))
    assert any("rows logreg reaches" in note for note in one.notes)
    (shown,) = board(store.latest(tmp_path), find()).tasks
    assert [table.asked for table in shown.main] == [100]  # the pages rank at the verdict's size
    (answer,) = answers(board(store.latest(tmp_path), find()), {"churn": finding(one, "USD", "")})
    assert (answer.classical.n_train, answer.large.n_train) == (100, 100)
    add(tmp_path, "churn", "bert", 0.95, family="pretrained")
    assert judge(tmp_path, find()).tasks[0].beyond is None
    (shown,) = board(store.latest(tmp_path), find()).tasks
    assert [table.asked for table in shown.main] == [0]


def test_a_large_model_that_all_rows_draw_level_with_is_not_adopted(tmp_path):
    """Who has all rows would pay for nothing that is sure."""
    add(tmp_path, "churn", "logreg", 0.7, asked=100)
    add(tmp_path, "churn", "bert", 0.8, asked=100, family="pretrained")
    add(tmp_path, "churn", "logreg", 0.8)
    (one,) = judge(tmp_path, find()).tasks
    assert (one.verdict, one.choice, one.overtaken) == (UNSURE, None, False)
    assert one.why.startswith("at 100 training rows bert is better by")
    assert "; but logreg goes on to " in one.why
    assert one.why.endswith("which may be chance or less than matters")
    assert not any("logreg reaches" in note for note in one.notes)  # said already


def test_who_learns_from_more_rows_and_is_then_better_is_the_answer(tmp_path):
    """The large model wins at 100 rows, and cannot be given more; logreg can, and then wins."""
    add(tmp_path, "churn", "logreg", 0.7, asked=100)
    add(tmp_path, "churn", "bert", 0.8, asked=100, family="pretrained")
    add(tmp_path, "churn", "logreg", 0.9)
    (one,) = judge(tmp_path, find()).tasks
    assert (one.verdict, one.choice, one.overtaken) == (KEEP, "logreg", True)
    assert one.gain.value == pytest.approx(0.1, abs=0.03)  # at equal rows
    assert one.why.startswith("at 100 training rows bert is better by")
    assert "; but logreg goes on to " in one.why
    assert not any("logreg reaches" in note for note in one.notes)
    told = finding(one, "USD", "2026-01-01")
    (answer,) = answers(board(store.latest(tmp_path), find()), {"churn": told})
    said = sentences(language("en"), answer, told)
    assert said[0].startswith("On the same test examples bert did better than logreg by")
    assert said[-1].startswith("But logreg goes on to ")
    shown = pages_told(language("en"), answer)["finding"]
    assert re.fullmatch(r"logreg with [\d,]+ rows: 9\d\.\d%", shown["for"])
    said = sentences(language("en"), answer, replace(told, gain=0.0001))
    assert said[0].startswith("On the same test examples bert and logreg did equally well [")


def test_costs_of_two_machines_are_marked(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7)
    add(tmp_path, "churn", "bert", 0.8, family="pretrained")
    (answer,) = answers(board(store.latest(tmp_path), find()), {})
    costs = pages_told(language("en"), answer)["costs"]
    assert [line.split()[0] for line in costs] == ["fit", "prediction", "memory"]
    for path in (tmp_path / "records").glob("*/bert.jsonl"):
        path.write_text(path.read_text().replace(HEX, HEX[::-1]))
    (answer,) = answers(board(store.latest(tmp_path), find()), {})
    assert pages_told(language("en"), answer)["costs"] == [*costs, "(machines differ)"]
    alone = [record for record in store.latest(tmp_path) if record["model"] == "bert"]
    (answer,) = answers(board(alone, find()), {})
    assert pages_told(language("en"), answer)["costs"] == []


def test_what_learns_nothing_is_not_said_to_go_on_to_more_rows(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, asked=100)
    add(tmp_path, "churn", "bert", 0.8, asked=100, family="pretrained")
    add(tmp_path, "churn", "told", 0.9, family="pretrained", adaptation="zero_shot")
    (one,) = judge(tmp_path, find()).tasks
    assert one.beyond is None
    assert one.large.model == "told"


def test_the_size_that_counts_is_one_at_which_the_large_family_learnt(tmp_path):
    """What learns nothing stands at all rows as well; the fine-tuned one was measured at 100."""
    add(tmp_path, "churn", "logreg", 0.7, asked=100)
    add(tmp_path, "churn", "logreg", 0.75)
    add(tmp_path, "churn", "bert", 0.9, valid_value=0.9, asked=100, family="pretrained")
    add(tmp_path, "churn", "told", 0.6, valid_value=0.6, family="pretrained",
        adaptation="zero_shot")  # fmt: skip
    (one,) = judge(tmp_path, find()).tasks
    assert (one.classical.n_train, one.large.model) == (100, "bert")
    add(tmp_path, "faults", "logreg", 0.7)
    add(tmp_path, "faults", "told", 0.6, family="pretrained", adaptation="zero_shot")
    assert judge(tmp_path, find()).tasks[-1].large.model == "told"


def test_seeds_budgets_and_machines_that_differ_are_said(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, seeds=(0, 1, 2))
    add(tmp_path, "churn", "bert", 0.9, seeds=(0,), family="pretrained")
    notes = "; ".join(judge(tmp_path, find()).tasks[0].notes)
    assert "the gain is of the 1 seed that both have" in notes
    assert "different budgets" not in notes
    assert "different machines" not in notes
    tuning = {"trials": 99, "seconds": 9.0, "stopped_by": "trials", "budget_trials": 99,
              "budget_seconds": 40.0, "tried": []}  # fmt: skip
    add(tmp_path, "faults", "logreg", 0.7, seeds=(0, 1), env="a" * 16, tuning=tuning)
    add(tmp_path, "faults", "bert", 0.9, seeds=(0,), env="a" * 16, family="pretrained")
    add(tmp_path, "faults", "bert", 0.9, seeds=(1,), env="b" * 16, family="pretrained")
    one = judge(tmp_path, find()).tasks[-1]
    assert "their searches had different budgets" in "; ".join(one.notes)
    assert "measured on different machines" in "; ".join(one.notes)
    assert not one.ratios.same_machine


def test_one_seed_and_one_task_are_said_to_be_little(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, seeds=(0,))
    add(tmp_path, "churn", "bert", 0.9, seeds=(0,), family="pretrained")
    found = judge(tmp_path, find())
    assert "one seed" in found.tasks[0].notes[0]
    assert found.tasks[0].verdict == ADOPT
    assert "one task" in found.overall.notes[0]


def test_only_seeds_that_both_have_are_compared(tmp_path):
    add(tmp_path, "churn", "logreg", 0.7, seeds=(0, 1))
    add(tmp_path, "churn", "bert", 0.9, seeds=(1, 2), family="pretrained")
    assert judge(tmp_path, find()).tasks[0].gain.seeds == 1
    other = tmp_path / "other"
    add(other, "churn", "logreg", 0.7, seeds=(0,))
    add(other, "churn", "bert", 0.9, seeds=(1,), family="pretrained")
    (one,) = judge(other, find()).tasks
    assert one.gain is None
    assert "no seed on the same test examples" in one.why


def test_missing_predictions_are_said(folder):
    for path in (folder / "predictions").glob("[0-9a-f]*.npz"):
        path.unlink()
    with pytest.raises(BenchError, match="benchbig check"):
        judge(folder, find())


def test_an_answer_is_plain_json_and_the_same_each_time(folder):
    first, second = (json.dumps(judge(folder, find()).as_dict(), allow_nan=False) for _ in "ab")
    assert first == second


def test_the_published_records_have_a_gain_on_every_task():
    """Real predictions: each value of a contender is the record's, each gain their difference."""
    found = judge(PUBLISHED, find(), suite="finance")
    assert len(found.tasks) == 5
    for one in found.tasks:
        gain = one.large.value - one.classical.value
        assert one.gain.value == pytest.approx(gain if one.higher_is_better else -gain)
        assert one.gain.low < one.gain.value < one.gain.high
