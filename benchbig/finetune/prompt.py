"""How is a text classification put to a model that only goes on writing?

As a form whose last line, "Sentiment:", waits for the class, or as a question to a model that was
taught to converse. The words are the task card's.
"""

from __future__ import annotations

from typing import Any

from benchbig.cards import TaskCard

MARK = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands where a text will


def around(task: TaskCard) -> tuple[str, str]:
    """What is put before and after a text, up to where its class would stand."""
    return f"{task.words.text}: ", f"\n{task.words.label}:"


def question(task: TaskCard, tokenizer: Any) -> tuple[str, str]:
    """What is put before and after a text that is asked about without examples.

    In the form of a conversation where the tokenizer has one, as the model was taught to answer.
    """
    before, after = around(task)
    choices = " or ".join(answer.strip() for answer in answers(task))
    asked = f"Is the {task.words.label.lower()} of this {task.words.text.lower()} {choices}?"
    if tokenizer.chat_template is None:
        return f"{asked}\n\n{before}", after
    turns = [{"role": "user", "content": f"{asked}\n\n{before}{MARK}"}]
    put = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    start, _, end = put.partition(MARK)
    return start, end + after.lstrip()


def answers(task: TaskCard) -> list[str]:
    """What stands after that for each class, in their order: a blank and the class in words."""
    named = task.words.classes or tuple(name.replace("_", " ") for name in task.classes)
    return [f" {name}" for name in named or map(str, range(task.n_classes or 2))]


def shot(task: TaskCard, text: str, label: int) -> str:
    """One example with its answer, as it stands before the text that is asked about."""
    before, after = around(task)
    return f"{before}{text}{after}{answers(task)[label]}\n\n"
