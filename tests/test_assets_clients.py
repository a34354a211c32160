"""Are Debian, npm and hub packages had through their own clients, and their failures said?"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from package_index import ROWS, sha256, tarred

from benchbig.assets import get
from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError


def test_a_client_that_is_absent_or_fails_is_one_sentence(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = replace(card, pypi=None, npm="tiny-data@1.0.0", archive_sha256=None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BenchError, match="needs 'npm', which this machine lacks"):
        get(package, tmp_path / "cache")
    client = tmp_path / "npm"
    client.write_text("#!/bin/sh\necho 'npm error 404 not found' >&2\nexit 1\n")
    client.chmod(0o755)
    with pytest.raises(BenchError, match=r"npm cannot get tiny-data@1.0.0: npm error 404"):
        get(package, tmp_path / "cache")


def test_an_npm_package_is_packed_by_npm_and_opened_here(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.tgz").write_bytes(tarred({"package/rows.csv": ROWS}))
    client = tmp_path / "npm"
    client.write_text(f"#!/bin/sh\n/bin/cp {tmp_path}/made.tgz tiny-data-1.0.0.tgz\n")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    package = replace(
        card,
        pypi=None,
        npm="tiny-data@1.0.0",
        archive_sha256=sha256((tmp_path / "made.tgz").read_bytes()),
        member="rows.csv",
    )
    assert get(package, tmp_path / "cache").read_bytes() == ROWS


def test_files_of_the_hub_are_had_at_their_revision_and_offline_from_its_cache(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub_errors = pytest.importorskip("huggingface_hub.errors")
    asked: list[tuple[str, str, str, str, bool]] = []

    def had(repo: str, name: str, repo_type: str, revision: str, local_files_only: bool) -> str:
        asked.append((repo, name, repo_type, revision, local_files_only))
        if name == "gone.bin":
            raise hub_errors.LocalEntryNotFoundError("not there")
        (tmp_path / "blob").write_bytes(ROWS)
        return str(tmp_path / "blob")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", had)
    of_hub = replace(card, pypi=None, hub="me/model", revision="abc123")
    files = {"config.json": sha256(ROWS)}
    folder = replace(of_hub, member=None, sha256=None, folder="small", files=files)
    path = get(folder, tmp_path / "cache", offline=True)
    assert (path / "config.json").read_bytes() == ROWS
    assert asked == [("me/model", "small/config.json", "model", "abc123", True)]
    with pytest.raises(
        BenchError, match=r"cannot get 'gone\.bin' of me/model at abc123.*not there"
    ):
        get(replace(of_hub, member="gone.bin"), tmp_path / "cache")
    with pytest.raises(BenchError, match="type: benchbig fetch --suite"):
        get(replace(of_hub, member="gone.bin"), tmp_path / "cache", offline=True)
    with pytest.raises(BenchError, match="needs a 'revision'"):
        get(replace(of_hub, member="other.bin", revision=None), tmp_path / "cache")


def test_without_the_hubs_client_the_install_is_named(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(BenchError, match=r"pip install 'benchbig\[large\]'"):
        get(replace(card, pypi=None, hub="me/model", revision="abc123"), tmp_path)
