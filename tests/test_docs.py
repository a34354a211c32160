"""Do the pages say what the code does?"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import benchbig
from benchbig.cards import (
    AssetCard,
    Costs,
    ModelCard,
    PieceCard,
    SplitCard,
    SuiteCard,
    TaskCard,
    Tuning,
    Words,
)
from benchbig.cli import app
from benchbig.data import Notes
from benchbig.record import schema

ROOT = Path(__file__).resolve().parents[1]
README_LINES = 60
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Split, so that this file does not find itself.
HOSTS = re.compile(
    r"pypi\.o[r]g|pythonhosted\.o[r]g|registry\.npmjs\.o[r]g|deb\.debian\.o[r]g"
    r"|download\.pytorch\.o[r]g"
)
MACHINE_PATH = re.compile(r"(?<![\w.~*$}])/(?:home|root|Users|opt|work|tmp|mnt|srv)/\w")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def files() -> list[str]:
    """Every file of the tree that git does not ignore, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def section(text: str, heading: str) -> str:
    """What stands under this heading, to the next one of its level."""
    level = heading.split()[0]
    return text.partition(f"{heading}\n")[2].partition(f"\n{level} ")[0]


def documented_rows(text: str) -> list[tuple[list[str], str]]:
    """The table lines that begin with names in backticks: the names, and the second cell."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \|", text, re.MULTILINE)
    return [(re.findall(r"`(\w+)`", names), second.strip()) for names, second in rows]


def commands() -> dict[str, click.Command]:
    """Every command by what is typed, those of groups included."""
    found: dict[str, click.Command] = {}
    context = click.Context(app)
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {one}": own for one, own in inner.items()} or {name: command}
    return found


COMMANDS = commands()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_documented_and_no_other(name: str) -> None:
    text = section(page("docs/cli.md"), f"## `benchbig {name}`")
    options = [param for param in COMMANDS[name].params if param.param_type_name == "option"]
    there = {long for param in options for long in param.opts if long.startswith("--")} - {"--help"}
    mentioned = set(re.findall(r"`(--[a-z][a-z-]*)", text))
    assert there <= mentioned, f"docs/cli.md lacks {sorted(there - mentioned)} under {name}"
    assert mentioned <= there, f"docs/cli.md invents {sorted(mentioned - there)}"


def test_every_exit_code_is_documented() -> None:
    text = section(page("docs/cli.md"), "## Exit codes")
    from benchbig import errors

    named = {name: value for name, value in vars(errors).items() if name.isupper()}
    codes = {value for value in named.values() if isinstance(value, int)}
    assert codes == {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}


def test_every_field_of_a_record_is_documented_once() -> None:
    fields = [name for names, _ in documented_rows(page("docs/record.md")) for name in names]
    assert sorted(fields) == sorted(schema()["properties"])


def test_the_documented_types_are_those_of_the_schema() -> None:
    for names, shown in documented_rows(page("docs/record.md")):
        types = [shown] if "`" in shown else shown.split(", ")
        for name, said in zip(names, types * (len(names) // len(types)), strict=True):
            assert said == type_in_words(schema()["properties"][name]), name


def type_in_words(facts: dict[str, object]) -> str:
    """'number or null', or the values that are allowed."""
    if "const" in facts:
        return str(facts["const"])
    if "enum" in facts:
        return ", ".join(f"`{value}`" for value in facts["enum"])  # type: ignore[attr-defined]
    kind = facts["type"]
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("docs/plugins.md", TaskCard),
        ("docs/plugins.md", SplitCard),
        ("docs/plugins.md", Costs),
        ("docs/plugins.md", ModelCard),
        ("docs/plugins.md", SuiteCard),
        ("docs/plugins.md", Tuning),
        ("docs/plugins.md", Words),
        ("docs/plugins.md", Notes),
        ("docs/data.md", AssetCard),
        ("docs/data.md", PieceCard),
    ],
)
def test_every_key_of_a_card_is_documented(name: str, kind: type) -> None:
    code = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", page(name)))))
    keys = {field.name for field in dataclasses.fields(kind)} - {"name", "path"}
    assert keys <= code, f"{name} lacks {sorted(keys - code)}"


def test_the_example_of_a_plugin_runs_as_it_stands(tmp_path: Path) -> None:
    text = page("docs/plugins.md")
    written = re.findall(r"`mine/(\S+)`\n\n```\w+\n(.*?)```", text, re.DOTALL)
    assert len(written) == 4
    for name, content in written:
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    line = re.search(r"^benchbig (run --plugins mine .*)$", text, re.MULTILINE)
    assert line
    command = [sys.executable, "-m", "benchbig", *line[1].split(), "--seeds", "0"]
    done = subprocess.run(
        [*command, "--results", "r"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [p.read_text() for p in (tmp_path / "r" / "records" / "tumours").glob("*.jsonl")]
    values = {record["model"]: record["value"] for record in map(json.loads, lines)}
    assert set(values) == {"neighbours", "logreg", "majority"}
    assert min(values["neighbours"], values["logreg"]) > values["majority"]


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for name in (name for name in files() if name.endswith(".md")):
        for target in LINK.findall(re.sub(r"```.*?```", "", page(name), flags=re.DOTALL)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            there = (ROOT / name).parent / path if path else ROOT / name
            if not there.exists() or (anchor and anchor not in anchors(there)):
                broken.append(f"{name}: {target}")
    assert not broken


def test_every_page_stands_in_the_index() -> None:
    index = set(LINK.findall(page("docs/index.md")))
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md", "README.md"}
    assert pages <= index, f"docs/index.md lacks {sorted(pages - index)}"


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_top_level_folder_has_a_short_readme() -> None:
    folders = {name.split("/")[0] for name in files() if "/" in name}
    for folder in sorted(name for name in folders if not name.startswith(".")):
        lines = page(f"{folder}/README.md").splitlines()
        assert 3 < len(lines) < README_LINES, folder


def test_the_tree_names_no_host_of_a_registry_and_no_path_of_a_machine() -> None:
    found = []
    for name in files():
        try:
            text = page(name)
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if HOSTS.search(line) or MACHINE_PATH.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert not found


def test_what_is_generated_is_current() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_constraints_pin_every_dependency_within_its_bounds() -> None:
    lines = [line for line in page("constraints.txt").splitlines() if not line.startswith("#")]
    pins = {canonicalize_name(r.name): r.specifier for r in map(Requirement, lines)}
    assert len(pins) == len(lines)
    project = tomllib.loads(page("pyproject.toml"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for requirement in map(Requirement, [*wanted, *(one for extra in extras for one in extra)]):
        if requirement.name == "benchbig":
            continue
        (pin,) = pins[canonicalize_name(requirement.name)]
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement


def test_the_citation_names_this_version() -> None:
    assert f"\nversion: {benchbig.__version__}\n" in page("CITATION.cff")
