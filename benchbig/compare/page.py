"""Tables as one HTML page that needs nothing else: no script, no request, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from benchbig.tables.sheet import Sheet

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem;
  color-scheme: light dark; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .3rem .6rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid #8886; }}
.right {{ text-align: right; white-space: nowrap; }}
.first td:last-child {{ font-weight: bold; }}
li {{ max-width: 50rem; }}
</style>
</head>
<body>
"""


def page(sheets: Iterable[Sheet]) -> str:
    """A section a sheet: heading, facts, table, notes."""
    sheets = list(sheets)
    title = sheets[0].title if sheets else ""
    return HEAD.format(title=escape(title)) + "".join(map(_section, sheets)) + "</body>\n</html>\n"


def _section(sheet: Sheet) -> str:
    made = [f"<h2>{escape(sheet.title)}</h2>", f"<p>{escape(sheet.about)}</p>"]
    made += ['<div class="scroll"><table>', "<thead><tr>"]
    made += [f"<th{_side(column.right)}>{escape(column.name)}</th>" for column in sheet.columns]
    made.append("</tr></thead>\n<tbody>")
    for number, tone in enumerate(sheet.tones):
        cells = "".join(
            f"<td{_side(column.right)}>{escape(column.cells[number])}</td>"
            for column in sheet.columns
        )
        made.append(f'<tr class="{escape(tone)}">{cells}</tr>' if tone else f"<tr>{cells}</tr>")
    made.append("</tbody></table></div>")
    if sheet.notes:
        made += ["<ul>", *(f"<li>{escape(note)}</li>" for note in sheet.notes), "</ul>"]
    return "\n".join(made) + "\n"


def _side(right: bool) -> str:
    return ' class="right"' if right else ""
