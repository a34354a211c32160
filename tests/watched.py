"""A site in a real browser, from plain files, with the network off, and all that goes wrong in it.

Needs the extras `browser` and `track`, and Chromium (Debian: `apt-get install chromium`; another
one by BENCHBIG_CHROMIUM=/path); without them the tests that import this are skipped and say so.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_by_hand import a_fall, filed, two_tasks

from benchbig.cards import find
from benchbig.site.build import Beside, build

pytest.importorskip("ruptures", reason="needs benchbig[track]")
playwright = pytest.importorskip("playwright.sync_api", reason="needs benchbig[browser]")
CHROMIUM = os.environ.get("BENCHBIG_CHROMIUM") or shutil.which("chromium")
if not CHROMIUM:
    pytest.skip("needs Chromium: apt-get install chromium", allow_module_level=True)
ROOT = Path(__file__).resolve().parents[1]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
Page = Any


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the published records where they are there, else of a few by hand.

    With a history that has a change for the worse, and beside a store that has other records.
    """
    folder = tmp_path_factory.mktemp("site")
    results = ROOT / "results"
    if not (results / "records").is_dir():
        results = filed(folder / "store", two_tasks())
    base = filed(folder / "base", two_tasks())
    build(results, folder / "out", find(), Beside(a_fall(folder / "history"), str(base)))
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
        self.page.on("requestfailed", self._failed)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith(f"file://{self.site}"):
            self.wrong.append(f"asked for {request.url}")

    def _failed(self, request: Any) -> None:
        # The icon comes after all else; where the next page is opened first, it is given up.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"{request.url}: {request.failure}")

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
