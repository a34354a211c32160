"""`benchbig list` and `benchbig show`: what there is, and what fits what."""

from __future__ import annotations

import gc

import click


@click.command("list")
@click.argument("what", default="all")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def list_all(
    what: str,
    plugins: tuple[str, ...],
) -> None:
    """List tasks, models, suites or all, and which models fit which tasks."""
    gc.disable()  # a tenth of a second leaves nothing worth collecting
    from benchbig.cards import find
    from benchbig.cards.words import listing
    from benchbig.errors import unknown

    choices = ("all", "tasks", "models", "suites")
    if what not in choices:
        raise unknown("list", what, choices)
    for line in listing(find(plugins), what):
        click.echo(line)


@click.command("show")
@click.argument("name")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def show(
    name: str,
    plugins: tuple[str, ...],
) -> None:
    """Show one card in full: where the data come from, how it is split, what it costs."""
    from benchbig.cards import find
    from benchbig.cards.words import page

    catalog = find(plugins)
    if name.startswith("hf:"):
        from benchbig import hub

        catalog, (name,) = hub.bring(catalog, (name,))
    for line in page(catalog, name):
        click.echo(line)
