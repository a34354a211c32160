"""Every page of one language as text, by its path: each template filled with what it is told."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment

from benchbig.site.language import LANGUAGES, Language, language
from benchbig.site.pages import Page, Site, pages
from benchbig.site.render import environment
from benchbig.site.show import Show

MENU = ("index", "results", "method", "history", "comparison", "downloads")


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
        trials=site.trials, show=Show(spoken, base),
        **page.context,
    )  # fmt: skip
    return text.encode("utf-8")
