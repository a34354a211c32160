"""How is a text classification put to a model that only goes on writing?

As a form whose last line waits for the class: "Review: ...\\nSentiment:". The words are the task
card's.
"""

from __future__ import annotations

from benchbig.cards import TaskCard


def around(task: TaskCard) -> tuple[str, str]:
    """What is put before and after a text, up to where its class would stand."""
    return f"{task.words.text}: ", f"\n{task.words.label}:"


def answers(task: TaskCard) -> list[str]:
    """What stands after that for each class, in their order: a blank and the class in words."""
    named = task.words.classes or tuple(name.replace("_", " ") for name in task.classes)
    return [f" {name}" for name in named or map(str, range(task.n_classes or 2))]


def shot(task: TaskCard, text: str, label: int) -> str:
    """One example with its answer, as it stands before the text that is asked about."""
    before, after = around(task)
    return f"{before}{text}{after}{answers(task)[label]}\n\n"
