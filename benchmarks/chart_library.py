"""What would a plotting library cost the site? Charts by matplotlib, beside the site's own.

python benchmarks/chart_library.py [--charts 40] [--json FILE]

The same two charts of a published task, every model's values with its seeds' points and quality
against cost, drawn again and again by both in one process, imports counted apart. Both write text
as text; matplotlib's SVG is made deterministic (`svg.hashsalt`, no date) and tight. Seconds and
bytes are of one chart, bytes also as gzip would send them.
"""

from __future__ import annotations

import gzip
import io
import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median

from measuring import Figures, arguments, say

from benchbig import store
from benchbig.cards import find
from benchbig.site.board import Table, Task, board
from benchbig.site.charts.cost import cost_figure
from benchbig.site.charts.seeds import seeds_figure
from benchbig.site.language import Language, language
from benchbig.site.render import environment
from benchbig.tables.row import Row

ROOT = Path(__file__).resolve().parents[1]
TASK = "card_fraud"
COLOURS = {"classical": "#1b5e88", "pretrained": "#a8430f"}
MARKS = {"classical": "o", "pretrained": "D", "neural": "^", "trivial": "x"}
Draw = Callable[[], str]


def measure(charts: int) -> Figures:
    """Both sides, the charts in turn."""
    started = time.perf_counter()
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot

    imported = time.perf_counter() - started
    matplotlib.rcParams.update({"svg.hashsalt": "benchbig", "svg.fonttype": "none"})
    shown = board(store.latest(ROOT / "results"), find())
    task = shown.task(TASK)
    table = task.main[0]
    values = {row.model: shown.values[TASK, row.model, table.asked, table.device]
              for row in table.rows}  # fmt: skip
    english = language("en")
    sides = {
        "benchbig": [lambda: own_seeds(english, task, table, values),
                     lambda: own_cost(english, task, table)],
        "matplotlib": [lambda: their_seeds(task, table, values), lambda: their_cost(task, table)],
    }  # fmt: skip
    return {
        "version": matplotlib.__version__,
        "import_s": imported,
        "charts": charts,
        **{name: timed(draws, charts) for name, draws in sides.items()},
    }


def timed(draws: list[Draw], charts: int) -> Figures:
    """Of one chart: the median of seconds, the mean of bytes; whether two draws are the same."""
    seconds, texts = [], []
    for index in range(charts):
        started = time.perf_counter()
        texts.append(draws[index % len(draws)]())
        seconds.append(time.perf_counter() - started)
    sizes = [len(text.encode()) for text in texts]
    packed = [len(gzip.compress(text.encode(), mtime=0)) for text in texts]
    same = all(text == texts[index % len(draws)] for index, text in enumerate(texts))
    return {"seconds": median(seconds), "bytes": fmean(sizes), "gzip_bytes": fmean(packed),
            "deterministic": same}  # fmt: skip


TEMPLATES = environment()
CHART = TEMPLATES.from_string(
    '{% import "parts/chart.svg.j2" as chart with context %}{{ chart.picture(figure) }}'
)


def own_seeds(
    spoken: Language, task: Task, table: Table, values: dict[str, tuple[float, ...]]
) -> str:
    figure = seeds_figure(spoken, task.metric, table.rows, values)
    return CHART.render(figure=figure, lang=spoken)


def own_cost(spoken: Language, task: Task, table: Table) -> str:
    figure = cost_figure(spoken, task.metric, table.rows, fit, "time to fit", spoken.seconds)
    return CHART.render(figure=figure, lang=spoken)


def fit(row: Row) -> float | None:
    return row.fit_s


def their_seeds(task: Task, table: Table, values: dict[str, tuple[float, ...]]) -> str:
    from matplotlib.figure import Figure

    rows = [row for row in table.rows if row.value is not None]
    figure = Figure(figsize=(7.6, 0.3 * len(rows) + 0.6))
    axes = figure.subplots()
    for place, row in enumerate(rows):
        colour, mark = COLOURS.get(row.family, "#5c6369"), MARKS[row.family]
        axes.plot([row.low, row.high], [place, place], color=colour, lw=3, alpha=0.45)
        own = values[row.model]
        axes.plot(own, [place] * len(own), "o", mfc="none", color=colour, ms=4)
        axes.plot([row.value], [place], mark, color=colour)
    axes.set_yticks(range(len(rows)), [row.model for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel(task.metric.title)
    axes.grid(axis="x", lw=0.5)
    return _svg(figure)


def their_cost(task: Task, table: Table) -> str:
    from matplotlib.figure import Figure

    rows = [row for row in table.rows if row.value is not None and row.family != "trivial"]
    figure = Figure(figsize=(4.2, 3.4))
    axes = figure.subplots()
    for row in rows:
        colour, mark = COLOURS.get(row.family, "#5c6369"), MARKS[row.family]
        axes.plot([row.fit_s] * 2, [row.low, row.high], color=colour, lw=3, alpha=0.45)
        axes.plot([row.fit_s], [row.value], mark, color=colour)
        axes.annotate(row.model, (row.fit_s, row.value), (6, 3), textcoords="offset points")
    axes.set_xscale("log")
    axes.set_xlabel("time to fit")
    axes.set_ylabel(task.metric.title)
    axes.grid(lw=0.5)
    return _svg(figure)


def _svg(figure: object) -> str:
    sink = io.StringIO()
    figure.savefig(sink, format="svg", bbox_inches="tight", metadata={"Date": None})
    return sink.getvalue()


def lines(figures: Figures) -> list[str]:
    """The table of leaderboard/README.md."""
    found = ["| drawn by | one chart | bytes, as sent | the same each time |",
             "| --- | ---: | ---: | --- |"]  # fmt: skip
    for name in ("benchbig", "matplotlib"):
        one = figures[name]
        found.append(
            f"| {name} | {1000 * one['seconds']:.1f} ms | {one['bytes'] / 1e3:.1f} kB, "
            f"{one['gzip_bytes'] / 1e3:.1f} | {'yes' if one['deterministic'] else 'no'} |"
        )
    found.append(f"\nmatplotlib {figures['version']}: {figures['import_s']:.2f} s to import")
    return found


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--charts", type=int, default=40)
    given = parser.parse_args()
    say(measure(given.charts), lines, given.json)
