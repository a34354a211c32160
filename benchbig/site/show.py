"""Small pieces that many pages show: a value with its interval, a name with its marks.

In Python, since the tables of a board have a hundred thousand lines: a macro takes five times as
long. How they look is the style's affair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from markupsafe import Markup, escape

from benchbig.site.board import Task
from benchbig.site.charts.axes import look
from benchbig.site.language import Language
from benchbig.site.names import slug
from benchbig.site.symbols import symbol_path
from benchbig.tables.row import Row
from benchbig.tables.words import printable


@dataclass(frozen=True)
class Show:
    """The pieces of one page; base: the way from it to its language's folder.

    Methods rather than functions, since templates call them. known: what was made before.
    """

    language: Language
    base: str
    known: dict[tuple[str, str], Markup] = field(default_factory=dict)

    def value(self, row: Row) -> Markup:
        """'0.783 [0.701, 0.853]', or why there is no value."""
        if row.value is None:
            status = row.reason.split(":")[0] if row.reason else "none"
            return Markup(f'<span class="missing">{self._word("status", status)}</span>')
        value = self.language.value(row.metric, row.value)
        ends = self.language.ends(row.metric, row.low, row.high)
        return Markup(f'<span class="value"><b>{value}</b> <span class="ends">{ends}</span></span>')

    def family(self, name: str) -> Markup:
        """A family's symbol and word."""
        made = self.known.get(("family", name))
        if made is None:
            path, word = symbol_path(name), self._word("family", name)
            svg = f'<svg class="sym" viewBox="0 0 12 12" aria-hidden="true">{path}</svg>'
            made = Markup(f'<span class="family {look(name)}">{svg}{word}</span>')
            self.known["family", name] = made
        return made

    def model(self, name: str, row: Row | None = None) -> Markup:
        """A model's name, which leads to its page, and its row's marks."""
        made = self.known.get(("model", name))
        if made is None:
            href = f"{self.base}models/{slug(name)}.html"
            made = Markup(f'<a class="model" href="{href}"><bdi>{_safe(name)}</bdi></a>')
            self.known["model", name] = made
        if row is None or not (row.best_of_family or row.reduced):
            return made
        return made + self._marks(row)

    def _marks(self, row: Row) -> Markup:
        shown = ""
        if row.best_of_family:
            title = escape(self.language.t("mark.best"))
            shown += f'<span class="mark-best" title="{title}">&nbsp;*</span>'
        if row.reduced:
            title = _safe(self.language.t(
                "mark.reduced", model=row.model, n=row.n_train_used or 0,
                of=row.rows_asked or 0,
            ))  # fmt: skip
            shown += f'<span class="mark-reduced" title="{title}">&nbsp;†</span>'
        return Markup(shown)

    def task(self, one: Task) -> Markup:
        """A task's title, which leads to its page."""
        href = f"{self.base}tasks/{one.slug}.html"
        title = _safe(self.language.title("task", one.name, one.title))
        return Markup(f'<a class="task" href="{href}"><bdi>{title}</bdi></a>')

    def record(self, row: Row, text: str) -> Markup:
        """A link to what stands behind a row."""
        device = quote(row.device, errors="replace")
        at = f"t={slug(row.task)}&amp;m={slug(row.model)}&amp;n={row.n_train_asked}&amp;d={device}"
        return Markup(f'<a class="open" href="{self.base}record.html#{at}">{escape(text)}</a>')

    def _word(self, group: str, name: str) -> Markup:
        return _safe(self.language.word(group, name))


def _safe(text: str) -> Markup:
    """Text out of cards and records with what could turn a line around or hide it written out."""
    return escape(text if text.isprintable() else printable(text))
