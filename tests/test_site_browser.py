"""Does the site work in a real browser, from plain files, with the network off?

Needs the extra `browser` and Chromium (Debian: `apt-get install chromium`; another one by
BENCHBIG_CHROMIUM=/path); without them these tests are skipped and say so.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from records_by_hand import bad, model, ok, task
from test_site import HOSTILE, filed, two_tasks

from benchbig import store
from benchbig.cards import find
from benchbig.site.board import board
from benchbig.site.build import build
from benchbig.site.language import language
from benchbig.site.ranking import standings

playwright = pytest.importorskip("playwright.sync_api", reason="needs benchbig[browser]")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs benchbig[browser]")
CHROMIUM = os.environ.get("BENCHBIG_CHROMIUM") or shutil.which("chromium")
if not CHROMIUM:
    pytest.skip("needs Chromium: apt-get install chromium", allow_module_level=True)
ROOT = Path(__file__).resolve().parents[1]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
Page = Any
PAGES = (
    "index.html", "results.html", "method.html", "downloads.html",
    "tasks/card_fraud.html", "models/tabpfn.html", "record.html#t=card_fraud&m=tabpfn&n=0&d=cpu",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the published records where they are there, else of a few by hand."""
    folder = tmp_path_factory.mktemp("site")
    results = ROOT / "results"
    if not (results / "records").is_dir():
        results = filed(folder / "store", two_tasks())
    build(results, folder / "out", find())
    return folder / "out"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


class Watched:
    """A page that keeps what went wrong in it: console errors, exceptions, requests."""

    def __init__(self, browser: Any, site: Path, width: int = 1280, theme: str = "light") -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=theme, offline=True,
            reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.site = site
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("requestfailed", lambda request: self.wrong.append(request.url))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith(f"file://{self.site}"):
            self.wrong.append(f"asked for {request.url}")

    def open(self, name: str) -> Page:
        """The page, once its script is done with it."""
        self.page.goto(f"file://{self.site}/{name}")
        if re.match(r"(zh/)?(index|results|record)\.html", name):
            self.page.wait_for_selector("html[data-ready=yes]")
        return self.page


@pytest.fixture
def watched(browser: Any, site: Path) -> Iterator[Watched]:
    one = Watched(browser, site)
    yield one
    one.context.close()
    assert one.wrong == []


def ranking(page: Page) -> list[str]:
    return page.locator("#ranking-table tbody th").all_inner_texts()


@pytest.mark.parametrize(("folder", "theme"), [("", "light"), ("", "dark"), ("zh/", "light")])
def test_every_page_loads_clean_fits_a_phone_and_is_accessible(
    browser: Any, site: Path, folder: str, theme: str
) -> None:
    one = Watched(browser, site, width=360, theme=theme)
    for name in PAGES if theme == "light" else PAGES[::4]:
        page = one.open(folder + name)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{folder}{name} is {wide} pixels wide"
        # Without preload: axe would ask for the style again, which the page's policy refuses.
        found = axe.Axe().run(page, options={"preload": False}).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        told = [(v["id"], v["nodes"][0]["html"][:200], v["nodes"][0].get("failureSummary"))
                for v in serious]  # fmt: skip
        assert not told, f"{folder}{name}"
    one.context.close()
    assert one.wrong == []


def test_the_script_ranks_as_the_build_does(watched: Watched) -> None:
    page = watched.open("index.html")
    lines = standings(board(store.latest(ROOT / "results"), find()).tasks)
    spoken = language("en")
    cells = page.locator("#ranking-table tbody tr:not(.space)").all()
    assert len(cells) == len(lines)
    for line, row in zip(lines, cells, strict=True):
        shown = [text.strip() for text in row.locator("th, td").all_inner_texts()]
        assert shown[1:3] == [str(line.rank), line.model]
        assert shown[5].startswith(spoken.share(line.win))
        if line.low is not None and line.high is not None:
            assert shown[5].endswith(f"[{100 * line.low:.0f}, {100 * line.high:.0f}]")
        assert shown[6:9] == [str(line.first), str(line.tasks), str(line.failed)]
        assert shown[9:12] == [spoken.seconds(line.fit_s), spoken.milliseconds(line.latency_ms),
                               spoken.size(line.rss)]  # fmt: skip


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
    again.wait_for_function("!location.hash.includes('latency')")
    assert line.inner_html() == before


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
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
    told = "".join(seen)
    for part in ('class="brand"', 'class="language"', 'class="theme"', "<summary", 'class="task"',
                 'id="ranking-table"', "<button"):  # fmt: skip
        assert part in told, part


