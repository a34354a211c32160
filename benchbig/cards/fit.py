"""Can this model take this task?"""

from __future__ import annotations

from benchbig.cards.schema import ModelCard, TaskCard


def misfit(task: TaskCard, model: ModelCard) -> str | None:
    """Why this model cannot take this task, or None where it can."""
    if task.modality not in model.modalities:
        return f"takes {' and '.join(model.modalities)}, not {task.modality}"
    if task.kind not in model.kinds:
        return f"does {' and '.join(model.kinds)}, not {task.kind}"
    for what in ("features", "classes"):
        most, has = getattr(model, f"max_{what}"), getattr(task, f"n_{what}")
        if most is not None and has is not None and has > most:
            return f"takes at most {most} {what}, not {has}"
    return None
