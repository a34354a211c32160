"""Can this model take this task?"""

from __future__ import annotations

from benchbig.cards.schema import ModelCard, TaskCard, Words


def misfit(task: TaskCard, model: ModelCard) -> str | None:
    """Why this model cannot take this task, or None where it can."""
    if task.modality not in model.modalities:
        return f"takes {' and '.join(model.modalities)}, not {task.modality}"
    if task.kind not in model.kinds:
        return f"does {' and '.join(model.kinds)}, not {task.kind}"
    if task.language and model.languages and task.language not in model.languages:
        return f"reads {' and '.join(model.languages)}, not {task.language}"
    if model.needs_words and task.words == Words():
        return "needs the task in words, which its card has not"
    for what in ("features", "classes"):
        most, has = getattr(model, f"max_{what}"), getattr(task, f"n_{what}")
        if most is not None and has is not None and has > most:
            return f"takes at most {most} {what}, not {has}"
    return None
