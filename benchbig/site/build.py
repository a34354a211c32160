"""From a store to a site: read, work out, render every page in every language, write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from benchbig import __version__, store
from benchbig.cards import Catalog
from benchbig.errors import BenchError
from benchbig.metrics.names import METRICS
from benchbig.record import Record
from benchbig.site import badges, data, downloads
from benchbig.site.answers import answers
from benchbig.site.board import Board, board
from benchbig.site.findings import findings
from benchbig.site.language import LANGUAGES, Language, language
from benchbig.site.pages import Page, Site, pages
from benchbig.site.ranking import standings
from benchbig.site.render import environment, sources
from benchbig.site.write import prepare, write

# The parts of the style and the script, in the order in which they are joined.
STYLES = ("tokens", "page", "table", "answers", "chart", "print")
SCRIPTS = ("core", "words", "data", "filters", "grid", "answers", "ranking", "results", "record")
MENU = ("index", "results", "method", "downloads")
File = tuple[str, bytes]


@dataclass(frozen=True)
class Built:
    """How many files the site has, how many of them changed, and how many records it shows."""

    files: int
    changed: int
    records: int


def build(results: Path, out: Path, catalog: Catalog) -> Built:
    """Write the site of a store. Raises BenchError where the folder is somebody else's."""
    found = store.results(store.latest(results))
    prepare(out)
    files, changed = write(out, site_files(results, found, catalog))
    return Built(files, changed, len(found))


def site_files(results: Path, records: Sequence[Record], catalog: Catalog) -> Iterator[File]:
    """Every file of the site: its path and its content, the same for the same records."""
    shown = board(records, catalog)
    found = tuple(answers(shown, findings(results, shown)))
    ranked = tuple(standings(shown.tasks))
    tables = tuple(downloads.tables(shown, found, ranked, records))
    site = Site(results, shown, found, ranked, tables, __version__)
    yield from _assets()
    yield from _data(results, shown)
    for file in tables:
        yield from ((f"downloads/{file.name}.{form}", content) for form, content in file.contents)
    for file in downloads.task_tables(shown):
        for form, content in file.contents:
            yield f"downloads/tasks/{file.name}.{form}", content
    made = environment()
    yield from _badges(site, made)
    for code in LANGUAGES:
        yield from _pages(site, made, language(code))


def _assets() -> Iterator[File]:
    home = sources()
    for name, folder, parts, ending in (
        ("style.css", "styles", STYLES, "css"),
        ("site.js", "script", SCRIPTS, "js"),
    ):
        texts = [(home / folder / f"{part}.{ending}").read_text(encoding="utf-8") for part in parts]
        yield f"assets/{name}", "\n".join(texts).encode("utf-8")
    yield "assets/start.js", (home / "script" / "start.js").read_bytes()
    yield "assets/icon.svg", (home / "templates" / "icon.svg.j2").read_bytes()
    for code in LANGUAGES:
        spoken = language(code)
        told = {k: v for k, v in spoken.texts.items() if not k.startswith("method.")}
        told |= {f"metric.{name}": spoken.metric(name) for name in METRICS}
        yield f"assets/texts.{code}.js", data.script("texts", sorted(told.items()))


def _data(results: Path, shown: Board) -> Iterator[File]:
    yield "data/front.js", data.script("rows", data.rows_payload(shown, main_only=True))
    yield "data/rows.js", data.script("rows", data.rows_payload(shown, main_only=False))
    machines = _machines(results, shown)
    for task in shown.tasks:
        payload = data.records_payload(shown, task, machines)
        yield f"data/records/{task.slug}.js", data.script("records", payload)


def _machines(results: Path, shown: Board) -> dict[str, dict[str, Any]]:
    """The environments' descriptions that the store has."""
    found = {}
    for digest in {env for row in shown.rows for env in row.envs}:
        try:
            described = store.env(results, digest)
        except BenchError:
            continue  # a name that is no hash: nothing to look up
        if described is not None:
            found[digest] = described
    return found


def _badges(site: Site, made: Environment) -> Iterator[File]:
    template = made.get_template("badge.svg.j2")
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
        yield f"badges/{name}.svg", text.encode("utf-8")


def _pages(site: Site, made: Environment, spoken: Language) -> Iterator[File]:
    """The pages of one language; the first language's stand at the root."""
    first = LANGUAGES[0]
    folder = "" if spoken.code == first else f"{spoken.code}/"
    others = [language(code) for code in LANGUAGES if code != spoken.code]
    for page in pages(site, spoken):
        yield f"{folder}{page.path}", _render(site, made, page, spoken, others[0], folder)


def _render(
    site: Site, made: Environment, page: Page, spoken: Language, other: Language, folder: str
) -> bytes:
    base = "../" * page.path.count("/")
    root = base + "../" * folder.count("/")
    there = "" if other.code == LANGUAGES[0] else f"{other.code}/"
    text = made.get_template(page.template).render(
        lang=spoken, other=other, other_href=f"{root}{there}{page.path}", root=root, base=base,
        page=page.name, menu=MENU, version=site.version, newest=site.board.newest,
        **page.context,
    )  # fmt: skip
    return text.encode("utf-8")
