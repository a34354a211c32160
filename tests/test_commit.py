"""Is the commit of a source tree known, and whether it was changed since?"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchbig.environment import git_commit


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.org")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree with a package, a model and a folder of results, nothing committed."""
    for name in ("benchbig/__init__.py", "baselines/mean.py", "results/records"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True)
        path.write_text("1\n")
    git(tmp_path / "tree", "init", "--quiet")
    return tmp_path / "tree"


def commit(tree: Path) -> str:
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", "One")
    return git(tree, "rev-parse", "HEAD")


def test_a_tree_without_a_commit_is_changed_code_of_no_commit(tree: Path):
    assert git_commit(tree / "benchbig") == (None, True)


@pytest.mark.parametrize("name", ["benchbig/__init__.py", "benchbig/more.py", "baselines/mean.py"])
def test_changed_code_of_the_engine_and_of_models_is_a_change(tree: Path, name: str):
    head = commit(tree)
    assert git_commit(tree / "benchbig") == (head, False)
    (tree / name).write_text("2\n")
    assert git_commit(tree / "benchbig") == (head, True)


def test_results_are_no_change_of_the_code(tree: Path):
    head = commit(tree)
    (tree / "results" / "records").write_text("2\n")
    assert git_commit(tree / "benchbig") == (head, False)


def test_a_second_tree_of_a_repository_has_its_own_commit(tree: Path, tmp_path: Path):
    first = commit(tree)
    git(tree, "worktree", "add", "--quiet", str(tmp_path / "second"))
    (tree / "benchbig" / "more.py").write_text("2\n")
    assert commit(tree) != first
    assert git_commit(tmp_path / "second" / "benchbig") == (first, False)


def test_of_the_tree_around_an_installed_package_nothing_is_said(tree: Path):
    installed = tree / ".venv" / "lib" / "benchbig"
    installed.mkdir(parents=True)
    commit(tree)
    assert git_commit(installed) == (None, None)
