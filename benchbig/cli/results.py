"""`benchbig check` and `benchbig export`: is a store sound, and its result table."""

from __future__ import annotations

from pathlib import Path

import typer


def check(
    results: Path | None = typer.Argument(None, help="The store.  [default: results]"),
) -> None:
    """Check every record: schema, key, files and their sha256, values against predictions."""
    from benchbig.cli import parse
    from benchbig.errors import NOT_ALL_OK, NOTHING_MEASURED
    from benchbig.verification import verify

    folder = parse.existing(parse.results(results))
    report = verify(folder)
    for problem in report.problems:
        typer.echo(problem)
    typer.echo(f"{folder}: {report.records} records, {len(report.problems)} problems")
    if report.problems:
        raise typer.Exit(NOT_ALL_OK)
    if not report.records:
        raise typer.Exit(NOTHING_MEASURED)


def export(
    form: str = typer.Option("csv", "--format", help="csv, parquet, json, latex or markdown."),
    out: Path | None = typer.Option(None, help="A file.  [default: standard output]"),
    results: Path | None = typer.Option(None, help="The store.  [default: results]"),
    suite: str | None = typer.Option(None, help="Only this suite's tasks and models."),
    per_record: bool = typer.Option(False, "--records", help="A line a job, not a line a model."),
    plugins: list[str] | None = typer.Option(None, help="A folder of tasks/ and baselines/."),
) -> None:
    """Write the standardized result table."""
    from benchbig import store
    from benchbig.cards import find
    from benchbig.cli import parse
    from benchbig.tables.export import export as write

    catalog = find(plugins or ())
    found = store.latest(parse.existing(parse.results(results)))
    titles = {name: catalog.task(name).title for name in catalog.names("tasks")}
    if suite:
        card = catalog.suite(suite)
        titles = {name: titles[name] for name in card.tasks}
        found = [r for r in found if r["task"] in card.tasks and r["model"] in card.models]
    write(found, form, out, "records" if per_record else "rows", titles)
