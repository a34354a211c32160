"""The command line: wiring only; each command imports what it needs when it runs."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from benchbig.errors import INTERRUPTED, USAGE, BenchError, unknown

COMMANDS = {  # name -> its module here and what it is called there
    "check": ("results", "check"),
    "compare": ("compare", "compare"),
    "doctor": ("doctor", "doctor"),
    "export": ("results", "export"),
    "fetch": ("data", "fetch"),
    "leaderboard": ("leaderboard", "leaderboard"),
    "list": ("catalog", "list_all"),
    "merge": ("results", "merge"),
    "run": ("run", "run"),
    "show": ("catalog", "show"),
    "track": ("track", "track"),
}


class Commands(click.Group):
    """The commands, each imported when it is asked for: the others' options take time to make."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of this name. Raises BenchError where there is none."""
        if cmd_name not in COMMANDS:
            raise unknown("command", cmd_name, COMMANDS)
        module, name = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(f"benchbig.cli.{module}"), name)
        return found


@click.group(
    name="benchbig",
    cls=Commands,
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
    except OSError as error:
        if not error.filename:  # of no file that somebody could do something about
            raise
        print(f"benchbig: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(USAGE)
    except click.Abort:
        sys.exit(INTERRUPTED)
