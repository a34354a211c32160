"""The two charts of chart_library.py by libraries that draw SVG without a browser.

Each function gives a pair of draws: every model's values with its seeds' points, quality against
cost. They show the same numbers in the same families' colours, each in its library's plain way.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from benchbig.site.board import Table, Task
from benchbig.tables.row import Row

COLOURS = {"classical": "#1b5e88", "pretrained": "#a8430f"}
OTHER = "#5c6369"
MARKS = {"classical": "o", "pretrained": "D", "neural": "^", "trivial": "x"}
Values = Mapping[str, tuple[float, ...]]
Draw = Callable[[], str]


def shown(table: Table) -> list[Row]:
    return [row for row in table.rows if row.value is not None]


def costly(table: Table) -> list[Row]:
    return [row for row in shown(table) if row.family != "trivial"]


def matplotlib(task: Task, table: Table, values: Values) -> tuple[Draw, Draw]:
    import matplotlib as library

    library.use("svg")
    import matplotlib.pyplot
    from matplotlib.figure import Figure as Sheet

    library.rcParams.update({"svg.hashsalt": "benchbig", "svg.fonttype": "none"})

    def written(sheet: Sheet) -> str:
        sink = io.StringIO()
        sheet.savefig(sink, format="svg", bbox_inches="tight", metadata={"Date": None})
        return sink.getvalue()

    def seeds() -> str:
        rows = shown(table)
        sheet = Sheet(figsize=(7.6, 0.3 * len(rows) + 0.6))
        axes = sheet.subplots()
        for place, row in enumerate(rows):
            colour, mark = COLOURS.get(row.family, OTHER), MARKS[row.family]
            axes.plot([row.low, row.high], [place, place], color=colour, lw=3, alpha=0.45)
            own = values[row.model]
            axes.plot(own, [place] * len(own), "o", mfc="none", color=colour, ms=4)
            axes.plot([row.value], [place], mark, color=colour)
        axes.set_yticks(range(len(rows)), [row.model for row in rows])
        axes.invert_yaxis()
        axes.set_xlabel(task.metric.title)
        axes.grid(axis="x", lw=0.5)
        return written(sheet)

    def cost() -> str:
        sheet = Sheet(figsize=(4.2, 3.4))
        axes = sheet.subplots()
        for row in costly(table):
            colour, mark = COLOURS.get(row.family, OTHER), MARKS[row.family]
            axes.plot([row.fit_s] * 2, [row.low, row.high], color=colour, lw=3, alpha=0.45)
            axes.plot([row.fit_s], [row.value], mark, color=colour)
            axes.annotate(row.model, (row.fit_s, row.value), (6, 3), textcoords="offset points")
        axes.set_xscale("log")
        axes.set_xlabel("time to fit")
        axes.set_ylabel(task.metric.title)
        axes.grid(lw=0.5)
        return written(sheet)

    return seeds, cost


def pygal(task: Task, table: Table, values: Values) -> tuple[Draw, Draw]:
    """Without the logarithmic scale and the labels at the points, which its XY chart has not."""
    import pygal as library
    from pygal.style import Style

    plain = {"js": [], "no_prefix": True, "disable_xml_declaration": True, "print_values": False}

    def style(rows: list[Row]) -> Style:
        colours = [COLOURS.get(row.family, OTHER) for row in rows for _ in range(2)]
        return Style(colors=colours, font_family="inherit")

    def seeds() -> str:
        rows = shown(table)
        chart = library.XY(**plain, style=style(rows), width=760, height=22 * len(rows) + 60,
                           x_title=task.metric.title, show_legend=False)  # fmt: skip
        chart.y_labels = [{"label": row.model, "value": -at} for at, row in enumerate(rows)]
        for at, row in enumerate(rows):
            chart.add(row.model, [(row.low, -at), (row.high, -at)], show_dots=False)
            points = [(value, -at) for value in (*values[row.model], row.value)]
            chart.add(f"{row.model} seeds", points, stroke=False)
        return str(chart.render(is_unicode=True))

    def cost() -> str:
        rows = costly(table)
        chart = library.XY(**plain, style=style(rows), width=420, height=340,
                           x_title="time to fit", y_title=task.metric.title)  # fmt: skip
        for row in rows:
            chart.add(row.model, [(row.fit_s, row.low), (row.fit_s, row.high)], show_dots=False)
            chart.add(f"{row.model} mean", [(row.fit_s, row.value)], stroke=False)
        return str(chart.render(is_unicode=True))

    return seeds, cost


def altair(task: Task, table: Table, values: Values) -> tuple[Draw, Draw]:
    """Vega-Lite, drawn without a browser by vl-convert."""
    import altair as library
    import vl_convert

    library.data_transformers.disable_max_rows()

    def data(rows: list[Row]) -> Any:
        return library.Data(values=[
            {"model": r.model, "family": r.family, "value": r.value, "low": r.low, "high": r.high,
             "fit": r.fit_s} for r in rows
        ])  # fmt: skip

    def colour() -> Any:
        scale = library.Scale(domain=list(MARKS), range=[*COLOURS.values(), OTHER, OTHER])
        return library.Color("family:N", scale=scale)

    def seeds() -> str:
        rows = shown(table)
        names = [row.model for row in rows]
        base = library.Chart(data(rows)).encode(y=library.Y("model:N", sort=names), color=colour())
        points = [{"model": r.model, "seed": v} for r in rows for v in values[r.model]]
        each = library.Chart(library.Data(values=points)).mark_point(size=20)
        chart = library.layer(
            base.mark_rule(size=3).encode(
                x=library.X("low:Q", title=task.metric.title), x2="high:Q"
            ),
            each.encode(x="seed:Q", y=library.Y("model:N", sort=names)),
            base.mark_point(filled=True).encode(x="value:Q", shape="family:N"),
        ).properties(width=500)
        return str(vl_convert.vegalite_to_svg(chart.to_dict()))

    def cost() -> str:
        base = library.Chart(data(costly(table))).encode(
            x=library.X("fit:Q", title="time to fit", scale=library.Scale(type="log")),
            color=colour(),
        )
        chart = library.layer(
            base.mark_rule(size=3).encode(
                y=library.Y("low:Q", title=task.metric.title), y2="high:Q"
            ),
            base.mark_point(filled=True).encode(y="value:Q", shape="family:N"),
            base.mark_text(align="left", dx=6).encode(y="value:Q", text="model:N"),
        ).properties(width=300, height=260)
        return str(vl_convert.vegalite_to_svg(chart.to_dict()))

    return seeds, cost


def lets_plot(task: Task, table: Table, values: Values) -> tuple[Draw, Draw]:
    """The grammar of graphics, drawn by JetBrains' native library."""
    import lets_plot as library

    shapes = dict(zip(MARKS, (16, 18, 17, 4), strict=True))

    def data(rows: list[Row]) -> dict[str, list[Any]]:
        names = ("model", "family", "value", "low", "high", "fit_s")
        return {name: [getattr(row, name) for row in rows] for name in names}

    def looks(rows: list[Row]) -> Any:
        families = list(dict.fromkeys(row.family for row in rows))
        colours = [COLOURS.get(family, OTHER) for family in families]
        return library.scale_color_manual(colours, breaks=families) + library.scale_shape_manual(
            [shapes[family] for family in families], breaks=families
        )

    def written(chart: Any) -> str:
        sink = io.BytesIO()
        chart.to_svg(sink)
        return sink.getvalue().decode()

    def seeds() -> str:
        rows, aes = shown(table), library.aes
        each = {
            "model": [row.model for row in rows for _ in values[row.model]],
            "family": [row.family for row in rows for _ in values[row.model]],
            "value": [value for row in rows for value in values[row.model]],
        }
        return written(
            library.ggplot(data(rows))
            + library.geom_segment(
                aes("low", "model", xend="high", yend="model", color="family"), size=1.5, alpha=0.45
            )
            + library.geom_point(aes("value", "model", color="family"), data=each, shape=1)
            + library.geom_point(aes("value", "model", color="family", shape="family"), size=4)
            + library.scale_y_discrete(limits=[row.model for row in reversed(rows)])
            + looks(rows)
            + library.xlab(task.metric.title)
            + library.ggsize(760, 30 * len(rows) + 60)
        )

    def cost() -> str:
        rows, aes = costly(table), library.aes
        return written(
            library.ggplot(data(rows))
            + library.geom_segment(
                aes("fit_s", "low", xend="fit_s", yend="high", color="family"), size=1.5, alpha=0.45
            )
            + library.geom_point(aes("fit_s", "value", color="family", shape="family"), size=4)
            + library.geom_text(aes("fit_s", "value", label="model"), hjust=0, nudge_x=0.05)
            + library.scale_x_log10()
            + looks(rows)
            + library.xlab("time to fit")
            + library.ylab(task.metric.title)
            + library.ggsize(420, 340)
        )

    return seeds, cost
