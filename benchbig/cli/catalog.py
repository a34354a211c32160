"""`benchbig list` and `benchbig show`: what there is, and what fits what."""

from __future__ import annotations

import typer


def list_all(
    what: str = typer.Argument("all", help="tasks, models, suites, or all."),
    plugins: list[str] | None = typer.Option(None, help="A folder of tasks/ and baselines/."),
) -> None:
    """List tasks, models and suites, and which models fit which tasks."""
    from benchbig.cards import find
    from benchbig.cards.words import listing
    from benchbig.errors import unknown

    choices = ("all", "tasks", "models", "suites")
    if what not in choices:
        raise unknown("list", what, choices)
    for line in listing(find(plugins or ()), what):
        typer.echo(line)


def show(
    name: str = typer.Argument(help="A task, a model or a suite."),
    plugins: list[str] | None = typer.Option(None, help="A folder of tasks/ and baselines/."),
) -> None:
    """Show one card in full: where the data come from, how it is split, what it costs."""
    from benchbig.cards import find
    from benchbig.cards.words import page

    for line in page(find(plugins or ()), name):
        typer.echo(line)
