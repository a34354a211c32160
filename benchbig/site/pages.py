"""Every page of the site in one language: its path, its template and what it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchbig.gate.finding import Outcome
from benchbig.site import badges
from benchbig.site.answer_words import told
from benchbig.site.answers import Answer
from benchbig.site.board import Board, Place
from benchbig.site.charts.pair import pair_figure
from benchbig.site.downloads import File
from benchbig.site.language import Language
from benchbig.site.model_page import model_page
from benchbig.site.over_time import comparison_page, history_page
from benchbig.site.predicted.seen import Seen
from benchbig.site.ranking import Standing, win_shares
from benchbig.site.task_page import task_page
from benchbig.track.changes import Tracked

# Static lines of the ranking; the script shows all, the downloads hold all.
RANKED = 100
BADGES = 60
MANY = 40  # tasks from which on their answers scroll in a box, so that the ranking stays near
RANKING = (
    "modality", "rank", "model", "family", "adaptation", "win", "first", "tasks", "failed", "fit",
           "latency", "memory", "params")  # fmt: skip


@dataclass(frozen=True)
class Page:
    """path: within the language's folder. name: of its menu entry, or of its kind."""

    path: str
    template: str
    name: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Site:
    """Everything the pages are made of.

    files: of the tables, none before they are written. seen: what the contenders predicted.
    trials: how many records of runs with --limit are left out.
    """

    board: Board
    answers: tuple[Answer, ...]
    standings: tuple[Standing, ...]
    files: tuple[File, ...]
    seen: Mapping[Place, Seen]
    version: str
    history: Sequence[Tracked] = ()
    comparison: Outcome | None = None
    trials: int = 0


def pages(site: Site, language: Language) -> Iterator[Page]:
    """All pages of one language but that of the downloads, which are written meanwhile."""
    yield Page("index.html", "index.html.j2", "index", _index(site, language))
    yield Page("results.html", "results.html.j2", "results", {"n_rows": len(site.board.rows)})
    yield Page("record.html", "record.html.j2", "record", {})
    if site.history:
        context = history_page(language, site.history)
        yield Page("history.html", "history.html.j2", "history", context)
    if site.comparison is not None:
        context = {**comparison_page(language, site.comparison), **_names(site.board)}
        yield Page("comparison.html", "comparison.html.j2", "comparison", context)
    yield Page("method.html", "method.html.j2", "method", {})
    for answer in site.answers:
        task = answer.task
        badge = badges.of_task(language, answer).text
        context = task_page(language, site.board, answer, site.seen)
        yield Page(f"tasks/{task.slug}.html", "task.html.j2", "task", {**context, "badge": badge})
    rows_of: dict[str, list[Any]] = {model.name: [] for model in site.board.models}
    for task in site.board.tasks:
        for table in task.main:
            for row, share in zip(table.rows, win_shares(table), strict=True):
                rows_of[row.model].append((task, table, row, share))
    for model in site.board.models:
        badge = badges.of_model(language, model.name, site.standings).text
        context = model_page(language, model, rows_of[model.name], site.standings)
        context |= {"badge": badge}
        yield Page(f"models/{model.slug}.html", "model.html.j2", "model", context)


def downloads_page(site: Site, language: Language) -> Page:
    """The page that leads to the tables' files."""
    return Page("downloads.html", "downloads.html.j2", "downloads", _downloads(site, language))


def _names(board: Board) -> dict[str, Any]:
    """Which tasks and models have pages to link to."""
    return {
        "task_names": {task.name for task in board.tasks},
        "model_names": {model.name for model in board.models},
    }


