"""Can this model take this task?"""

from __future__ import annotations

from benchbig.cards.schema import ModelCard, TaskCard, Words


def misfit(task: TaskCard, model: ModelCard, device: str = "") -> str | None:
    """Why this model cannot take this task, or None where it can.

    device: "cpu", where it is meant to run there, else what is no matter of the device is said.
    """
    if task.modality not in model.modalities:
        return f"takes {' and '.join(model.modalities)}, not {task.modality}"
    if task.kind not in model.kinds:
        return f"does {' and '.join(model.kinds)}, not {task.kind}"
    if task.language and model.languages and task.language not in model.languages:
        return f"reads {' and '.join(model.languages)}, not {task.language}"
    if model.needs_words and task.words == Words():
        return "needs the task in words, which its card has not"
    if model.needs_colours and task.grey:
        return "looks at colours, and the task's pictures are grey"
    if device == "cpu" and model.cpu_words and (task.n_words or 0) > model.cpu_words:
        return f"takes texts of at most {model.cpu_words} words on a CPU, not {task.n_words}"
    for what in ("features", "classes"):
        most, has = getattr(model, f"max_{what}"), getattr(task, f"n_{what}")
        if most is not None and has is not None and has > most:
            return f"takes at most {most} {what}, not {has}"
    return None
