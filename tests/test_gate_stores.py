"""Which store is meant: a folder, or a revision of a repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import runs_by_hand as stores
from gates_by_hand import found, gate

from benchbig.errors import BenchError


@pytest.fixture
def repository(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose first commit keeps the base store in results/, its second a worse one."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for variable in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{variable}_NAME", "t")
        monkeypatch.setenv(f"{variable}_EMAIL", "t@example.org")
    base.rename(folder / "results")
    for line in ("init -q", "add .", "commit -q -m one"):
        subprocess.run(["git", *line.split()], check=True)
    subprocess.run(["git", "rm", "-qr", "--cached", "results"], check=True)
    (folder / "results").rename(folder / "gone")
    stores.seeds(folder / "results", share=0.03)
    for line in ("add results", "commit -q -m two"):
        subprocess.run(["git", *line.split()], check=True)
    return folder


def test_a_revision_of_the_repository_is_a_store(repository: Path):
    before = subprocess.run(
        ["git", "status", "--porcelain"], capture_output=True, check=True
    ).stdout
    code, (finding,) = found("git:HEAD~1", "git:HEAD:results")
    assert (code, finding["status"]) == (1, "regressed")
    assert found("git:HEAD", repository / "results")[0] == 0
    after = subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True).stdout
    assert before == after


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("git:nowhere", "no such revision"),
        ("git:--output=x", "no such revision"),
        ("git:", "no such revision"),
        ("git:HEAD:elsewhere", "no records in elsewhere/"),
        ("nowhere", "no records there"),
    ],
)
def test_a_store_that_is_not_there_is_said(repository: Path, named: str, said: str):
    with pytest.raises(BenchError, match=said):
        gate(named, "results")
    assert not (repository / "x").exists()


def test_outside_of_a_repository_git_is_explained(base: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(base)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(base.parent))
    with pytest.raises(BenchError, match="no such revision"):
        gate("git:HEAD", base)
