"""Over all tasks: regret and tests by hand; duels as the leaderboard counts them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from stores_by_hand import add

from benchbig import store
from benchbig.cards import find
from benchbig.site.board import board
from benchbig.site.ranking import standings
from benchbig.tables.overview import markdown_overview
from benchbig.tables.rows import rows
from benchbig.verdict.judge import judge
from benchbig.verdict.overall import _friedman, _wilcoxon
from benchbig.verdict.regret import ScaledGain, regrets


def test_regret_is_what_the_other_would_have_brought():
    """Gains .4 and -.2 of the span: always classical misses .2 on average, always large .1."""
    gains = [ScaledGain("a", "x", 0.4, 0.0, 0.04), ScaledGain("b", "y", -0.2, 0.0, -0.01)]
    found = {(one.sector, one.rule): one for one in regrets(gains)}
    assert found["all", "always classical"].value == pytest.approx(0.2)
    assert found["all", "always large"].value == pytest.approx(0.1)
    assert found["x", "always large"].value == 0
    assert found["x", "always large"].worst_task is None
    assert found["y", "always large"].worst_loss == pytest.approx(0.01)
    assert regrets([]) == ()


def test_tests_over_tasks_need_enough_of_them():
    gains = [0.1, 0.2, 0.05, 0.3, 0.15, 0.12]
    assert _wilcoxon(gains) == pytest.approx(2 / 2**6)  # all on one side: two of 64 signs
    assert _wilcoxon(gains[:5]) is None
    assert _wilcoxon([0.0] * 6) is None
    ranked = np.array([[3.0, 2, 1]] * 4)
    # 12 / (n k (k + 1)) sum R^2 - 3 n (k + 1) = 12 / 48 * (12^2 + 8^2 + 4^2) - 48 = 8.
    assert _friedman(ranked) == pytest.approx(math.exp(-8 / 2))
    assert _friedman(ranked[:2]) is None
    assert _friedman(np.empty((4, 0))) is None


def test_the_leaderboard_counts_duels_as_compare_does():
    """Where a model's tasks are all of one modality: that is where the leaderboard ranks it.

    Only the intervals differ: the page's are Student's over its tasks, as its script can work
    them out again under filters; compare's are a bootstrap over tasks, seeds and examples.
    """
    results = Path(__file__).resolve().parents[1] / "results"
    there = {one.name: one for one in judge(results, find()).overall.models}
    shown = standings(board(store.latest(results), find()).tasks)
    same = [one for one in shown if there[one.model].tasks == one.tasks]
    assert len(same) >= 10
    for one in same:
        assert one.win == pytest.approx(there[one.model].wins), one.model


def test_a_model_on_two_devices_is_two_contenders_on_every_task(tmp_path: Path) -> None:
    """On one task it ran on both, on the other on a CPU alone."""
    for task in ("churn", "faults"):
        add(tmp_path, task, "logreg", 0.7)
        add(tmp_path, task, "bert", 0.8, family="pretrained")
    add(tmp_path, "churn", "bert", 0.8, family="pretrained", device="A card")
    found = judge(tmp_path, find()).overall.models
    assert {one.name: one.tasks for one in found} == {
        "logreg": 2, "bert (cpu)": 2, "bert (A card)": 1,
    }  # fmt: skip


def test_the_overview_has_a_line_a_task_whatever_the_devices(tmp_path: Path) -> None:
    add(tmp_path, "churn", "logreg", 0.7)
    add(tmp_path, "churn", "bert", 0.9, family="pretrained", device="A card")
    add(tmp_path, "churn", "small", 0.6, valid_value=0.6, family="pretrained")
    lines = markdown_overview(rows(store.results(store.latest(tmp_path)))).splitlines()
    assert len(lines) == 3
    assert "| logreg " in lines[2]
    assert "| bert " in lines[2]
