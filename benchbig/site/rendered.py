"""Every page of one language as text, by its path: each template filled with what it is told."""

from __future__ import annotations

from collections.abc import Iterator

from benchbig.site.language import LANGUAGES, Language, language
from benchbig.site.pages import Page, Site, downloads_page, pages
from benchbig.site.render import environment
from benchbig.site.show import Show

MENU = ("index", "results", "method", "history", "comparison", "downloads")


def rendered(site: Site, spoken: Language) -> Iterator[tuple[str, bytes]]:
    """The pages of one language by their paths; the first language's stand at the root."""
    for page in pages(site, spoken):
        yield _render(site, page, spoken)


def rendered_downloads(site: Site, spoken: Language) -> tuple[str, bytes]:
    """The path and the text of the page of the downloads, once they are written."""
    return _render(site, downloads_page(site, spoken), spoken)


def _menu(site: Site) -> tuple[str, ...]:
    """The pages that there are."""
    absent = {"history"} if not site.history else set()
    absent |= {"comparison"} if site.comparison is None else set()
    return tuple(name for name in MENU if name not in absent)


def _render(site: Site, page: Page, spoken: Language) -> tuple[str, bytes]:
    folder = "" if spoken.code == LANGUAGES[0] else f"{spoken.code}/"
    other = next(language(code) for code in LANGUAGES if code != spoken.code)
    base = "../" * page.path.count("/")
    root = base + "../" * folder.count("/")
    there = "" if other.code == LANGUAGES[0] else f"{other.code}/"
    text = environment().get_template(page.template).render(
        lang=spoken, other=other, other_href=f"{root}{there}{page.path}", root=root, base=base,
        page=page.name, menu=_menu(site), version=site.version, newest=site.board.newest,
        trials=site.trials, show=Show(spoken, base),
        **page.context,
    )  # fmt: skip
    return f"{folder}{page.path}", text.encode("utf-8")
