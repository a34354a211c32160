"""Does benchbig ask the Hugging Face hub for what it needs, and for no more?

The hub's own client asks a hub that the test serves itself; its model is tiny and random.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hub_by_hand import COMMIT, unwrapped
from toys import Command, one_line

pytest.importorskip("torch", reason="models of the hub need torch: benchbig[large]")
pytest.importorskip("transformers", reason="models of the hub need transformers: benchbig[large]")

from tiny_encoder import save_tiny_encoder


class Hub(NamedTuple):
    """A hub of one model. asked: the paths that were asked for."""

    url: str
    asked: list[str]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A server that answers as the hub does, for me/served at its commit."""
    folder = save_tiny_encoder(tmp_path / "served")
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, body: bool) -> None:
            path = self.path.split("?")[0]
            asked.append(path)
            if path.startswith("/api/models/me/served/revision/"):
                self._send(200, json.dumps(_info(folder)).encode(), {}, True)
            elif path.startswith(("/me/served/resolve/main/", f"/me/served/resolve/{COMMIT}/")):
                data = (folder / path.rsplit("/", 1)[1]).read_bytes()
                tag = {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha1(data).hexdigest()}"'}
                self._send(200, data, tag, body)
            else:
                missing = {"X-Error-Code": "RepoNotFound", "X-Error-Message": "no such model"}
                self._send(404, b"{}", missing, body)

        def _send(self, code: int, data: bytes, headers: dict[str, str], body: bool) -> None:
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", url)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    yield Hub(url, asked)
    server.shutdown()


def _info(folder: Path) -> dict[str, Any]:
    """What the hub says of the model: weights lie in the large files' store."""
    files = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        file: dict[str, Any] = {
            "rfilename": path.name,
            "size": len(data),
            "blobId": hashlib.sha1(data).hexdigest(),
        }
        if path.suffix == ".safetensors":
            sha256 = hashlib.sha256(data).hexdigest()
            file["lfs"] = {"sha256": sha256, "size": len(data), "pointerSize": 134}
        files.append(file)
    card = {"license": "apache-2.0"}
    return {"id": "me/served", "sha": COMMIT, "siblings": files, "cardData": card}


def test_a_branch_is_resolved_to_its_commit_and_only_then_downloaded(
    hub: Hub, run_cli: Command
) -> None:
    shown = run_cli("show", "hf:me/served@main")
    assert f"commit={COMMIT}" in unwrapped(shown.stdout), shown.stderr
    assert "apache-2.0" in shown.stdout
    assert "/api/models/me/served/revision/main" in hub.asked
    assert not any("safetensors" in path for path in hub.asked)
    got = run_cli("fetch", "--model", "hf:me/served@main")
    assert got.returncode == 0, got.stderr
    assert f"/me/served/resolve/{COMMIT}/model.safetensors" in hub.asked
    by_branch = {path for path in hub.asked if "/resolve/main/" in path}
    assert by_branch == {"/me/served/resolve/main/config.json"}  # so the client knows the branch


def test_what_was_fetched_by_its_branch_is_there_offline(hub: Hub, run_cli: Command) -> None:
    for name in ("hf:me/served", "hf:me/served@main"):
        assert run_cli("fetch", "--model", name).returncode == 0
        asked = len(hub.asked)
        offline = replace(run_cli, variables={"HF_HUB_OFFLINE": "1"})
        shown = offline("show", name)
        assert f"commit={COMMIT}" in unwrapped(shown.stdout), shown.stderr
        assert len(hub.asked) == asked


def test_a_name_that_the_hub_does_not_have_is_one_sentence(hub: Hub, run_cli: Command) -> None:
    one_line(run_cli("show", "hf:me/nothing"), "hf:me/nothing at main cannot be had")
