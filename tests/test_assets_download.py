"""Is an archive downloaded soundly, whatever the index, pip's settings and the network do?"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from package_index import ROWS, WHEEL, Index, stored

from benchbig.assets import get
from benchbig.assets.registry import configured
from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError


def test_a_wrong_archive_is_refused_before_its_download_where_the_index_tells(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match=f"{card.archive_sha256}.*the card pins {'0' * 64}"):
        get(replace(card, archive_sha256="0" * 64), tmp_path)
    assert index.asked == ["/simple/tiny-data/"]


def test_a_broken_download_is_resumed(card: AssetCard, index: Index, tmp_path: Path) -> None:
    index.cut = 2
    assert get(card, tmp_path).read_bytes() == ROWS


def test_a_broken_download_starts_anew_where_the_server_cannot_resume(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.cut, index.resumes = 1, False
    assert get(card, tmp_path).read_bytes() == ROWS


def test_a_download_that_keeps_breaking_is_one_sentence_and_leaves_nothing(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.cut = 99
    with pytest.raises(BenchError, match=r"tiny-data==1.0: http.* broke off the download; check"):
        get(card, tmp_path)
    assert stored(tmp_path) == []


def test_a_registry_that_refuses_the_connection_is_named(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:secret@127.0.0.1:9/simple")
    with pytest.raises(BenchError) as refused:
        get(card, tmp_path)
    said = str(refused.value)
    assert "http://127.0.0.1:9/simple cannot be reached" in said
    assert "tiny-data==1.0" in said
    assert "pip config list" in said
    assert "benchbig fetch" in said
    assert "secret" not in said


def test_credentials_in_the_index_url_are_used_and_not_shown(
    card: AssetCard, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.password = "secret"
    monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("//", "//me:secret@"))
    assert get(card, tmp_path).read_bytes() == ROWS
    monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("//", "//me:wrong@"))
    with pytest.raises(BenchError, match="answers HTTP 401") as refused:
        get(replace(card, sha256="0" * 64), tmp_path)
    assert "wrong" not in str(refused.value)


def test_the_other_indexes_and_find_links_of_pip_are_asked_too(
    card: AssetCard, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / WHEEL).write_bytes(index.files[WHEEL])
    (tmp_path / "links" / "other_data-1.0-py3-none-any.whl").write_bytes(b"of another project")
    monkeypatch.setenv("PIP_INDEX_URL", "file:///there/is/nothing")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"file:///nor/here {index.url}")
    assert get(card, tmp_path / "one").read_bytes() == ROWS
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "file:///nor/here")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    assert get(card, tmp_path / "two").read_bytes() == ROWS


def test_an_index_on_disk_is_read(
    card: AssetCard, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "simple" / "tiny-data" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="../../files/{WHEEL}">{WHEEL}</a>')
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / WHEEL).write_bytes(index.files[WHEEL])
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "simple").as_uri())
    assert get(card, tmp_path / "cache").read_bytes() == ROWS


def test_pips_configuration_file_is_honoured_and_a_variable_wins(
    pip_unset: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nproxy = http://proxy.example:3128\n"
        "trusted-host = a.example\n  b.example\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    seen = configured()
    assert seen.indexes == ("https://mirror.example/simple",)
    assert seen.proxy == "http://proxy.example:3128"
    assert seen.trusted_hosts == ("a.example", "b.example")
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple")
    assert configured().indexes == ("https://other.example/simple",)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert configured().indexes == ()


def test_a_version_that_is_not_in_the_index_is_said_with_those_that_are(
    card: AssetCard, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match=r"does not have version 2\.0; its versions: 1\.0"):
        get(replace(card, pypi="tiny-data==2.0"), tmp_path)
    with pytest.raises(BenchError, match=r"no sdist of version 1\.0, only: wheel"):
        get(replace(card, archive="sdist"), tmp_path)
    with pytest.raises(BenchError, match="does not have the package"):
        get(replace(card, pypi="tinny-data==1.0"), tmp_path)


def test_a_file_named_pip_in_the_working_folder_is_not_run(
    pip_unset: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("open('executed', 'w')")
    monkeypatch.chdir(tmp_path)
    configured()
    assert not (tmp_path / "executed").exists()


def test_importing_the_layer_loads_no_network_client() -> None:
    code = "import sys, benchbig.assets; print({'requests', 'pypi_simple'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "set()\n"