def _by_sector(answers: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The answers of each sector, in their order; the sector with the most of them first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for answer in answers:
        found.setdefault(answer["task"].sector, []).append(answer)
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def _index(site: Site, language: Language) -> dict[str, Any]:
    board = site.board
    shown = [_answer(language, answer) for answer in site.answers]
    models = {model.name: model for model in board.models}
    lines = [{**vars(one), "about": models[one.model]} for one in site.standings[:RANKED]]
    jobs = sum(board.statuses.values())
    return {
        "sectors": _by_sector(shown),
        "answer_columns": _columns(shown),
        "standings": lines,
        "more_models": max(0, len(site.standings) - RANKED),
        "ranking_columns": RANKING,
        "summary": _summary(language, site.answers),
        "tally": _tally(site.answers),
        "n_tasks": len(board.tasks),
        "many": len(board.tasks) > MANY,
        "n_models": len(board.models),
        "n_jobs": jobs,
        "n_failed": jobs - board.statuses.get("ok", 0),
        "data": language.t("index.data_mixed" if _proxies(board) else "index.data_real"),
    }


def _proxies(board: Board) -> bool:
    """Whether data of another origin than the question's own stand in for it in some task."""
    return any(task.data_origin != "real" for task in board.tasks)


def _columns(shown: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The columns of the answers: a verdict where there are any, a crossover where one is known."""
    verdict = ("verdict",) if any(answer["finding"] for answer in shown) else ()
    crossover = ("crossover",) if any(answer["crossover"] for answer in shown) else ()
    return ("task", *verdict, "classical", "large", "picture", "difference", "cost", *crossover)


def _answer(language: Language, answer: Answer) -> dict[str, Any]:
    pair = [row for row in (answer.classical, answer.large) if row is not None]
    return {
        **told(language, answer),
        "picture": pair_figure(language, answer.task.metric, pair),
        "size": max((row.n_train or 0 for row in pair), default=0),
    }


def _summary(language: Language, answers: Sequence[Answer]) -> str:
    # A task without two contenders has a verdict too, "not enough data", but nothing was compared.
    found = [a.finding.verdict for a in answers if a.finding and a.finding.gain is not None]
    if found:
        told = language.t(
            "index.sum_verdicts",
            n=len(found),
            tasks=language.t("count.tasks", n=len(found)),
            large=found.count("adopt_large"),
            classical=len(found) - found.count("adopt_large") - found.count("not_enough"),
        )
        rest = len(answers) - len(found)
        return f"{told} {language.t('index.sum_rest', n=rest)}" if rest else told
    met = [answer for answer in answers if answer.difference is not None]
    if not met:
        return language.t("index.sum_none" if answers else "index.sum_empty")
    sign = [1 if answer.task.metric.higher_is_better else -1 for answer in met]
    ahead = sum(s * (a.difference or 0.0) > 0 for s, a in zip(sign, met, strict=True))
    return language.t("index.sum_means", n=len(met), large=ahead,
                      tasks=language.t("count.tasks", n=len(met)))  # fmt: skip


def _tally(answers: Sequence[Answer]) -> list[tuple[str, int]]:
    found = [answer.finding.verdict for answer in answers if answer.finding]
    if not found:
        return []
    names = ("adopt_large", "keep_classical", "no_difference", "not_enough")
    return [(name, found.count(name)) for name in names]


def _downloads(site: Site, language: Language) -> dict[str, Any]:
    shown = []
    for answer in site.answers:
        task, text = answer.task, badges.of_task(language, answer).text
        shown.append((f"tasks/{task.slug}.html", f"badges/tasks/{task.slug}.svg", text))
    for model in site.board.models:
        text = badges.of_model(language, model.name, site.standings).text
        shown.append((f"models/{model.slug}.html", f"badges/models/{model.slug}.svg", text))
    return {
        "tables": site.files,
        "citation": citation(site),
        "badges": shown[:BADGES],
        "more_badges": max(0, len(shown) - BADGES),
    }


def citation(site: Site) -> str:
    """BibTeX of the program and of the measurements' date."""
    newest = site.board.newest or ""
    year = f"  year = {{{newest[:4]}}},\n" if newest[:4].isdigit() else ""
    measured = f"  note = {{Measurements up to {newest[:10]}}},\n" if year else ""
    return (
        "@software{benchbig,\n"
        "  title = {benchbig: is a fine-tuned large pretrained model worth it over classical "
        "baselines?},\n"
        "  author = {{The benchbig maintainers}},\n"
        f"  version = {{{site.version}}},\n{year}{measured}  license = {{Apache-2.0}}\n}}"
    )
