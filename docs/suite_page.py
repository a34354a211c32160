"""What does the page of a suite hold: verdicts, what they say, learning curves, every model."""

from __future__ import annotations

from curves import HEADING, curves
from discussion import discussion
from published import Published, machines, pairs

from benchbig.compare.sheets import brief, summary
from benchbig.tables.markdown import markdown
from benchbig.tables.sheet import sheets

READ = (
    "Every model on every task of the `{name}` suite that was measured. [How to read the "
    "tables](results.md); [the metrics](metrics.md); `benchbig show NAME` tells what a task or a "
    "model is. What other suites measured of the same tasks and models, on more seeds or training "
    "rows, stands here as well. All on this page is made of the records in [results](../results) "
    "by `docs/generate.py`.\n"
)
BELOW = (
    "In brackets: the gain's 95% interval, paired by test example and seed. How this is decided, "
    "and what it cannot say: [compare](compare.md).\n"
)


def page(found: Published) -> str:
    """The whole page of a suite."""
    suite = found.suite
    parts = [
        f"# {suite.title}: what came out\n",
        f"{suite.description}\n",
        READ.format(name=suite.name),
        verdicts(found),
        BELOW if found.verdicts.tasks else "",
        said(found),
        curves(found),
        "## Every model\n",
        every_model(found),
        missing(found),
    ]
    return "\n".join(part for part in parts if part)


def verdicts(found: Published) -> str:
    """The table of verdicts; the numbers of a bootstrap stay out, a page is exact."""
    return markdown([brief(found.verdicts)]) if found.verdicts.tasks else ""


def said(found: Published) -> str:
    """The section that says what the numbers say."""
    text = discussion(found)
    return f"## What the numbers say\n\n{text}" if text else ""


def every_model(found: Published) -> str:
    """A table a task with every model in it, of the training size that counts."""
    table = found.main
    return f"{machines(found.store, table)}\n\n{markdown(sheets(table, found.titles))}"


def missing(found: Published) -> str:
    """The suite's pairs of task and model that nobody has measured at the size that counts."""
    there = {(row.task, row.model) for row in found.main}
    there |= {(row.task, row.model) for row in found.rows if row.level}
    smaller = {(row.task, row.model) for row in found.rows} - there
    lines = []
    for name in found.suite.tasks:
        fitting = [model for task, model in pairs(found.suite) if task == name]
        told = [
            f"{model} (measured on fewer training rows)" if (name, model) in smaller else model
            for model in fitting
            if (name, model) not in there
        ]
        if told:
            every = "every model" if len(told) == len(fitting) else ", ".join(told)
            lines.append(f"- {found.titles[name]}: {every}\n")
    return "".join(["## Not measured yet\n\n", *lines]) if lines else ""


def link(found: Published, folder: str = "") -> str:
    """'[Media](media.md): 4 tasks: 2 adopt large, ...', with the curves where there are any."""
    place = f"{folder}{found.suite.name}.md"
    curved = any(one.crossover for one in found.verdicts.tasks)
    anchor = HEADING.lower().replace(" ", "-")
    more = f" · [learning curves]({place}#{anchor})" if curved else ""
    return f"[{found.suite.title}]({place}): {summary(found.verdicts)}{more}"
