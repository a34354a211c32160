"""Do sorting, filters, languages, themes, links and the keyboard work in a real browser?"""

# ruff: noqa: F811 - pytest finds fixtures by the names they are imported under
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from records_by_hand import bad, task
from site_by_hand import filed, two_tasks
from watched import Page, Watched, browser, site, watched  # noqa: F401 - fixtures

from benchbig import store
from benchbig.cards import find
from benchbig.metrics.names import ABSENT
from benchbig.site.board import board
from benchbig.site.build import build
from benchbig.site.language import language
from benchbig.site.ranking import standings
from benchbig.verdict.contenders import CLASSICAL, LARGE, chosen
from benchbig.verdict.judge import licences
from benchbig.verdict.limits import Limits, apply

ROOT = Path(__file__).resolve().parents[1]
UNROLL = """() => {
  document.getElementById("ranking-table").style.maxHeight = "none";
  window.dispatchEvent(new Event("resize"));
}"""


def ranking(page: Page) -> list[str]:
    return page.locator("#ranking-table tbody th").all_inner_texts()


def test_the_script_ranks_as_the_build_does(watched: Watched) -> None:
    page = watched.open("index.html")
    lines = standings(board(store.latest(ROOT / "results"), find()).tasks)
    spoken = language("en")
    page.evaluate(UNROLL)  # else only the lines in sight are in the page
    page.wait_for_function(
        f"document.querySelectorAll('#ranking-table tbody tr:not(.space)').length == {len(lines)}"
    )
    cells = page.locator("#ranking-table tbody tr:not(.space)").all()
    for line, row in zip(lines, cells, strict=True):
        shown = [text.strip() for text in row.locator("th, td").all_inner_texts()]
        assert shown[1:3] == [str(line.rank), line.model]
        assert shown[5].startswith(spoken.share(line.win))
        if line.low is not None and line.high is not None:
            low, high = (spoken.share(end).rstrip("%") for end in (line.low, line.high))
            assert shown[5].endswith(f"[{low}, {high}]")
        assert shown[6:9] == [str(line.first), str(line.tasks), str(line.failed)]
        assert shown[9:12] == [spoken.seconds(line.fit_s), spoken.milliseconds(line.latency_ms),
                               spoken.size(line.rss)]  # fmt: skip


def test_the_script_ranks_no_model_that_only_failed(browser: Any, tmp_path: Path) -> None:
    """svm is alone on its task and fails there; tabpfn fails on intents, its only one of texts."""
    records = [*two_tasks(), bad(of=task("alone", modality="image"), by="svm")]
    build(filed(tmp_path / "store", records), tmp_path / "out", find())
    one = Watched(browser, tmp_path / "out")
    rows = one.open("index.html").locator("#ranking-table tbody tr:not(.space)").all()
    shown = [row.locator("th, td").all_inner_texts() for row in rows]
    found = {(cells[0].strip(), cells[2].strip()): cells[1].strip() for cells in shown}
    assert found == {
        ("tables", "tabpfn"): "1", ("tables", "logreg"): "2", ("tables", "majority"): "3",
        ("text", "logreg"): "1", ("text", "tabpfn"): ABSENT, ("images", "svm"): ABSENT,
    }  # fmt: skip
    one.context.close()
    assert one.wrong == []


def test_titles_are_in_the_language_of_the_page(watched: Watched) -> None:
    """By the build on the task's page, by the script in tables, filters and records."""
    assert (
        watched.open("zh/tasks/card_fraud.html").locator("h1").inner_text().startswith("信用卡欺诈")
    )
    page = watched.open("zh/results.html#search=信用卡")
    assert set(page.locator("#results-table a.task").all_inner_texts()) == {"信用卡欺诈"}
    assert "信用卡欺诈" in page.locator("select[name=task] option").all_inner_texts()
    page = watched.open("zh/record.html#t=card_fraud&m=tabpfn&n=0&d=cpu")
    assert page.locator("h1").inner_text() == "tabpfn · 信用卡欺诈"
    page = watched.open("results.html#search=fraud")
    assert set(page.locator("#results-table a.task").all_inner_texts()) == {"Card fraud"}


def test_numbers_are_written_by_script_as_by_the_build(watched: Watched) -> None:
    page = watched.open("zh/index.html")
    spoken = language("zh")
    values = [10 ** (power / 4) for power in range(-24, 32)]
    ours = [[spoken.seconds(v), spoken.milliseconds(v), spoken.size(v), spoken.rate(v),
             spoken.ratio(v)] for v in values]  # fmt: skip
    script = """(values) => values.map(v => [benchbig.seconds(v), benchbig.milliseconds(v),
        benchbig.size(v), benchbig.rate(v), benchbig.ratio(v)])"""
    assert page.evaluate(script, values) == ours


def test_a_limit_changes_the_winners_and_lives_in_the_address(watched: Watched) -> None:
    page = watched.open("index.html")
    line = page.locator("tr.answer", has_text="Bank customer intents")
    assert "minilm_finetune" in line.inner_text()
    before = line.inner_html()
    page.locator("#filters summary").click()
    page.locator("input[name=latency]").fill("1")
    left = ranking(page)
    assert "lightgbm" in left
    assert "tabpfn" not in left
    assert not line.is_visible() or "none under these limits" in line.inner_text()
    assert "latency=1" in page.url
    again = watched.open(f"index.html{page.url[page.url.index('#') :]}")
    assert again.locator("input[name=latency]").input_value() == "1"
    again.locator("#filters button[type=reset]").click()
    again.wait_for_url(lambda url: "latency" not in url)
    assert line.inner_html() == before


