"""From a store to a site: read, work out, render every page in every language, write."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from benchbig import __version__, store
from benchbig.cards import Catalog, Costs
from benchbig.gate.compare import Side, compare
from benchbig.gate.finding import Outcome
from benchbig.gate.opening import GIT, opened
from benchbig.metrics.names import METRICS
from benchbig.record import Record
from benchbig.site import badges, data, downloads
from benchbig.site.answers import answers
from benchbig.site.board import assembled
from benchbig.site.findings import findings
from benchbig.site.gathering import Gathered, Taken, add, take
from benchbig.site.language import LANGUAGES, Language, language
from benchbig.site.pages import Page, Site, pages
from benchbig.site.ranking import standings
from benchbig.site.render import environment, sources
from benchbig.site.show import Show
from benchbig.site.side_by_side import helper, mapped
from benchbig.site.spool import Spool
from benchbig.site.write import Put, Written, prepare, putter, sweep
from benchbig.tables.columns import record_frame, row_frame
from benchbig.track.changes import tracked
from benchbig.track.history import read
from benchbig.track.series import series

# The parts of the style and the script, in the order in which they are joined.
STYLES = ("tokens", "page", "table", "answers", "chart", "print")
SCRIPTS = ("core", "words", "data", "filters", "grid", "answers", "ranking", "results", "record")
MENU = ("index", "results", "method", "history", "comparison", "downloads")


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
    """Write the site of a store, the same for the same records, task by task and page by page.

    Raises BenchError where the folder is somebody else's.
    """
    prepare(out)
    written = Written()
    folders = store.task_folders(results)
    with gathering() as found, helper(results) as pool:
        sources = store.by_task(results) if folders is None else folders
        for taken, own in mapped(pool, _take, [_Task(results, s, catalog, out) for s in sources]):
            add(found, taken)
            written.add(own)
        site = _site(results, found, catalog, beside or Beside(), putter(out, written))
        for own in mapped(pool, _speak, [_Tongue(site, code, out) for code in LANGUAGES]):
            written.add(own)
        _shared(site, putter(out, written))
        count = found.records.count
    sweep(out, written.names)
    return Built(len(written.names), written.changed, count)


@dataclass(frozen=True)
class _Task:
    """A task to be read, as it is handed to a process; source: its folder, or its records."""

    results: Path
    source: Path | Sequence[Record]
    catalog: Catalog
    out: Path


@dataclass(frozen=True)
class _Tongue:
    """A language whose pages are to be written."""

    site: Site
    code: str
    out: Path


def _take(task: _Task) -> tuple[Taken | None, Written]:
    written = Written()
    source = task.source
    records = store.of_folder(source) if isinstance(source, Path) else source
    return take(task.results, records, task.catalog, putter(task.out, written)), written


def _speak(tongue: _Tongue) -> Written:
    written = Written()
    put = putter(tongue.out, written)
    for name, content in rendered(tongue.site, language(tongue.code)):
        put(name, content)
    return written


@contextmanager
def gathering() -> Iterator[Gathered]:
    """Nothing gathered yet, and the files for the tables."""
    with tempfile.TemporaryFile() as rows, tempfile.TemporaryFile() as records:
        yield Gathered(Spool(row_frame([]).columns, rows), Spool(record_frame([]).columns, records))


def _site(results: Path, found: Gathered, catalog: Catalog, beside: Beside, put: Put) -> Site:
    shown = assembled(found.tasks, found.values, found.newest, catalog)
    answered = tuple(answers(shown, findings(found.matters)))
    ranked = tuple(standings(shown.tasks))
    tables = (
        downloads.write(put, "answers", downloads.answer_frame(answered)),
        downloads.write(put, "standings", downloads.standing_frame(ranked)),
        downloads.write(put, "rows", found.rows),
        downloads.write(put, "records", found.records),
    )
    history = tracked(series(read(beside.history))) if beside.history else ()
    compared = _compared(results, beside.base, catalog) if beside.base else None
    return Site(shown, answered, ranked, tables, found.seen, __version__, history, compared)


def _shared(site: Site, put: Put) -> None:
    """What belongs to no language and no task alone."""
    put_assets(put)
    put("data/front.js", data.script("rows", data.rows_payload(site.board, main_only=True)))
    put("data/rows.js", data.script("rows", data.rows_payload(site.board, main_only=False)))
    _badges(site, put)


def _compared(results: Path, base: str, catalog: Catalog) -> Outcome:
    """The store beside another one, as `benchbig compare BASE HEAD` sees them."""

    def costs(task: str) -> Costs | None:
        return catalog.task(task).costs if task in catalog.files["tasks"] else None

    with opened(base) as folder:
        # The name alone: where a folder lies on this machine is no reader's business.
        name = base if base.startswith(GIT) else Path(base).name
        before, after = Side(folder, name), Side(results, results.name)
        return compare(before, after, {}, costs=costs)


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
        told = {k: v for k, v in spoken.texts.items() if not k.startswith("method.")}
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


def rendered(site: Site, spoken: Language) -> Iterator[tuple[str, bytes]]:
    """The pages of one language by their paths; the first language's stand at the root."""
    first, made = LANGUAGES[0], environment()
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
        show=Show(spoken, base),
        **page.context,
    )  # fmt: skip
    return text.encode("utf-8")
