"""What belongs to no language and no task alone: style, script, texts, the rows, the badges."""

from __future__ import annotations

from benchbig.metrics.names import METRICS
from benchbig.site import badges, data
from benchbig.site.language import LANGUAGES, language
from benchbig.site.pages import Site
from benchbig.site.render import environment, sources
from benchbig.site.write import Put

# The parts of the style and the script, in the order in which they are joined.
STYLES = ("tokens", "page", "table", "answers", "chart", "print")
SCRIPTS = ("core", "words", "data", "filters", "grid", "answers", "ranking", "results", "record")

UNSPOKEN = ("method.", "title.model.")  # texts that no script shows


def put_shared(site: Site, put: Put) -> None:
    """Put all of it."""
    put_assets(put)
    put("data/front.js", data.script("rows", data.rows_payload(site.board, main_only=True)))
    put("data/rows.js", data.script("rows", data.rows_payload(site.board, main_only=False)))
    _badges(site, put)


def put_assets(put: Put) -> None:
    home = sources()
    for name, folder, parts, ending in (
        ("style.css", "styles", STYLES, "css"),
        ("site.js", "script", SCRIPTS, "js"),
    ):
        texts = [(home / folder / f"{part}.{ending}").read_text(encoding="utf-8") for part in parts]
        put(f"assets/{name}", "\n".join(texts).encode("utf-8"))
    put("assets/start.js", (home / "script" / "start.js").read_bytes())
    put("assets/icon.svg", (home / "templates" / "icon.svg.j2").read_bytes())
    for code in LANGUAGES:
        spoken = language(code)
        told = {k: v for k, v in spoken.texts.items() if not k.startswith(UNSPOKEN)}
        told |= {f"metric.{name}": spoken.metric(name) for name in METRICS}
        put(f"assets/texts.{code}.js", data.script("texts", sorted(told.items())))


def _badges(site: Site, put: Put) -> None:
    template = environment().get_template("badge.svg.j2")
    english = language(LANGUAGES[0])
    shown = [
        (f"tasks/{answer.task.slug}", badges.of_task(english, answer)) for answer in site.answers
    ] + [
        (f"models/{model.slug}", badges.of_model(english, model.name, site.standings))
        for model in site.board.models
    ]
    for name, badge in shown:
        text = template.render(
            label=badge.label, message=badge.message, colour=badge.colour,
            left=badge.left, right=badge.right,
        )  # fmt: skip
        put(f"badges/{name}.svg", text.encode("utf-8"))
