"""The command line: wiring only; each command imports what it needs when it runs."""

from __future__ import annotations

import sys

import click

from benchbig.cli import catalog, compare, data, doctor, leaderboard, results, run, track
from benchbig.errors import INTERRUPTED, USAGE, BenchError


@click.group(
    name="benchbig",
    help="Is a fine-tuned large pretrained model worth it on your task, or will logistic "
    "regression, an SVM or boosted trees do?",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.option("--version", is_flag=True, help="Print the version and leave.")
@click.pass_context
def app(context: click.Context, version: bool) -> None:
    """Either a command is named, or the version or the help is meant."""
    if version:
        from benchbig import __version__

        click.echo(__version__)
        context.exit()
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        context.exit(USAGE)


for command in (
    run.run, catalog.list_all, catalog.show, data.fetch, results.check, results.merge,
    results.export, compare.compare, leaderboard.leaderboard, doctor.doctor, track.track,
):  # fmt: skip
    app.add_command(command)


def main() -> None:
    """Run the command line; a user's mistake is one sentence on standard error and exit code 2."""
    try:
        sys.exit(app.main(prog_name="benchbig", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BenchError as error:
        print(f"benchbig: {error}", file=sys.stderr)
        sys.exit(USAGE)
    except click.Abort:
        sys.exit(INTERRUPTED)