def test_without_script_the_answers_and_charts_still_show(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(f"file://{site}/index.html")
    assert page.locator("tr.answer").count() >= 1
    assert page.locator("#ranking-table tbody tr").count() >= 5
    page.goto(f"file://{site}/tasks/card_fraud.html")
    assert page.locator("svg.chart").count() >= 3
    page.goto(f"file://{site}/results.html")
    assert page.locator("noscript").inner_text()
    context.close()


def test_hostile_names_show_as_text(browser: Any, tmp_path: Path) -> None:
    records = []
    for name in HOSTILE:
        one = ok(of=task(name, licence=name, metric="accuracy"), by=model(name), command=name)
        two = bad(of=task(name), by=model("tabpfn"), message=name)
        records += [{**one, "warnings": [name], "device": name, "metric": "average_precision"},
                    {**two, "device": name}]  # fmt: skip
    build(filed(tmp_path / "store", records), tmp_path / "out", find())
    one = Watched(browser, tmp_path / "out", width=360)
    one.page.on("dialog", lambda dialog: one.wrong.append(f"dialog {dialog.message}"))
    names = [
        p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").glob("*/x-*.html")
    ]
    assert len(names) >= len(HOSTILE)
    first = next(name for name in names if name.startswith("tasks/"))
    for name in ("index.html", "results.html", "downloads.html", *names):
        page = one.open(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert (
            page.evaluate("document.querySelectorAll('main script, main img:not(.badge)').length")
            == 0
        )
    page = one.open("results.html")
    text = page.locator("main").inner_text()
    assert "<script>alert(1)</script>" in text
    assert "{{ 7 * 7 }}" in text
    assert "\u202e" not in text
    page = one.open(first)
    href = page.locator("a.open").first.get_attribute("href")
    one.open(href.removeprefix("../"))
    assert "Seed 0" in page.locator("main").inner_text()
    one.context.close()
    assert one.wrong == []


def test_fifteen_thousand_rows_are_only_as_many_elements_as_are_seen(
    browser: Any, tmp_path: Path
) -> None:
    """One record 15,000 times under other names."""
    one_of = ok()
    records = [
        {**one_of, "model": f"m{index:05}", "value": 0.5 + index / 40_000}
        for index in range(15_000)
    ]
    from benchbig.site import data
    from benchbig.site.build import _assets, _pages
    from benchbig.site.pages import Site
    from benchbig.site.render import environment
    from benchbig.site.write import write

    shown = board(records, find())
    page_of = Site(shown, (), (), (), {}, "0")
    files = [*_assets(), ("data/rows.js", data.script("rows", data.rows_payload(shown, False)))]
    for name, content in _pages(page_of, environment(), language("en")):
        files.append((name, content))
        if name == "results.html":
            break
    write(tmp_path / "out", files)
    one = Watched(browser, tmp_path / "out")
    page = one.open("results.html")
    assert "15,000 of 15,000 rows" in page.locator("#results-note").inner_text()
    assert page.locator("#results-table tbody tr").count() < 80
    page.evaluate("document.getElementById('results-table').scrollTop = 1e9")
    page.wait_for_function(
        "document.querySelector('#results-table tbody').innerText.includes('m00000')"
    )
    page.locator("#filters summary").click()
    page.locator("input[name=search]").fill("m12345")
    assert page.locator("#results-table a.model").all_inner_texts() == ["m12345"]
    one.context.close()
    assert one.wrong == []
