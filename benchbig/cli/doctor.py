"""`benchbig doctor`: what can this machine do, and what would spoil a measurement on it?"""

from __future__ import annotations

from pathlib import Path

import click

from benchbig.cli.parse import store_option


@click.command("doctor")
@store_option
@click.option("--offline", is_flag=True, help="Do not ask whether a package index answers.")
@click.option("--format", "output", default="text", help="text or json (one object).")
def doctor(
    results: Path | None,
    offline: bool,
    output: str,
) -> None:
    """Say what this machine has, what is missing, and what would spoil a measurement here."""
    import shutil
    import sys

    from benchbig import doctor as visit
    from benchbig.cli import parse
    from benchbig.errors import NOT_ALL_OK, unknown

    if output not in ("text", "json"):
        raise unknown("format", output, ("text", "json"))
    facts = visit.gather(parse.results(results, writing=True), offline)
    found = visit.findings(facts)
    if output == "json":
        click.echo(visit.as_json(facts, found))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        for line in visit.lines(facts, found, width):
            click.echo(line)
    if any(finding.level == "problem" for finding in found):
        raise click.exceptions.Exit(NOT_ALL_OK)
