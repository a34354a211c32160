"""Are the site's answers, ranks and axes those that are reckoned by hand?"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from drawsvg import Drawing
from records_by_hand import bad, ok
from site_by_hand import two_tasks

from benchbig.cards import find
from benchbig.site.answers import answers
from benchbig.site.board import board
from benchbig.site.charts.axes import apart
from benchbig.site.charts.cost import cost_figure, front
from benchbig.site.charts.curves import curves_figure
from benchbig.site.charts.draw import SHAPES, bar, picture
from benchbig.site.charts.figure import (
    Figure,
    Frame,
    Mark,
    Scale,
    Tick,
    linear_ticks,
    log_ticks,
)
from benchbig.site.charts.seeds import seeds_figure
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
        ("text", "logreg", 1), ("text", "tabpfn", None),
    ]  # fmt: skip


def test_models_that_tie_share_a_rank_and_half_a_win() -> None:
    records = [ok(by=name, value=0.8) for name in ("logreg", "lightgbm")]
    assert [(one.rank, one.win) for one in standings(board(records, find()).tasks)] == [
        (1, 0.5)
    ] * 2


def test_a_model_that_failed_leaves_nobody_behind_and_alone_has_no_rank() -> None:
    """one: bad alone. two: both failed, beside logreg, which leaves both of two behind."""
    alone = standings(board([bad(by="svm")], find()).tasks)
    assert [(one.rank, one.win, one.tasks, one.failed) for one in alone] == [(None, 0.0, 0, 1)]
    records = [ok(by="logreg"), bad(by="svm"), bad(by="tabpfn")]
    found = standings(board(records, find()).tasks)
    assert [(one.model, one.rank, one.win) for one in found] == [
        ("logreg", 1, 1.0), ("svm", None, 0.0), ("tabpfn", None, 0.0),
    ]  # fmt: skip


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


def test_a_chart_with_no_room_for_all_keeps_the_front_and_says_how_many_it_leaves_out() -> None:
    """75 models, the last of which is the cheapest, and so on the front."""
    records = [
        ok(by=f"m{i:02}", value=0.9 - i / 1000, fit_s=0.1 if i == 74 else 1.0 + i)
        for i in range(75)
    ]
    (task,) = board(records, find()).tasks
    (table,) = task.main
    spoken = language("en")
    figure = cost_figure(spoken, task.metric, table.rows, lambda row: row.fit_s, "fit", str)
    assert figure is not None
    dots = [mark.title for mark in figure.marks if mark.shape == "dot"]
    assert (len(dots), figure.left_out) == (61, 14)
    assert any(told.startswith("m74:") for told in dots)
    values = {row.model: (row.value or 0.0,) for row in table.rows}
    figure = seeds_figure(spoken, task.metric, table.rows, values)
    assert figure is not None
    assert figure.left_out == 35


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
    # Nor do they reach beyond the end: 70 and 30 pixels are 100.
    assert [tick.at for tick in apart(ticks, 100)] == [0, 70]
    assert [tick.at for tick in apart(ticks, 99)] == [0]


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


MARKS = (
    (Mark("dot", "mean f-other", ((10.04, 20),), title="t"), "circle", {"cx": "10", "cy": "20"}),
    (Mark("dot", "m", ((10, 20),), symbol="diamond"), "path",
     {"d": "M10,14 L16,20 L10,26 L4,20 Z"}),
    (Mark("dot", "m", ((10, 20),), symbol="triangle"), "path", {"d": "M10,14 L16,25 L4,25 Z"}),
    (Mark("dot", "m", ((10, 20),), symbol="cross"), "path", {"d": "M5,15 l10,10 m0,-10 l-10,10"}),
    (Mark("dot", "seed", ((10, 20),), symbol="square"), "rect", {"x": "7", "y": "17"}),
    (Mark("bar", "interval", ((1, 2), (3, 2)), title="t"), "path", {"d": "M1,2 L3,2"}),
    (Mark("line", "curve", ((1, 2), (3, 4.5))), "path", {"d": "M1,2 L3,4.5"}),
    (Mark("band", "f", ((1, 2), (3, 2), (3, 5))), "path", {"d": "M1,2 L3,2 L3,5 Z"}),
    (Mark("text", "name", ((1, 2),), text="t", anchor="end"), "text",
     {"x": "1", "text-anchor": "end"}),
)  # fmt: skip


@pytest.mark.parametrize(("mark", "tag", "attributes"), MARKS, ids=lambda value: str(value)[:24])
def test_each_mark_becomes_its_element(mark: Mark, tag: str, attributes: dict[str, str]) -> None:
    """Places to a tenth of a pixel; its classes; what a pointer that rests on it is told."""
    (made,) = ElementTree.fromstring(picture(Figure("", Frame(90, 60), marks=(mark,))))
    assert made.tag == tag
    assert attributes.items() <= made.attrib.items()
    assert mark.look in made.attrib["class"]
    told = [child.text for child in made if child.tag == "title"]
    assert told == ([mark.title] if mark.title else [])


def test_a_cell_is_as_dark_as_its_weight_and_its_words_stand_in_the_middle() -> None:
    mark = Mark("cell", "heat", ((10, 40), (30, 20)), title="t", text="9%", weight=0.75)
    (group,) = ElementTree.fromstring(picture(Figure("", Frame(90, 60), marks=(mark,))))
    box, words = group
    assert [box.attrib[name] for name in ("y", "height", "fill-opacity")] == ["20", "20", "0.75"]
    assert [words.attrib[name] for name in ("x", "y", "class")] == ["20", "34", "label"]


def test_a_chart_says_what_it_is_and_lets_no_markup_in() -> None:
    """Texts are read again by a parser of XML: what comes out is what was put in."""
    text = "\"><script>&amp;'"
    marks = (Mark("text", "label", ((1, 2),), text=text), Mark("dot", "m", ((1, 2),), title=text))
    figure = Figure(text, Frame(90, 60, left=20, bottom=20), text, text, (Tick(30, text),),
                    (Tick(30, text),), marks)  # fmt: skip
    made = ElementTree.fromstring(picture(figure, "pair"))
    assert (made.attrib["role"], made.attrib["class"], made.attrib["viewBox"]) == (
        "img", "pair", "0 0 90 60",
    )  # fmt: skip
    assert made.attrib["aria-label"] == text
    assert [one.text for one in made.iter() if one.text and one.text.strip()] == [text] * 6
    assert "script" not in {one.tag for one in made.iter()}
    assert "\u202e" not in picture(Figure("\u202ea\n", Frame(9, 9)))
    assert picture(figure) == picture(figure)


def test_a_chart_is_what_drawsvg_itself_makes_of_its_elements() -> None:
    """Namespaces and empty definitions aside, which a page does not need."""
    marks = tuple(mark for mark, *_ in MARKS)
    whole = Drawing(90, 60, class_="chart", role="img", aria_label="t")
    whole.extend(SHAPES[mark.shape](mark) for mark in marks)
    text = whole.as_svg(header="")
    for part in (r' xmlns(:xlink)?="[^"]*"', r"<defs>\s*</defs>\s*"):
        text = re.sub(part, "", text)
    made = picture(Figure("t", Frame(90, 60), marks=marks))
    assert re.sub(r"\s+", " ", made) == re.sub(r"\s+", " ", text)


def test_a_bar_is_as_long_as_its_share() -> None:
    (box,) = ElementTree.fromstring(bar(0.12345))
    assert (box.attrib["width"], box.attrib["height"]) == ("12.35", "10")
