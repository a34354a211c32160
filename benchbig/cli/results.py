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
    out: Path | None = typer.Option(None, help="A file; standard output where none is named."),
    results: Path | None = typer.Option(None, help="The store.  [default: results]"),
    suite: str | None = typer.Option(None, help="Only this suite's tasks and models."),
    records: bool = typer.Option(False, help="A line a record rather than a line a model."),
) -> None:
    """Write the standardized result table."""
    from benchbig.cli import parse
    from benchbig.exporting import write

    write(parse.existing(parse.results(results)), form, out, suite, records)
