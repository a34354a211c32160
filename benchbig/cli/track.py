"""`benchbig track add` and `report`: what each commit measured, and what changed over time."""

from __future__ import annotations

from pathlib import Path

import click

HISTORY = "The folder of the history."


@click.group("track")
def track() -> None:
    """Keep what each commit measured, and find where a series changed."""


@track.command("add")
@click.argument("results", required=False, type=click.Path(path_type=Path))
@click.option("--history", required=True, type=click.Path(path_type=Path), help=HISTORY)
@click.option("--commit", help="The commit measured.  [default: the one the records name]")
@click.option("--time", "when", help="Its time, where this repository does not know it.")
def add(results: Path | None, history: Path, commit: str | None, when: str | None) -> None:
    """Add a store's values and costs to a history, under the commit that was measured."""
    from benchbig.cli import parse
    from benchbig.track import adding
    from benchbig.track import history as keeping

    run = adding.run(parse.existing(parse.results(results)), commit, when)
    path, new = keeping.add(history, run)
    click.echo(f"{path}: {'added' if new else 'is there already'}")


@track.command("report")
@click.option("--history", required=True, type=click.Path(path_type=Path), help=HISTORY)
@click.option("--task", multiple=True, help="Only these tasks (a,b or repeated).")
@click.option("--model", multiple=True, help="Only these models (a,b or repeated).")
@click.option("--no-costs", is_flag=True, help="Leave times and memory out.")
@click.option("--all", "everything", is_flag=True, help="Also changes that recovered since.")
@click.option("--format", "form", default="text", help="text, json, html or svg.")
@click.option("--out", type=click.Path(path_type=Path), help="A file.  [default: standard output]")
def report(
    history: Path,
    task: tuple[str, ...],
    model: tuple[str, ...],
    no_costs: bool,
    everything: bool,
    form: str,
    out: Path | None,
) -> None:
    """Find change points in each series, name the commits they lie between, and draw them."""
    from benchbig.cli import parse
    from benchbig.errors import NOTHING_MEASURED
    from benchbig.track import reporting

    asked = reporting.Asked(
        history, parse.names(task), parse.names(model), not no_costs, everything, form, out
    )
    if not reporting.run(asked):
        raise click.exceptions.Exit(NOTHING_MEASURED)
