"""What would a plotting library cost the site? Charts by others, beside the site's own.

python benchmarks/chart_library.py [--charts 40] [--json FILE]

The same two charts of a published task, every model's values with its seeds' points and quality
against cost, drawn again and again: as the site draws them, and by each library that is installed
(pip install pygal lets-plot matplotlib altair vl-convert-python), imports counted apart.
matplotlib's SVG is made deterministic (`svg.hashsalt`, no date) and tight. Seconds and bytes are of
one chart, bytes also as gzip would send them; a site of 15,000 records has 560 charts.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import fmean, median

import charts_by_others
from charts_by_others import Draw
from measuring import Figures, arguments, say

from benchbig import store
from benchbig.cards import find
from benchbig.site.board import board
from benchbig.site.charts.cost import cost_figure
from benchbig.site.charts.figure import Figure
from benchbig.site.charts.seeds import seeds_figure
from benchbig.site.language import language
from benchbig.tables.row import Row

ROOT = Path(__file__).resolve().parents[1]
TASK = "card_fraud"
SITE = 560  # charts of the site of 15,000 records, all languages
LIBRARIES = {"pygal": "pygal", "lets_plot": "lets-plot", "matplotlib": "matplotlib",
             "altair": "vl-convert-python"}  # fmt: skip


def measure(charts: int) -> Figures:
    """Each side, its charts in turn; libraries that are not installed are left out."""
    shown = board(store.latest(ROOT / "results"), find())
    task = shown.task(TASK)
    table = task.main[0]
    values = {row.model: shown.values[TASK, row.model, table.asked, table.device]
              for row in table.rows}  # fmt: skip
    spoken = language("en")
    figures: tuple[Callable[[], Figure], Callable[[], Figure]] = (
        lambda: seeds_figure(spoken, task.metric, table.rows, values),
        lambda: cost_figure(spoken, task.metric, table.rows, fit, "time to fit", spoken.seconds),
    )
    sides: Figures = {
        "benchbig, drawsvg": timed(lambda: own(figures), charts, installed("drawsvg"))
    }
    for name, package in LIBRARIES.items():
        if installed(package) and installed(name):
            start = getattr(charts_by_others, name)
            made = lambda start=start: start(task, table, values)  # noqa: E731
            sides[name] = timed(made, charts, installed(name))
    return {"charts": charts, "sides": sides}


def own(figures: tuple[Callable[[], Figure], ...]) -> list[Draw]:
    """As the site draws; drawsvg is imported here."""
    from benchbig.site.charts.draw import picture

    return [lambda made=made: picture(made()) for made in figures]  # type: ignore[misc]


def installed(package: str) -> str:
    """Its version; nothing where it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def timed(start: Callable[[], object], charts: int, of: str) -> Figures:
    """Of one chart: the median of seconds, the mean of bytes; whether two draws are the same."""
    began = time.perf_counter()
    draws = list(start())  # type: ignore[call-overload]
    imported = time.perf_counter() - began
    seconds, texts = [], []
    for index in range(charts):
        started = time.perf_counter()
        texts.append(draws[index % len(draws)]())
        seconds.append(time.perf_counter() - started)
    sizes = [len(text.encode()) for text in texts]
    packed = [len(gzip.compress(text.encode(), mtime=0)) for text in texts]
    same = all(text == texts[index % len(draws)] for index, text in enumerate(texts))
    return {"version": of, "import_s": imported, "seconds": median(seconds), "bytes": fmean(sizes),
            "gzip_bytes": fmean(packed), "deterministic": same}  # fmt: skip


def fit(row: Row) -> float | None:
    return row.fit_s


def lines(figures: Figures) -> list[str]:
    """The table of docs/leaderboard.md."""
    found = ["| drawn by | one chart | 560 charts | import | bytes, as sent | the same each time |",
             "| --- | ---: | ---: | ---: | ---: | --- |"]  # fmt: skip
    for name, one in figures["sides"].items():
        same = "yes" if one["deterministic"] else "no"
        found.append(
            f"| {name} {one['version']} | {1000 * one['seconds']:.1f} ms "
            f"| {SITE * one['seconds']:.1f} s | {one['import_s']:.2f} s "
            f"| {one['bytes'] / 1e3:.1f} kB, {one['gzip_bytes'] / 1e3:.1f} | {same} |"
        )
    return found


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--charts", type=int, default=40)
    given = parser.parse_args()
    say(measure(given.charts), lines, given.json)
