"""How does the leaderboard look today: the two pictures of it that README and docs show.

python docs/screenshots.py [--results results]

Needs benchbig[browser] and Chromium (BENCHBIG_CHROMIUM names another one). Run it after publishing
records and after a change of the page.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from benchbig.cards import find
from benchbig.site.build import build

DOCS = Path(__file__).resolve().parent
COLOURS = 128  # enough for a page, and a third of the bytes


@dataclass(frozen=True)
class Picture:
    """A page as a browser of this size and theme shows it; scale: pixels a CSS pixel."""

    name: str
    page: str
    size: tuple[int, int]
    theme: str
    scale: int


PICTURES = (
    Picture("leaderboard.png", "index.html", (1280, 1060), "light", 1),
    Picture("phone.png", "zh/index.html", (360, 800), "dark", 2),
)


def take(browser: Any, site: Path, picture: Picture) -> None:
    """Write one picture into docs/."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=picture.theme, offline=True,
        device_scale_factor=picture.scale,
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"file://{site / picture.page}")
    page.wait_for_selector("html[data-ready=yes]")
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    target = DOCS / picture.name
    shown.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size:,} bytes")


def main() -> None:
    """Build the site of a store in a folder of its own, and take all pictures."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=DOCS.parent / "results")
    given = parser.parse_args()
    chromium = os.environ.get("BENCHBIG_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        build(given.results, Path(folder), find())
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, Path(folder), picture)
        browser.close()


if __name__ == "__main__":
    main()
