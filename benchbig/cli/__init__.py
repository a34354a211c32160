"""The command line: wiring only; each command imports what it needs when it runs."""

from __future__ import annotations

import sys

import typer

from benchbig.cli import catalog, data, results, run
from benchbig.errors import INTERRUPTED, USAGE, BenchError

app = typer.Typer(
    name="benchbig",
    help="Is a fine-tuned large pretrained model worth it on your task, or will logistic "
    "regression, an SVM or boosted trees do?",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("run")(run.run)
app.command("list")(catalog.list_all)
app.command("show")(catalog.show)
app.command("fetch")(data.fetch)
app.command("check")(results.check)
app.command("export")(results.export)


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    if version:
        from benchbig import __version__

        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; a user's mistake is one sentence on standard error and exit code 2."""
    try:
        app()
    except BenchError as error:
        print(f"benchbig: {error}", file=sys.stderr)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader has left, as `| head` does
        sys.stderr.close()
        sys.exit(0)
