"""A package index on 127.0.0.1 with packages made by the tests, and an asset that it serves."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchbig.assets import registry
from benchbig.cards.schema import AssetCard

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
    elif links := page(index, request.path):
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


def page(index: Index, path: str) -> str:
    """The links on a project's page; empty where the index has nothing of that name."""
    project = path.removeprefix("/simple/").removesuffix("/")
    return "".join(
        f'<a href="../../files/{each}{"#sha256=" + sha256(body) if index.digests else ""}">'
        f"{each}</a>"
        for each, body in index.files.items()
        if each.partition("-")[0].replace("_", "-") == project
    )


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
