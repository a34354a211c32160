"""Are the site's answers, ranks and axes those that are reckoned by hand?"""

from __future__ import annotations

import pytest
from records_by_hand import ok
from site_by_hand import two_tasks

from benchbig.cards import find
from benchbig.site.answers import answers
from benchbig.site.board import board
from benchbig.site.charts.axes import apart
from benchbig.site.charts.cost import front
from benchbig.site.charts.curves import curves_figure
from benchbig.site.charts.figure import Scale, Tick, linear_ticks, log_ticks
from benchbig.site.language import language
from benchbig.site.ranking import standings


def test_win_rates_are_those_reckoned_by_hand() -> None:
    """card_fraud: tabpfn beats 2 of 2, logreg 1, majority none. intents: logreg beats the failed
    one. So tabpfn (1 + 0) / 2, logreg (0.5 + 1) / 2, majority 0; t(1 degree) = 12.706, and the
    half widths 12.706 * sd / sqrt(2) reach past [0, 1].
    """
    alike = [{**record, "modality": "tabular"} for record in two_tasks()]
    found = {one.model: one for one in standings(board(alike, find()).tasks)}
    told = [(name, one.rank, one.win) for name, one in found.items()]
    assert told == [("logreg", 1, 0.75), ("tabpfn", 2, 0.5), ("majority", 3, 0.0)]
    assert (found["logreg"].low, found["logreg"].high) == (0.0, 1.0)
    assert (found["majority"].low, found["majority"].high) == (None, None)
    counts = [(one.tasks, one.failed, one.first) for one in found.values()]
    assert counts == [(2, 0, 1), (1, 1, 1), (1, 0, 0)]


def test_models_are_ranked_within_each_kind_of_data() -> None:
    found = standings(board(two_tasks(), find()).tasks)
    assert [(one.modality, one.model, one.rank) for one in found] == [
        ("tabular", "tabpfn", 1), ("tabular", "logreg", 2), ("tabular", "majority", 3),
        ("text", "logreg", 1), ("text", "tabpfn", 2),
    ]  # fmt: skip


def test_models_that_tie_share_a_rank_and_half_a_win() -> None:
    records = [ok(by=name, value=0.8) for name in ("logreg", "lightgbm")]
    assert [(one.rank, one.win) for one in standings(board(records, find()).tasks)] == [
        (1, 0.5)
    ] * 2


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    shown = board(
        [
            ok(by=m, value=v, fit_s=s)
            for m, v, s in (("a", 0.7, 1.0), ("b", 0.8, 2.0), ("c", 0.75, 3.0), ("d", 0.9, 4.0))
        ],
        find(),
    )
    pairs = [(row.fit_s or 0.0, row) for row in shown.rows]
    assert [row.model for _, row in front(pairs, higher=True)] == ["a", "b", "d"]
    assert [row.model for _, row in front(pairs, higher=False)] == ["a"]


def test_answers_name_the_best_on_the_validation_part() -> None:
    records = [
        ok(by="logreg", value=0.80, valid_value=0.90),
        ok(by="lightgbm", value=0.82, valid_value=0.85),
        ok(by="tabpfn", value=0.85, fit_s=32.0),
    ]
    (answer,) = answers(board(records, find()), {})
    assert (answer.classical.model, answer.large.model) == ("logreg", "tabpfn")
    assert answer.difference == pytest.approx(0.05)
    assert answer.ratio("fit_s") == pytest.approx(10.0)


def test_the_largest_size_of_each_device_speaks_for_a_task() -> None:
    records = [ok(asked=100), ok(asked=1000), ok(), ok(asked=100, device="H100")]
    (one,) = board(records, find()).tasks
    assert [(t.asked, t.device) for t in one.main] == [(0, "cpu"), (100, "H100")]


def test_axes_have_round_ticks_and_hold_what_lies_beyond() -> None:
    assert linear_ticks(0.41, 0.83) == pytest.approx([0.5, 0.6, 0.7, 0.8])
    assert log_ticks(0.5, 2000) == pytest.approx([1, 10, 100, 1000])
    assert log_ticks(1, 60) == pytest.approx([1, 2, 5, 10, 20, 50])
    scale = Scale(1, 100, 0, 200, log=True)
    assert [scale.at(v) for v in (1, 10, 100, 1000)] == [0, 100, 200, 200]


def test_labels_of_ticks_do_not_touch() -> None:
    """Six pixels a letter: labels of ten letters reach 30 pixels to both sides."""
    ticks = [Tick(at, "x" * 10) for at in (0, 50, 65, 70, 135)]
    # 0 reaches to 30, and six more stay free: the next may start at 36, so stand at 66 or beyond.
    assert [tick.at for tick in apart(ticks)] == [0, 70]
    assert [tick.at for tick in apart([*ticks, Tick(136, "x" * 10)])] == [0, 70, 136]


def test_curves_show_each_size_and_where_the_lead_changes() -> None:
    """Sizes 100, 1,000 and all 8,000; the majority, which learns nothing, is left out."""
    records = [
        ok(by=name, asked=asked, value=value)
        for name, values in (("logreg", (0.6, 0.7, 0.8)), ("tabpfn", (0.5, 0.7, 0.9)),
                             ("majority", (0.1, 0.1, 0.1)))
        for asked, value in zip((100, 1000, 0), values, strict=True)
    ]  # fmt: skip
    (task,) = board(records, find()).tasks
    figure = curves_figure(language("en"), task.metric, task.rows, (1000, 500, 2000, "from here"))
    assert figure is not None
    lines = [mark for mark in figure.marks if mark.shape == "line" and "curve" in mark.look]
    assert [len(mark.points) for mark in lines] == [3, 3]
    (mark,) = (one for one in figure.marks if one.look == "crossover" and one.shape == "line")
    middle = lines[0].points[1][0]  # where both are at 1,000 rows
    assert [x for x, _ in mark.points] == [middle, middle]
    (band,) = (one for one in figure.marks if one.shape == "cell")
    assert band.points[0][0] < middle < band.points[1][0]
    names = [one.text for one in figure.marks if one.shape == "text"]
    assert set(names) == {"logreg", "tabpfn", "from here"}


def test_a_model_that_learns_nothing_is_a_level_line_over_all_sizes() -> None:
    """Run once, on all rows; without another model's curve there is nothing to draw it along."""
    asked = {**ok(by="tabpfn", value=0.75), "adaptation": "zero_shot"}
    others = [ok(by="logreg", asked=size, value=0.8) for size in (100, 1000, 0)]
    (task,) = board([asked, *others], find()).tasks
    figure = curves_figure(language("en"), task.metric, task.rows)
    assert figure is not None
    lines = [mark for mark in figure.marks if mark.shape == "line" and "curve" in mark.look]
    curve, level = sorted(lines, key=lambda mark: -len(mark.points))
    assert (len(curve.points), len(level.points)) == (3, 2)
    assert [x for x, _ in level.points] == [curve.points[0][0], curve.points[-1][0]]
    assert level.points[0][1] == level.points[1][1] > curve.points[0][1]  # downwards: 0.75 < 0.8
    (task,) = board([asked, others[-1]], find()).tasks
    assert curves_figure(language("en"), task.metric, task.rows) is None
