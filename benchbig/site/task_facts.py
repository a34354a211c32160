"""What a task is: kind, origin, licence, size, split and why it does not leak."""

from __future__ import annotations

from benchbig.site.board import Task
from benchbig.site.language import Language


def facts(language: Language, task: Task) -> list[tuple[str, str, bool]]:
    """Label, text, and whether the text is the card's own English."""
    card = task.card
    licence = f"{task.licence} · {language.word('origin', task.data_origin)}"
    metric = language.metric(task.metric.name)
    found = [
        (language.t("task.kind"),
         f"{language.word('modality', task.modality)}, {language.word('kind', task.kind)}", False),
        (language.t("task.metric"), metric, False),
        (language.t("task.licence"), licence, False),
    ]  # fmt: skip
    if card:
        found.append((language.t("task.origin"), card.origin, True))
        found.append((language.t("task.size"), _size(language, task), False))
        found.append((language.t("task.split"), card.split.scheme, True))
        found.append((language.t("task.leak"), card.split.why, True))
        if card.costs:
            text = language.t("task.costs_text", missed=f"{card.costs.missed:g}",
                              false_alarm=f"{card.costs.false_alarm:g}",
                              currency=card.costs.currency)  # fmt: skip
            found.append((language.t("task.costs"), f"{text}. {card.costs.why}", True))
    else:
        found.append((language.t("task.split"), task.scheme, True))
    for digest in task.digests:
        found.append((language.t("task.sha"), digest, True))
    return found


def _size(language: Language, task: Task) -> str:
    card = task.card
    assert card is not None
    parts = (card.split.n_train, card.split.n_valid, card.split.n_test)
    if None in parts:
        return language.t("task.of", n=card.n_examples)
    named = zip(("train", "valid", "test"), parts, strict=True)
    return language.t("task.sizes", n=card.n_examples, **dict(named))
