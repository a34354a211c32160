"""`benchbig check`, `merge` and `export`: is a store sound, several in one, the result table."""

from __future__ import annotations

from pathlib import Path

import click

from benchbig.cli.parse import store_option


@click.command("check")
@click.argument("results", required=False, type=click.Path(path_type=Path))
@click.option("--published", type=click.Path(path_type=Path), metavar="STORE",
              help="The store that these records would join.")  # fmt: skip
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def check(
    results: Path | None,
    published: Path | None,
    plugins: tuple[str, ...],
) -> None:
    """Check every record: schema, key, files, sha256, values; and say what looks implausible."""
    from benchbig.cards import find
    from benchbig.cli import parse
    from benchbig.errors import NOT_ALL_OK, NOTHING_MEASURED
    from benchbig.plausible.doubts import doubts, grouped
    from benchbig.verification import verify

    catalog = find(plugins)
    folder = parse.existing(parse.results(results))
    beside = parse.existing(published) if published else None
    report = verify(folder)
    for problem in report.problems:
        click.echo(problem)
    # Of a damaged store the damage may be the reason for a doubt.
    found = [] if report.problems else doubts(folder, catalog, beside)
    for line in grouped(found):
        click.echo(f"look: {line}")
    ending = f", {len(found)} things to look at" if found else ""
    click.echo(f"{folder}: {report.records} records, {len(report.problems)} problems{ending}")
    if report.problems:
        raise click.exceptions.Exit(NOT_ALL_OK)
    if not report.records:
        raise click.exceptions.Exit(NOTHING_MEASURED)


@click.command("merge")
@click.argument("stores", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", required=True, type=click.Path(path_type=Path), help="The store to make.")
@click.option("--pack", is_flag=True, help="Pack new predictions: a fifth smaller, slower to read.")
def merge(
    stores: tuple[Path, ...],
    into: Path,
    pack: bool,
) -> None:
    """Bring the records of several stores into one; nothing is written where they contradict."""
    from benchbig import merging
    from benchbig.cli import parse
    from benchbig.errors import NOT_ALL_OK, NOTHING_MEASURED

    done = merging.merge([parse.existing(store) for store in stores], into, pack)
    for conflict in done.conflicts:
        click.echo(conflict)
    if done.conflicts:
        click.echo(f"{into}: nothing was written; {len(done.conflicts)} conflicts")
        raise click.exceptions.Exit(NOT_ALL_OK)
    click.echo(f"{into}: {done.records} records, {done.added} of them new")
    if not done.records:
        raise click.exceptions.Exit(NOTHING_MEASURED)


@click.command("export")
@click.option("--format", "form", default="csv", help="csv, parquet, json, latex or markdown.")
@click.option("--out", type=click.Path(path_type=Path), help="A file.  [default: standard output]")
@store_option
@click.option("--suite", help="Only this suite's tasks and models.")
@click.option("--records", "per_record", is_flag=True, help="A line a job, not a line a model.")
@click.option("--plugins", multiple=True, help="A folder of tasks/ and baselines/.")
def export(
    form: str,
    out: Path | None,
    results: Path | None,
    suite: str | None,
    per_record: bool,
    plugins: tuple[str, ...],
) -> None:
    """Write the standardized result table."""
    from benchbig import index, store
    from benchbig.cards import find
    from benchbig.cli import parse
    from benchbig.hub.suite import belongs
    from benchbig.tables import export as tables

    catalog = find(plugins)
    folder = parse.existing(parse.results(results))
    titles = {name: catalog.task(name).title for name in catalog.names("tasks")}
    wanted = None
    if suite:
        card = catalog.suite(suite)
        titles = {name: titles[name] for name in card.tasks}
        wanted = belongs(card)
    if per_record:
        found = [
            record
            for record in store.latest(folder)
            if wanted is None or wanted(record["task"], record["model"])
        ]
        trials = len(found) - len(store.results(found))
        tables.export(found, form, out, "records", titles)
    else:
        tables.refuse(form, out)
        rows, trials = index.counted(folder, tuple(titles), wanted)
        tables.export_rows(rows, form, out, titles)
    if trials:
        what = "trial (--limit), which is no result"
        if trials > 1:
            what = "trials (--limit), which are no results"
        click.echo(f"left out: {trials:,} {what}", err=True)
