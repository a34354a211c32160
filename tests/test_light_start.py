"""Do the commands that only read cards start at once, loading nothing heavy?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from toys import Command

HEAVY = (
    "catboost", "datasets", "drawsvg", "huggingface_hub", "jinja2", "jsonschema", "lightgbm",
    "numpy", "pandas", "pyarrow", "requests", "rich", "scipy", "sklearn", "tokenizers", "torch",
    "transformers",
)  # fmt: skip
LOOK = (
    "import atexit, sys\n"
    "atexit.register(lambda: print('LOADED', *sys.modules, file=sys.stderr))\n"
    "from benchbig.cli import main\n"
    "sys.argv = ['benchbig', *sys.argv[1:]]\n"
    "main()\n"
)
COMMANDS = [
    ["--help"],
    ["--version"],
    ["list"],
    ["list", "models"],
    ["show", "card_fraud"],
    ["show", "tabpfn"],
    ["show", "finance"],
    ["run", "--help"],
    ["compare", "--help"],
    ["track", "report", "--help"],
    ["leaderboard", "build", "--help"],
    ["run", "--suite", "finance", "--device", "tpu"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_heavy_library_is_loaded(arguments: list[str], tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *arguments],
        cwd=tmp_path,
        env=Command(tmp_path).env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (2 if "tpu" in arguments else 0), done.stderr
    loaded = set(done.stderr.rsplit("LOADED", 1)[1].split())
    assert not [name for name in HEAVY if name in loaded]


def test_without_arguments_the_help_is_shown(run_cli: Command):
    done = run_cli()
    assert "Usage: " in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "list", "show", "fetch", "check", "export",
                                     "leaderboard build", "leaderboard serve"])  # fmt: skip
def test_every_command_and_option_says_what_it_is_for(run_cli: Command, command: str):
    done = run_cli(*command.split(), "--help")
    assert done.returncode == 0
    rows = [row.split() for row in done.stdout.splitlines() if row.startswith("  --")]
    assert all(len(row) > 2 for row in rows), done.stdout


def test_a_reader_that_leaves_early_gets_no_traceback(run_cli: Command):
    with subprocess.Popen(
        run_cli.line("list"),
        cwd=run_cli.cwd,
        env=run_cli.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        assert started.stdout.readline() == "TASKS\n"
        started.stdout.close()
        assert started.stderr.read() == ""


def test_a_mistyped_command_gets_the_nearest_one(run_cli: Command):
    done = run_cli("lst")
    assert done.returncode == 2
    assert "'lst'" in done.stderr
    assert "'list'" in done.stderr
