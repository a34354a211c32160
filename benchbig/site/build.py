"""From a store to a site: read, work out, render every page in every language, write."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchbig import __version__, store
from benchbig.cards import Catalog, Costs
from benchbig.gate.compare import Side, compare
from benchbig.gate.finding import Outcome
from benchbig.gate.opening import GIT, opened
from benchbig.record import Record
from benchbig.site import downloads
from benchbig.site.answers import answers
from benchbig.site.board import assembled
from benchbig.site.findings import findings
from benchbig.site.gathering import Gathered, Taken, add, take
from benchbig.site.language import LANGUAGES, language
from benchbig.site.pages import Site
from benchbig.site.ranking import standings
from benchbig.site.rendered import rendered, rendered_downloads
from benchbig.site.shared import put_shared
from benchbig.site.side_by_side import helper, mapped
from benchbig.site.spool import Spool
from benchbig.site.write import Put, Written, prepare, putter, sweep
from benchbig.tables.columns import Frame, record_frame, row_frame
from benchbig.track.changes import tracked
from benchbig.track.history import read
from benchbig.track.series import series


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
        for taken, trials, own in mapped(
            pool, _take, [_Task(results, s, catalog, out) for s in sources]
        ):
            add(found, taken, trials)
            written.add(own)
        put = putter(out, written)
        site = _site(results, found, catalog, beside or Beside())
        # Where others help, they write the pages while this process writes the rest.
        spoken = mapped(pool, _speak, [_Tongue(site, code, out) for code in LANGUAGES])
        put_shared(site, put)
        put_downloads(site, found, put)
        for own in spoken:
            written.add(own)
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


def _take(task: _Task) -> tuple[Taken | None, int, Written]:
    """What a task gives, how many of its records are trial runs, and what was written of it."""
    written = Written()
    source = task.source
    records = store.of_folder(source) if isinstance(source, Path) else source
    trials = len(records) - len(store.results(records))
    taken = take(task.results, records, task.catalog, putter(task.out, written))
    return taken, trials, written


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


def _site(results: Path, found: Gathered, catalog: Catalog, beside: Beside) -> Site:
    """Without the files of its tables."""
    shown = assembled(found.tasks, found.values, found.newest, catalog)
    answered = tuple(answers(shown, findings(found.matters)))
    ranked = tuple(standings(shown.tasks))
    history = tracked(series(read(beside.history))) if beside.history else ()
    compared = _compared(results, beside.base, catalog) if beside.base else None
    return Site(
        shown, answered, ranked, (), found.seen, __version__, history, compared, found.trials
    )


def put_downloads(site: Site, found: Gathered, put: Put) -> None:
    """Put every table as files, and the page in each language that leads to them."""
    tables: dict[str, Frame | Spool] = {
        "answers": downloads.answer_frame(site.answers),
        "standings": downloads.standing_frame(site.standings),
        "rows": found.rows,
        "records": found.records,
    }
    if site.history:
        tables["history"] = downloads.history_frame(site.history)
    if site.comparison is not None:
        tables["comparison"] = downloads.comparison_frame(site.comparison)
    files = tuple(downloads.write(put, name, table) for name, table in tables.items())
    for code in LANGUAGES:
        put(*rendered_downloads(replace(site, files=files), language(code)))


def _compared(results: Path, base: str, catalog: Catalog) -> Outcome:
    """The store beside another one, as `benchbig compare BASE HEAD` sees them."""

    def costs(task: str) -> Costs | None:
        return catalog.task(task).costs if task in catalog.files["tasks"] else None

    with opened(base) as folder:
        # The name alone: where a folder lies on this machine is no reader's business.
        name = base if base.startswith(GIT) else Path(base).name
        before, after = Side(folder, name), Side(results, results.name)
        return compare(before, after, {}, costs=costs)
