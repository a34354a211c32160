"""The report over a history: on the terminal, as JSON, as a page, as a drawing."""

from __future__ import annotations

import dataclasses
import html
import json
from collections.abc import Sequence

from benchbig.track import svg, words
from benchbig.track.changes import Tracked
from benchbig.view.table import Line

FORMATS = ("text", "json", "html", "svg")
GAP = "  "
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>benchbig: {title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}
svg{{max-width:100%;height:auto}}.worse{{color:#cf222e}}.better{{color:#1a7f37}}</style>
<h1>{title}</h1>
{body}
</html>
"""


def shown(found: Sequence[Tracked], everything: bool) -> list[Tracked]:
    """Those worth a look: with a change that stands; or with any, the whole list where asked."""
    return [one for one in found if (one.changes if everything else one.standing)]


def text(found: Sequence[Tracked], everything: bool, width: int | None = None) -> list[Line]:
    """A few lines a changed series: its name, its picture, its changes."""
    lines = [Line(words.headline(found, everything), "best")]
    for one in shown(found, everything):
        lines += [Line(""), Line(words.title(one.series), "best")]
        lines.append(Line(GAP + words.spark(one, min(60, (width or 80) - 20))))
        for change in one.changes:
            if everything or change.stands:
                tone = ("missing" if change.worse else "first") if change.stands else ""
                lines.append(Line(GAP + words.change(one.series, change), tone))
    return lines


def as_json(found: Sequence[Tracked]) -> str:
    """Every series with its points, levels and changes, also those that recovered."""
    told = [
        {
            **dataclasses.asdict(one.series),
            "starts": one.starts,
            "too_short": one.too_short,
            "changes": [{**dataclasses.asdict(c), "stands": c.stands} for c in one.changes],
        }
        for one in found
    ]
    return json.dumps({"version": 1, "series": told}, indent=1, allow_nan=False) + "\n"


def as_svg(found: Sequence[Tracked], everything: bool) -> str:
    return svg.sheet(shown(found, everything))


def as_html(found: Sequence[Tracked], everything: bool) -> str:
    """A page of its own: every series drawn, those that changed first."""
    from xml.etree import ElementTree

    first = shown(found, everything)
    rest = [one for one in found if one not in first]
    parts = []
    for heading, some in (("Changed", first), ("Steady, or too short to say", rest)):
        if not some:
            continue
        parts.append(f"<h2>{heading}</h2>")
        for one in some:
            parts.append(ElementTree.tostring(svg.drawing(one), encoding="unicode"))
            changes = [c for c in one.changes if everything or c.stands]
            items = (
                f'<li class="{"worse" if c.worse else "better"}">'
                f"{html.escape(words.change(one.series, c))}</li>"
                for c in changes
            )
            parts.append(f"<ul>{''.join(items)}</ul>" if changes else "")
    title = html.escape(words.headline(found, everything=True))
    return PAGE.format(title=title, body="\n".join(filter(None, parts)))
