"""Does every page load clean in a real browser: no error, no request, no overflow, accessible?"""

# ruff: noqa: F811 - pytest finds fixtures by the names they are imported under
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from records_by_hand import bad, model, ok, task
from site_by_hand import HOSTILE, filed
from watched import Watched, browser, site  # noqa: F401 - fixtures

from benchbig.cards import find
from benchbig.site import data
from benchbig.site.board import board
from benchbig.site.build import build
from benchbig.site.language import language
from benchbig.site.pages import Site
from benchbig.site.rendered import rendered
from benchbig.site.shared import put_assets
from benchbig.site.write import Written, putter

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs benchbig[browser]")
PAGES = (
    "index.html", "results.html", "method.html", "downloads.html", "history.html",
    "comparison.html", "tasks/card_fraud.html", "models/tabpfn.html",
    "record.html#t=card_fraud&m=tabpfn&n=0&d=cpu",
)  # fmt: skip


@pytest.mark.parametrize(("folder", "theme"), [("", "light"), ("", "dark"), ("zh/", "light")])
def test_every_page_loads_clean_fits_a_phone_and_is_accessible(
    browser: Any, site: Path, folder: str, theme: str
) -> None:
    one = Watched(browser, site, width=360, theme=theme)
    for name in PAGES if theme == "light" else PAGES[::2]:
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


def test_paper_gets_all_lines_and_nothing_wider_than_the_sheet(browser: Any, site: Path) -> None:
    """A4 less its margins is 703 pixels wide; the widest tables lie across it, 1,032."""
    one = Watched(browser, site)
    for name, wide in (
        ("index.html", 1032),
        ("results.html", 1032),
        ("tasks/card_fraud.html", 703),
        ("models/tabpfn.html", 703),
    ):
        one.page.set_viewport_size({"width": wide, "height": 800})
        page = one.open(name)
        lines = page.locator(".grid-table tbody tr:not(.space)")
        seen = lines.count()
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("document.documentElement.scrollWidth") <= wide, name
        if name == "results.html":
            assert f"{lines.count()} of {lines.count()} rows" in page.locator("main").inner_text()
        page.emulate_media(media="screen")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert lines.count() == seen, name
    one.context.close()
    assert one.wrong == []


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
    shown = board(records, find())
    put = putter(tmp_path / "out", Written())
    put_assets(put)
    put("data/rows.js", data.script("rows", data.rows_payload(shown, False)))
    results = next(
        page for page in rendered(Site(shown, (), (), (), {}, "0"), language("en"))
        if page[0] == "results.html"
    )  # fmt: skip
    put(*results)
    one = Watched(browser, tmp_path / "out")
    page = one.open("results.html")
    assert "15,000 of 15,000 rows" in page.locator("#results-note").inner_text()
    assert page.locator("#results-table tbody tr").count() < 80
    page.evaluate("document.getElementById('results-table').scrollTop = 1e9")
    page.locator("#results-table tbody", has_text="m00000").wait_for()
    page.locator("#filters summary").click()
    page.locator("input[name=search]").fill("m12345")
    assert page.locator("#results-table a.model").all_inner_texts() == ["m12345"]
    one.context.close()
    assert one.wrong == []
