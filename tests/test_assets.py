"""Are pinned assets fetched, verified and cached soundly, whatever the network and disk do?

Every test talks to a package index of its own on 127.0.0.1 with packages made here.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchbig.assets import cache_dir, download, extract, find, get, registry, verify
from benchbig.assets.registry import configured
from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError

ROWS = b"age,income\n" + b"41,2800\n" * 40_000  # large enough to be cut in two
WHEEL = "tiny_data-1.0-py3-none-any.whl"
SDIST = "tiny_data-1.0.tar.gz"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return out.getvalue()


@dataclass
class Index:
    """A package index in the form of PEP 503, and how it behaves."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    digests: bool = True  # whether its page gives them
    cut: int = 0  # so many downloads end early
    resumes: bool = True  # whether it knows Range
    password: str = ""  # of the user "me"; asked for when set
    asked: list[str] = field(default_factory=list)  # paths, in order


def answer(index: Index, request: BaseHTTPRequestHandler) -> None:
    """Serve the project's page or one of its files."""
    index.asked.append(request.path)
    name = request.path.rpartition("/")[2]
    given = request.headers.get("Authorization", "")
    if index.password and given != "Basic bWU6c2VjcmV0":  # me:secret
        request.send_error(401)
    elif request.path == "/simple/tiny-data/":
        links = "".join(
            f'<a href="../../files/{each}{"#sha256=" + sha256(body) if index.digests else ""}">'
            f"{each}</a>"
            for each, body in index.files.items()
        )
        send(request, 200, links.encode(), len(links), "text/html")
    elif name in index.files:
        body, start = index.files[name], 0
        ranged = request.headers.get("Range", "")
        if index.resumes and ranged:
            start = int(ranged.removeprefix("bytes=").removesuffix("-"))
        rest = body[start:]
        shown = rest
        if index.cut:
            index.cut -= 1
            shown = rest[: len(rest) // 2]
        send(request, 206 if start else 200, shown, len(rest), "application/octet-stream")
    else:
        request.send_error(404)


def send(request: BaseHTTPRequestHandler, status: int, body: bytes, length: int, kind: str) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(length))
    request.send_header("Content-Type", kind)
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def pip_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip as it comes, whatever this machine configures."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture
def index(pip_unset: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    served = Index()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(served, self)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/simple"
    monkeypatch.setattr(registry, "_pip_config", dict)  # asking pip takes half a second
    monkeypatch.setenv("PIP_INDEX_URL", served.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def card(index: Index) -> AssetCard:
    """An asset in a wheel that the index serves."""
    index.files[WHEEL] = zipped({"tiny_data/rows.csv": ROWS, "tiny_data/other.txt": b"other"})
    return AssetCard(
        name="rows",
        licence="CC0",
        origin="made by a test",
        pypi="tiny-data==1.0",
        archive_sha256=sha256(index.files[WHEEL]),
        member="tiny_data/rows.csv",
        sha256=sha256(ROWS),
        bytes=len(index.files[WHEEL]),
    )


def stored(cache: Path) -> list[str]:
    """What the cache holds besides locks, which stay."""
    return sorted(
        str(path.relative_to(cache))
        for path in cache.rglob("*")
        if path.is_file() and not path.name.startswith(".lock-")
    )


def test_a_wheels_member_is_fetched_once_and_then_found(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    assert find(card, tmp_path) is None
    seen: list[tuple[int, int | None]] = []
    path = get(card, tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert path.name == "rows.csv"
    assert path.read_bytes() == ROWS
    assert seen[-1] == (card.bytes, card.bytes)
    requests = len(index.asked)
    assert get(card, tmp_path) == find(card, tmp_path) == path
    assert len(index.asked) == requests
    assert verify(card, tmp_path)


def test_an_sdists_member_is_read_below_its_top_folder_and_nothing_is_executed(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    marker = tmp_path / "executed"
    index.files[SDIST] = tarred(
        {
            "tiny_data-1.0/setup.py": f"open({str(marker)!r}, 'w')".encode(),
            "tiny_data-1.0/data/rows.csv": ROWS,
        }
    )
    archive = sha256(index.files[SDIST])
    card = replace(card, archive="sdist", archive_sha256=archive, member="data/rows.csv")
    assert get(card, tmp_path / "cache").read_bytes() == ROWS
    assert not marker.exists()


def test_a_folder_holds_the_files_named_and_no_others(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    members = {"tiny/model/a.json": b"{}", "tiny/model/sub/b.bin": b"b", "tiny/model/c.py": b"c"}
    index.files[WHEEL] = zipped(members)
    files = {"a.json": sha256(b"{}"), "sub/b.bin": sha256(b"b")}
    card = replace(
        card, archive_sha256=None, member=None, sha256=None, folder="tiny/model", files=files
    )
    folder = get(card, tmp_path)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == set(files)
    assert verify(card, tmp_path)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_inner_archives_are_descended_into(
    pack: Callable[[dict[str, bytes]], bytes], card: AssetCard, index: Index, tmp_path: Path
) -> None:
    innermost = tarred({"./deep/rows.csv": ROWS})
    index.files[WHEEL] = zipped({"a/one.pack": pack({"two.tar.gz": innermost})})
    card = replace(
        card, archive_sha256=None, inner=("a/one.pack", "two.tar.gz"), member="deep/rows.csv"
    )
    assert get(card, tmp_path).read_bytes() == ROWS


def test_two_cards_of_the_same_content_share_one_file(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    first = get(card, tmp_path)
    requests = len(index.asked)
    assert get(replace(card, name="rows_again"), tmp_path) == first
    assert len(index.asked) == requests


def test_a_wrong_archive_is_refused_before_its_download_where_the_index_tells(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match=f"{card.archive_sha256}.*the card pins {'0' * 64}"):
        get(replace(card, archive_sha256="0" * 64), tmp_path)
    assert index.asked == ["/simple/tiny-data/"]


@pytest.mark.parametrize("key", ["archive_sha256", "sha256"])
def test_a_wrong_sha256_is_said_and_nothing_kept(
    key: str, card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.digests = False
    right = getattr(card, key)
    with pytest.raises(BenchError, match=f"has the sha256 {right}, but the card pins {'0' * 64}"):
        get(replace(card, **{key: "0" * 64}), tmp_path)
    assert stored(tmp_path) == []


def test_a_damaged_cache_is_noticed_and_mended(card: AssetCard, tmp_path: Path) -> None:
    path = get(card, tmp_path)
    path.write_bytes(ROWS[:-1] + b"!")  # of the same size: only hashing shows it
    assert find(card, tmp_path) == path
    assert not verify(card, tmp_path)
    path.write_bytes(ROWS[:100])
    assert find(card, tmp_path) is None
    assert get(card, tmp_path).read_bytes() == ROWS


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


def test_a_member_that_is_not_in_the_archive_is_said_with_the_nearest(
    card: AssetCard, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match=r"no member 'data/rows.csv'.*'tiny_data/rows.csv'"):
        get(replace(card, member="data/rows.csv"), tmp_path)


@pytest.mark.parametrize("name", ["../rows.csv", "/etc/passwd", "a/../../b", "a\\..\\b"])
def test_a_card_cannot_name_a_path_outside_the_archive(
    name: str, card: AssetCard, index: Index, tmp_path: Path
) -> None:
    files = {name: "0" * 64}
    for bad in (
        replace(card, member=name),
        replace(card, inner=(name,)),
        replace(card, member=None, folder="tiny_data", files=files),
    ):
        with pytest.raises(BenchError, match="is not a safe name"):
            get(bad, tmp_path / "cache")
    assert index.asked == []


def test_members_that_are_links_or_lie_outside_are_refused(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.files[SDIST] = tarred({}, links={"tiny/rows.csv": "/etc/passwd"})
    tar = replace(card, archive="sdist", archive_sha256=None, member="tiny/rows.csv")
    with pytest.raises(BenchError, match=r"'tiny/rows.csv' is not a plain file"):
        get(tar, tmp_path)
    # The match below the top folder would lead to ../rows.csv.
    index.files[SDIST] = tarred({"../rows.csv": ROWS})
    with pytest.raises(BenchError, match="refused"):
        get(replace(tar, member="rows.csv"), tmp_path)
    link = zipfile.ZipInfo("tiny/rows.csv")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    index.files[WHEEL] = out.getvalue()
    with pytest.raises(BenchError, match=r"'tiny/rows.csv' is not a plain file"):
        get(replace(card, archive_sha256=None, member="tiny/rows.csv"), tmp_path)
    assert stored(tmp_path) == []


@pytest.mark.parametrize("content", [b"no archive", zipped({"a": ROWS})[:-400], b""])
def test_what_is_no_archive_or_a_damaged_one_is_refused(
    content: bytes, card: AssetCard, index: Index, tmp_path: Path
) -> None:
    index.files[WHEEL] = content
    with pytest.raises(BenchError, match=r"neither a zip nor a tar|damaged"):
        get(replace(card, archive_sha256=None), tmp_path)


def test_a_truncated_sdist_is_called_damaged(card: AssetCard, index: Index, tmp_path: Path) -> None:
    index.files[SDIST] = tarred({"a/rows.csv": os.urandom(100_000)})[:-50_000]
    with pytest.raises(BenchError, match="damaged"):
        get(replace(card, archive="sdist", archive_sha256=None, member="a/rows.csv"), tmp_path)


def test_a_bomb_is_not_unpacked(
    card: AssetCard, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "MAX_MEMBER", 10_000)
    monkeypatch.setattr(extract, "MAX_TAR", 10_000)
    with pytest.raises(BenchError, match="at most"):
        get(card, tmp_path)
    index.files[SDIST] = tarred({"big": ROWS, "tiny_data/rows.csv": b"1"})
    with pytest.raises(BenchError, match="the archive unpacks to more"):
        get(replace(card, archive="sdist", archive_sha256=None), tmp_path)
    with pytest.raises(BenchError, match="a member unpacks to more"):
        extract._write(io.BytesIO(ROWS), tmp_path / "out", "asset 'lying'")


def test_a_full_disk_is_one_sentence_with_the_size_and_what_to_do(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(extract, "_write", full)
    with pytest.raises(BenchError, match=r"at least 76 MB.*BENCHBIG_CACHE=/bigger/disk"):
        get(replace(card, bytes=76_000_000), tmp_path)
    assert stored(tmp_path) == []


def test_a_file_size_limit_met_for_real_leaves_the_cache_sound(
    card: AssetCard, tmp_path: Path
) -> None:
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
    )
    ended = run_get(card, tmp_path, code)
    assert "no space left for asset 'rows'" in ended.stderr
    assert stored(tmp_path) == []
    assert get(card, tmp_path).read_bytes() == ROWS


def test_a_cache_that_cannot_be_written_is_said(card: AssetCard, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BenchError, match=r"cannot store asset 'rows'.*BENCHBIG_CACHE="):
        get(card, tmp_path / "file")


def test_offline_gives_what_is_cached_and_asks_the_network_nothing(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    with pytest.raises(BenchError, match="type: benchbig fetch --suite"):
        get(card, tmp_path, offline=True)
    assert index.asked == []
    path = get(card, tmp_path)
    requests = len(index.asked)
    assert get(card, tmp_path, offline=True) == path
    assert len(index.asked) == requests


def test_an_interrupt_in_the_middle_leaves_the_cache_sound(
    card: AssetCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "CHUNK", 1000)

    def interrupt(done: int, total: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(card, tmp_path, progress=interrupt)
    assert stored(tmp_path) == []
    assert get(card, tmp_path).read_bytes() == ROWS


def test_what_a_killed_process_left_is_cleared(card: AssetCard, tmp_path: Path) -> None:
    code = (
        "import os, signal; from benchbig.assets import extract; "
        "extract._write = lambda *a: os.kill(os.getpid(), signal.SIGKILL); "
    )
    ended = run_get(card, tmp_path, code)
    assert ended.returncode == -9
    assert stored(tmp_path) != []
    assert find(card, tmp_path) is None
    get(card, tmp_path)
    assert [Path(name).name for name in stored(tmp_path)] == ["rows.csv", "stored.json"]


def test_processes_that_get_the_same_asset_at_once_download_it_once(
    card: AssetCard, index: Index, tmp_path: Path
) -> None:
    ended: list[subprocess.CompletedProcess[str]] = []
    threads = [
        threading.Thread(target=lambda: ended.append(run_get(card, tmp_path))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.returncode for each in ended] == [0, 0], ended
    assert len({each.stdout for each in ended}) == 1
    assert index.asked == ["/simple/tiny-data/", f"/files/{WHEEL}"]


def run_get(card: AssetCard, cache: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """Get the asset in a process of its own."""
    code = (
        f"{before}from pathlib import Path; from benchbig.assets import get; "
        f"from benchbig.cards.schema import AssetCard; print(get({card!r}, Path({str(cache)!r})))"
    )
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_file_named_pip_in_the_working_folder_is_not_run(
    pip_unset: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("open('executed', 'w')")
    monkeypatch.chdir(tmp_path)
    configured()
    assert not (tmp_path / "executed").exists()


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
    asked: list[tuple[str, str, str, bool]] = []

    def had(repo: str, name: str, revision: str, local_files_only: bool) -> str:
        asked.append((repo, name, revision, local_files_only))
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
    assert asked == [("me/model", "small/config.json", "abc123", True)]
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


def test_the_cache_folder_follows_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHBIG_CACHE", "/bigger/disk")
    assert cache_dir() == Path("/bigger/disk")
    monkeypatch.delenv("BENCHBIG_CACHE")
    assert cache_dir() == Path.home() / ".cache" / "benchbig"


def test_the_cache_says_where_its_content_is_from(card: AssetCard, tmp_path: Path) -> None:
    note = json.loads((get(card, tmp_path).parents[1] / "stored.json").read_text())
    assert note == {
        "name": "rows",
        "licence": "CC0",
        "origin": "made by a test",
        "files": {"rows.csv": len(ROWS)},
    }


def test_importing_the_layer_loads_no_network_client() -> None:
    code = "import sys, benchbig.assets; print({'requests', 'pypi_simple'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "set()\n"
