"""From a store to a site: read, work out, render every page in every language, write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from benchbig import __version__, store
from benchbig.cards import Catalog, Costs
from benchbig.errors import BenchError
from benchbig.gate.compare import Side, compare
from benchbig.gate.finding import Outcome
from benchbig.gate.opening import GIT, opened
from benchbig.metrics.names import METRICS
from benchbig.record import Record
from benchbig.site import badges, data, downloads, quality
from benchbig.site.answers import answers
from benchbig.site.board import Board, Place, board, place
from benchbig.site.findings import findings
from benchbig.site.language import LANGUAGES, Language, language
from benchbig.site.pages import Page, Site, pages
from benchbig.site.ranking import standings
from benchbig.site.render import environment, sources
from benchbig.site.write import prepare, write
from benchbig.track.changes import tracked
from benchbig.track.history import read
from benchbig.track.series import series

# The parts of the style and the script, in the order in which they are joined.
STYLES = ("tokens", "page", "table", "answers", "chart", "print")
SCRIPTS = ("core", "words", "data", "filters", "grid", "answers", "ranking", "results", "record")
MENU = ("index", "results", "method", "history", "comparison", "downloads")
File = tuple[str, bytes]


@dataclass(frozen=True)
class Built:
    """How many files the site has, how many of them changed, and how many records it shows."""

    files: int
    changed: int
    records: int


@dataclass(frozen=True)
class Beside:
    """What more the site is made of.

    history: what `benchbig track add` keeps. base: another store, a folder or git:REV, that the
    store is compared with.
    """

    history: Path | None = None
    base: str | None = None


def build(results: Path, out: Path, catalog: Catalog, beside: Beside | None = None) -> Built:
    """Write the site of a store. Raises BenchError where the folder is somebody else's."""
    found = store.results(store.latest(results))
    prepare(out)
    files, changed = write(out, site_files(results, found, catalog, beside or Beside()))
    return Built(files, changed, len(found))


def site_files(
    results: Path, records: Sequence[Record], catalog: Catalog, beside: Beside
) -> Iterator[File]:
    """Every file of the site: its path and its content, the same for the same records."""
    shown = board(records, catalog)
    found = tuple(answers(shown, findings(results, shown)))
    ranked = tuple(standings(shown.tasks))
    tables = tuple(downloads.tables(shown, found, ranked, records))
    history = tracked(series(read(beside.history))) if beside.history else ()
    seen = _seen(results, shown)
    compared = _compared(results, beside.base, catalog) if beside.base else None
    site = Site(shown, found, ranked, tables, seen, __version__, history, compared)
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


def _compared(results: Path, base: str, catalog: Catalog) -> Outcome:
    """The store beside another one, as `benchbig compare BASE HEAD` sees them."""

    def costs(task: str) -> Costs | None:
        return catalog.task(task).costs if task in catalog.files["tasks"] else None

    with opened(base) as folder:
        # The name alone: where a folder lies on this machine is no reader's business.
        name = base if base.startswith(GIT) else Path(base).name
        before, after = Side(folder, name), Side(results, results.name)
        return compare(before, after, {}, costs=costs)


def _seen(results: Path, shown: Board) -> dict[Place, quality.Drawn]:
    """What the best of each family predicted, where that was classes and can be read."""
    found = {}
    for task in shown.tasks:
        if task.kind not in ("binary", "multiclass"):
            continue
        for table in task.main:
            for row in (table.best("classical"), table.best("pretrained")):
                seeds = quality.seeds(results, shown.records[place(row)]) if row else []
                if row and seeds:
                    found[place(row)] = quality.drawn(seeds)
    return found


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


def _menu(site: Site) -> tuple[str, ...]:
    """The pages that there are."""
    absent = {"history"} if not site.history else set()
    absent |= {"comparison"} if site.comparison is None else set()
    return tuple(name for name in MENU if name not in absent)


def _render(
    site: Site, made: Environment, page: Page, spoken: Language, other: Language, folder: str
) -> bytes:
    base = "../" * page.path.count("/")
    root = base + "../" * folder.count("/")
    there = "" if other.code == LANGUAGES[0] else f"{other.code}/"
    text = made.get_template(page.template).render(
        lang=spoken, other=other, other_href=f"{root}{there}{page.path}", root=root, base=base,
        page=page.name, menu=_menu(site), version=site.version, newest=site.board.newest,
        **page.context,
    )  # fmt: skip
    return text.encode("utf-8")