BUDGETS = (
    ("latency=20", Limits(latency_ms=20)),
    ("latency=0.6", Limits(latency_ms=0.6)),
    ("memory=0.5", Limits(memory_bytes=0.5e9)),
    ("size=1", Limits(params=1e6)),
    ("nogpu=1", Limits(gpu=False)),
    ("latency=20&memory=1&nogpu=1", Limits(latency_ms=20, memory_bytes=1e9, gpu=False)),
)


@pytest.mark.parametrize(("address", "limits"), BUDGETS, ids=lambda value: str(value)[:20])
def test_a_budget_chooses_on_the_page_whom_compare_chooses(
    watched: Watched, address: str, limits: Limits
) -> None:
    shown = board(store.latest(ROOT / "results"), find())
    page = watched.open(f"index.html#{address}")
    for index, one in enumerate(shown.tasks):
        rows = [row for table in one.main for row in table.rows]
        kept, _ = apply(rows, limits, licences(find()))
        line = page.locator(f"tr.answer[data-task='{index}']")
        assert line.is_visible() == bool(kept)
        for side, family in (("classical", CLASSICAL), ("large", LARGE)):
            best = chosen(kept, family)
            cell = line.locator(f".c-{side}")
            if kept and best:
                assert cell.locator("a.model").inner_text() == best.model, one.name
            elif kept:
                assert "none under these limits" in cell.inner_text()


def test_a_family_that_is_filtered_out_leaves_its_side_empty(watched: Watched) -> None:
    page = watched.open("index.html#family=classical")
    assert page.locator("tr.answer .c-large").first.inner_text().strip().endswith(
        "none under these limits")  # fmt: skip
    families = set(page.locator("#ranking-table tbody td:nth-of-type(3)").all_inner_texts())
    assert families == {"classical"}
    assert page.locator("#answers-note").is_visible()


def test_any_column_sorts_both_ways_by_keyboard_and_by_link(watched: Watched) -> None:
    page = watched.open("results.html")
    page.locator("#results-table thead button", has_text="Fit").focus()
    page.keyboard.press("Enter")
    head = page.locator("#results-table thead th", has_text="Fit")
    assert head.get_attribute("aria-sort") == "ascending"
    assert "sort=fit" in page.url
    first = page.locator("#results-table tbody tr:not(.space)").first.inner_text()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#results-table tbody tr:not(.space)").first.inner_text() != first
    linked = watched.open("results.html#sort=model&search=tabpfn")
    models = linked.locator("#results-table a.model").all_inner_texts()
    assert models
    assert set(models) == {"tabpfn"}
    assert linked.locator("#results-table thead th[aria-sort]").inner_text().startswith("Model")


def test_the_keyboard_walks_through_all_rows_of_a_long_table(watched: Watched) -> None:
    """Rows out of sight are not in the page; who tabs on brings them and keeps the link."""
    page = watched.open("results.html")
    row = "() => Number(document.activeElement.closest('tr')?.getAttribute('aria-rowindex') || 0)"
    page.locator("#results-table tbody a").first.focus()
    before = page.evaluate(row)
    walked = []
    for _ in range(180):  # three links a row or so
        page.keyboard.press("Tab")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
        walked.append(page.evaluate(row))
    assert walked == sorted(walked)
    assert walked[-1] > before + 40


def test_the_language_switch_keeps_the_page_and_its_state(watched: Watched) -> None:
    page = watched.open("results.html#family=classical&sort=-value")
    page.locator("a.language").click()
    page.wait_for_selector("html[data-ready=yes]")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "zh/results.html#" in page.url
    assert "family=classical" in page.url
    assert page.locator("h1").inner_text() == "全部结果"
    assert page.locator("#results-table [aria-sort=descending]").inner_text().startswith("数值")


def test_the_theme_button_goes_round_and_stays(watched: Watched) -> None:
    page = watched.open("index.html")
    button = page.locator("button.theme")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    button.click()
    assert button.inner_text() == "Theme: light"
    button.click()
    dark = page.evaluate(paper)
    assert dark != light
    watched.open("method.html")
    assert page.evaluate(paper) == dark


def test_a_row_opens_its_record(watched: Watched) -> None:
    page = watched.open("tasks/card_fraud.html")
    page.locator("table.rows tbody tr", has_text="tabpfn").locator("a.open").click()
    page.wait_for_selector("html[data-ready=yes]")
    text = page.locator("main").inner_text()
    for part in ("benchbig run --task card_fraud --model tabpfn", "sha256", "git_commit", "Seed 2"):
        assert part in text
    missing = watched.open("record.html#t=../../secret&m=x")
    assert "no such record" in missing.locator("main").inner_text()


def test_the_keyboard_reaches_everything_from_the_top(watched: Watched) -> None:
    page = watched.open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = []
    links = page.evaluate("document.querySelectorAll('.answers a').length")
    for _ in range(links + 20):  # those of every published task, and what stands above and below
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
    told = "".join(seen)
    for part in ('class="brand"', 'class="language"', 'class="theme"', "<summary", 'class="task"',
                 'id="ranking-table"', "<button"):  # fmt: skip
        assert part in told, part
