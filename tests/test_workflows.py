"""Do the action and the workflows of the docs meet the schemas that code hosts publish?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import runs_by_hand as stores

ROOT = Path(__file__).resolve().parents[1]
CHECKER = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
BLOCKS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/gate.md").read_text(), re.DOTALL)
EXPRESSION = re.compile(r"\$\{\{")


def check(schema: str, path: Path) -> None:
    """Against the schema of that name, as check-jsonschema carries it (from SchemaStore)."""
    if CHECKER is None:
        pytest.skip("check-jsonschema is not installed")
    command = [CHECKER, "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def loaded(text: str) -> Any:
    yaml = pytest.importorskip("ruamel.yaml")
    return yaml.YAML(typ="safe", pure=True).load(text)


def test_the_action_is_one():
    check("github-actions", ROOT / "action.yml")


def test_what_publishes_the_page_is_a_workflow_and_types_commands_that_are_there():
    path = ROOT / ".github" / "workflows" / "pages.yml"
    check("github-workflows", path)
    typed = re.findall(r"run: benchbig (.*)", path.read_text())
    assert [line.split()[0] for line in typed] == ["check", "leaderboard"]
    for line in typed:
        words = [word for word in line.split() if not word.startswith("-")]
        help_of = [sys.executable, "-m", "benchbig", *words[: 1 + ("build" in words)], "--help"]
        done = subprocess.run(help_of, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert all(option in done.stdout for option in re.findall(r"--[a-z]+", line))


@pytest.mark.parametrize(("number", "schema"), [(0, "github-workflows"), (1, "gitlab-ci")])
def test_a_workflow_of_the_docs_is_one(number: int, schema: str, tmp_path: Path):
    path = tmp_path / "workflow.yml"
    path.write_text(BLOCKS[number], encoding="utf-8")
    check(schema, path)


def test_a_wrong_workflow_is_found(tmp_path: Path):
    """The checker does check: a step that does nothing is refused."""
    path = tmp_path / "workflow.yml"
    path.write_text(BLOCKS[0].replace("uses: actions/checkout@v4", "use: x"), encoding="utf-8")
    if CHECKER is None:
        pytest.skip("check-jsonschema is not installed")
    command = [CHECKER, "--builtin-schema", "vendor.github-workflows", str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_the_gate_takes_ten_lines():
    assert len(BLOCKS[0].strip().splitlines()) <= 10
    assert len(BLOCKS[1].strip().splitlines()) <= 10


def test_what_others_typed_reaches_a_shell_only_as_a_variable():
    """An expression inside `run` would be pasted into the script before the shell reads it."""
    steps = loaded((ROOT / "action.yml").read_text())["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) >= 4
    assert not [script for script in scripts if EXPRESSION.search(script)]


def test_the_actions_scripts_are_sound_bash():
    steps = loaded((ROOT / "action.yml").read_text())["runs"]["steps"]
    for step in steps:
        if "run" in step:
            done = subprocess.run(["bash", "-n"], input=step["run"], text=True, check=False)
            assert done.returncode == 0, step["name"]


def step(name: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one of the action's scripts, with benchbig where the action installs it."""
    steps = loaded((ROOT / "action.yml").read_text())["runs"]["steps"]
    script = next(step["run"] for step in steps if step["name"] == name)
    program = cwd / "runner" / "benchbig" / "bin" / "benchbig"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m benchbig "$@"\n')
    program.chmod(0o755)
    files = {name: str(cwd / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=cwd,
        env={**os.environ, "RUNNER_TEMP": str(cwd / "runner"), **files, **env},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_action_compares_reports_and_shuts(tmp_path: Path):
    stores.seeds(tmp_path / ".benchbig" / "base")
    stores.seeds(tmp_path / ".benchbig" / "head", share=0.03)
    asked = {"BASE": ".benchbig/base", "FAIL_ON": "quality,missing", "MIN_EFFECT": ""}
    done = step("Compare", tmp_path, **asked)
    assert done.returncode == 0, done.stderr
    assert "exit-code=1\n" in (tmp_path / "GITHUB_OUTPUT").read_text()
    assert "**regressed**" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    reports = {path.name for path in (tmp_path / ".benchbig").glob("gate.*")}
    assert reports == {"gate.md", "gate.xml", "gate.json", "gate.bigger.json", "gate.smaller.json"}
    assert step("Open or shut", tmp_path, CODE="1").returncode == 1
    assert step("Open or shut", tmp_path, CODE="").returncode == 0


def test_the_first_run_has_nothing_to_compare_with_and_says_so(tmp_path: Path):
    stores.seeds(tmp_path / ".benchbig" / "head", which=(0,))
    asked = {"BASE": ".benchbig/base", "FAIL_ON": "any", "MIN_EFFECT": ""}
    assert step("Compare", tmp_path, **asked).returncode == 0
    assert "exit-code" not in (tmp_path / "GITHUB_OUTPUT").read_text()
    assert "No records to compare with yet" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    assert step("Make it the next base", tmp_path).returncode == 0
    assert (tmp_path / ".benchbig" / "base" / "records").is_dir()


def test_the_action_takes_only_options_there_are():
    from benchbig.cli.compare import compare

    text = (ROOT / "action.yml").read_text()
    options = {o for param in compare.params for o in param.opts}
    typed = set(re.findall(r"--[a-z-]+", text.split('benchbig" compare')[1].split("|| code")[0]))
    assert typed
    assert typed <= options


def test_every_input_and_output_is_told():
    text = (ROOT / "docs/gate.md").read_text()
    action = loaded((ROOT / "action.yml").read_text())
    for name in (*action["inputs"], *action["outputs"]):
        assert f"`{name}`" in text, name
    for one in action["inputs"].values():
        assert one["description"].endswith(".")
