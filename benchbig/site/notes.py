"""What stands below a table: what its marks mean, what is missing and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from benchbig.site.language import Language
from benchbig.tables.row import Row

WARNINGS = 2


def notes(language: Language, rows: Sequence[Row]) -> list[str]:
    """The notes of one table's rows, as the terminal's tables have them."""
    found = [language.t("note.marks")] if any(row.value is not None for row in rows) else []
    for row in rows:
        reason = row.reason or language.t("note.no_result")
        if row.reduced:
            found.append(f"† {reduced(language, row)}")
        if row.value is None:
            found.append(language.t("note.missing", model=row.model, reason=reason))
        elif row.seeds < row.planned:
            found.append(language.t("note.lacking", model=row.model, of=row.planned, reason=reason,
                                    n=row.planned - row.seeds))  # fmt: skip
        if row.superseded:
            found.append(language.t("note.superseded", model=row.model, n=row.superseded))
        for text in row.warnings[:WARNINGS]:
            first = (text.strip().splitlines() or [""])[0]
            found.append(language.t("note.warned", model=row.model, text=first))
    beside = max((row.jobs_beside or 0 for row in rows), default=0)
    if beside:
        found.append(language.t("note.beside", n=beside))
    machines = {env for row in rows for env in row.envs}
    if len(machines) > 1:
        found.append(language.t("note.machines", n=len(machines)))
    return found


def reduced(language: Language, row: Row) -> str:
    return language.t("mark.reduced", model=row.model, n=row.n_train_used or 0,
                      of=row.rows_asked or 0)  # fmt: skip
