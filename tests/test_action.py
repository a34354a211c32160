"""Do the action's steps, one after another as a code host runs them, open and shut the gate?

Every script of action.yml is run as it stands, with its inputs and expressions filled in and the
cache kept between runs. Stand-ins are only what would reach the network: pip, and gh.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from toys import CENTROID, Plugins

ROOT = Path(__file__).resolve().parents[1]
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
# Of a venv and of gh, as much as the scripts use.
PYTHON = """#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 64
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >> {home}/pip.txt\\n' > "$3/bin/pip"
printf '#!/bin/sh\\nexec {python} -m benchbig "$@"\\n' > "$3/bin/benchbig"
chmod +x "$3/bin/pip" "$3/bin/benchbig"
"""
GH = """#!/bin/sh
echo "$@" >> {home}/gh.txt
case "$*" in *--paginate*) cat {home}/comments.txt ;; esac
"""


def action() -> Any:
    yaml = pytest.importorskip("ruamel.yaml")
    return yaml.YAML(typ="safe", pure=True).load((ROOT / "action.yml").read_text())


@dataclass
class Host:
    """A code host that runs the action in a check-out. home: where its own things lie."""

    home: Path
    inputs: Mapping[str, str]
    branch: str = "main"
    event: str = "push"
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    runs: int = 0

    def __post_init__(self) -> None:
        for name, text in (("python3", PYTHON), ("gh", GH)):
            program = self.home / "bin" / name
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text(text.format(home=self.home, python=sys.executable))
            program.chmod(0o755)
        (self.home / "comments.txt").write_text("")
        (self.home / "work").mkdir()

    @property
    def given(self) -> dict[str, str]:
        asked = {name: str(one["default"]) for name, one in action()["inputs"].items()}
        return {**asked, **self.inputs}

    def run(self) -> int:
        """The action once, in a fresh check-out; the exit code of its last step, or of the first
        that fails."""
        self.runs += 1
        self.outputs, self.summary = {}, ""
        shutil.rmtree(self.home / "work")
        (self.home / "work").mkdir()
        for step in action()["runs"]["steps"]:
            if not self.holds(step.get("if", "true")):
                continue
            code = self.cached(step) if "uses" in step else self.script(step)
            if code and not step.get("continue-on-error"):
                return code
        return 0

    def holds(self, condition: str) -> bool:
        """The conditions of action.yml, each known by its parts."""
        known = {
            "true": True,
            "inputs.base == ''": self.given["base"] == "",
            "inputs.comment == 'true'": self.given["comment"] == "true",
            "github.event_name == 'pull_request'": self.event == "pull_request",
            "github.ref_name == github.event.repository.default_branch": self.branch == "main",
        }
        return all(known[part] for part in condition.split(" && "))

    def filled(self, text: str) -> str:
        """A text with its expressions worked out; one that is not known is an error."""

        def value(match: re.Match[str]) -> str:
            expression = match[1]
            if expression == "inputs.base || '.benchbig/base'":
                return self.given["base"] or ".benchbig/base"
            if expression.startswith("inputs."):
                return self.given[expression.removeprefix("inputs.")]
            if expression.startswith("steps."):
                _, step, _, name = expression.split(".")
                return self.outputs.get(f"{step}.{name}", "")
            return {
                "github.sha": f"commit{self.runs}",
                "github.token": "secret",
                "github.event.pull_request.number": "7",
            }[expression]

        return re.sub(r"\$\{\{ (.*?) \}\}", value, text)

    def cached(self, step: Mapping[str, Any]) -> int:
        """actions/cache: the newest entry whose key begins with a key to restore."""
        options = {name: self.filled(text).strip() for name, text in step["with"].items()}
        kept, path = self.home / "cache", self.home / "work" / options["path"]
        if "/save@" in step["uses"]:
            shutil.copytree(path, kept / options["key"])
            return 0
        found = sorted(kept.glob(f"{options['restore-keys']}*"), key=lambda p: p.stat().st_mtime)
        if found:
            shutil.copytree(found[-1], path)
        return 0

    def script(self, step: Mapping[str, Any]) -> int:
        written, told = self.home / "output.txt", self.home / "summary.txt"
        written.write_text("")
        told.write_text("")
        env = {
            **os.environ,
            "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.home / "runner"),
            "RUNNER_OS": "Linux",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_OUTPUT": str(written),
            "GITHUB_STEP_SUMMARY": str(told),
            "BENCHBIG_CACHE": str(self.home / "data"),
            **{name: self.filled(text) for name, text in step.get("env", {}).items()},
        }
        done = subprocess.run(
            [*BASH, step["run"]], cwd=self.home / "work", env=env, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
        for line in written.read_text().splitlines():
            name, _, value = line.partition("=")
            self.outputs[f"{step['id']}.{name}"] = value
        self.summary += told.read_text()
        return done.returncode


def first_on_main(host: Host) -> None:
    assert host.run() == 0
    line = (host.home / "pip.txt").read_text().strip()
    assert line == f"install --quiet --constraint {ROOT}/constraints.txt {ROOT}[boosting]"
    assert "compare.exit-code" not in host.outputs
    assert host.outputs["compare.reports"] == ".benchbig"
    assert "No records to compare with yet" in host.summary


def unchanged_on_a_branch(host: Host) -> None:
    host.branch, host.event = "change", "pull_request"
    assert host.run() == 0
    assert host.outputs["compare.exit-code"] == "0"
    assert "1 no change seen" in host.summary
    assert len(list((host.home / "cache").iterdir())) == 1  # a branch keeps nothing
    asked, written = (host.home / "gh.txt").read_text().splitlines()
    assert asked.startswith("api --paginate repos/owner/name/issues/7/comments")
    assert (
        written == "api --silent repos/owner/name/issues/7/comments -F body=@.benchbig/comment.md"
    )
    body = (host.home / "work" / ".benchbig" / "comment.md").read_text()
    assert body.startswith("<!-- benchbig gate -->\n### benchbig: ")


def worse_on_the_branch(host: Host) -> None:
    (host.home / "comments.txt").write_text("41\n42\n")  # what was written before
    assert host.run() == 1
    assert host.outputs["compare.exit-code"] == "1"
    assert "**regressed**" in host.summary
    reports = {path.name for path in (host.home / "work" / ".benchbig").glob("gate.*")}
    assert reports == {"gate.md", "gate.xml", "gate.json", "gate.bigger.json", "gate.smaller.json"}
    written = (host.home / "gh.txt").read_text().splitlines()[-1]
    assert "--method PATCH repos/owner/name/issues/comments/41 -F" in written


def test_a_branch_is_compared_with_what_main_last_kept_and_told(toys: Plugins, tmp_path: Path):
    """A suite of trials, as `smoke`, which the gate in ten lines runs, is one."""
    toys.suite("short", {"seeds": [0, 1], "limit": 300})
    host = Host(tmp_path / "host", {"run": f"--suite short --plugins {toys.folder}"})
    first_on_main(host)
    unchanged_on_a_branch(host)
    toys.model("centre", CENTROID.replace("return p if", "p = 1 - p\n        return p if"))
    worse_on_the_branch(host)  # a model that says the opposite
