"""Do models of the Hugging Face hub become contenders by their name alone?

The hub's own client reads a cache that the tests lay out as it does, or asks a hub that the test
serves itself; the models are tiny and random, saved as transformers saves them.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from toys import Command, Plugins, kept, one_line

pytest.importorskip("torch", reason="models of the hub need torch: benchbig[large]")
pytest.importorskip("transformers", reason="models of the hub need transformers: benchbig[large]")
pytest.importorskip("peft", reason="LoRA needs peft: benchbig[large]")

from tiny_encoder import save_tiny_encoder, save_tiny_writer
from tiny_vision import save_tiny_clip, save_tiny_conv, save_tiny_vit

from benchbig.cards import find
from benchbig.cards.read import read
from benchbig.cards.schema import ModelCard
from benchbig.cards.write import toml
from benchbig.errors import BenchError
from benchbig.hub import bring, reference

COMMIT = "0123456789abcdef0123456789abcdef01234567"
MESSAGES = """
import numpy as np
from benchbig.data import Part, Split

def load(seed, files):
    texts = np.array([f"{word} {end}" for end in ("card", "rate", "top up", "help") * 5
                      for word in ("my", "lost")], dtype=object)
    y = np.tile([0, 1], 20)
    order = np.random.default_rng(seed).permutation(40)
    cut = [Part(texts[at], y[at], at) for at in np.split(order, [20, 30])]
    return Split(*cut)
"""
CARD = {
    "modality": "text",
    "n_features": None,
    "n_examples": 40,
    "metric": "accuracy",
    "classes": ["mine", "lost"],
}


def in_cache(home: Path, repo: str, save: Any, commit: str = COMMIT, ref: str = "main") -> Path:
    """A model in the form of the client's own cache: refs and a snapshot of the commit."""
    place = home / "hub" / f"models--{repo.replace('/', '--')}"
    folder = place / "snapshots" / commit
    folder.mkdir(parents=True)
    save(folder)
    (folder / "README.md").write_text("hello")
    (place / "refs").mkdir(exist_ok=True)
    (place / "refs" / ref).write_text(commit)
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the client that holds an encoder and a language model."""
    home = tmp_path / "hf"
    in_cache(home, "me/tiny-encoder", save_tiny_encoder)
    in_cache(home, "me/tiny-writer", save_tiny_writer)
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    # The client reads its environment when it is imported, which it may be already.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(home / "hub"))
    monkeypatch.setenv("BENCHBIG_CACHE", str(tmp_path / "cache"))
    return home


@pytest.fixture
def messages(plugins: Plugins) -> Plugins:
    plugins.task("messages", MESSAGES, {k: v for k, v in CARD.items() if v is not None})
    path = plugins.folder / "tasks" / "messages.toml"
    path.write_text(re.sub(r"n_features.*\n", "", path.read_text()))
    return plugins


REFERENCES = [
    ("hf:me/model", ("me/model", "main", "frozen")),
    ("hf:me/model#lora", ("me/model", "main", "lora")),
    ("hf:me/model@v1.0#zero_shot", ("me/model", "v1.0", "zero_shot")),
    ("hf:Me-2/My.Model_x@refs/pr/3", ("Me-2/My.Model_x", "refs/pr/3", "frozen")),
]


@pytest.mark.parametrize(("name", "meant"), REFERENCES)
def test_a_reference_names_a_repository_a_revision_and_an_adaptation(
    name: str, meant: tuple[str, str, str]
) -> None:
    assert tuple(reference.parse(name)) == meant


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hf:model", "is named hf:owner/name"),
        ("hf:me/model@", "is named hf:owner/name"),
        ("hf:../../etc", "is named hf:owner/name"),
        ("hf:me/model#lra", "did you mean 'lora'?"),
    ],
)
def test_a_reference_that_is_none_is_named(name: str, said: str) -> None:
    with pytest.raises(BenchError, match=re.escape(said)):
        reference.parse(name)


def test_a_card_reads_back_as_it_was_written(tmp_path: Path) -> None:
    for name in ("minilm_lora", "tfidf_svm", "mlp"):
        card = find().model(name)
        path = tmp_path / f"{name}.toml"
        path.write_text(toml(card), encoding="utf-8")
        again = read(path, ModelCard)
        assert {**vars(again), "path": None} == {**vars(card), "path": None}


def test_models_of_the_hub_are_fitted_and_their_commit_recorded(
    home: Path, messages: Plugins, run_cli: Command, results: Path
) -> None:
    names = [
        "hf:me/tiny-encoder",
        "hf:me/tiny-encoder#full",
        f"hf:me/tiny-encoder@{COMMIT}#lora",
        "hf:me/tiny-writer#zero_shot",
        "hf:me/tiny-writer#lora",
    ]
    done = run_cli(
        *("run", "--plugins", messages.folder, "--task", "messages", "--seeds", "0"),
        *("--model", ",".join(names), "--results", results, "--executor", "serial"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    records = {record["model"]: record for record in kept(results).values()}
    assert len(records) == len(names)
    for asked in map(reference.parse, names):
        record = records[reference.card_name(asked, COMMIT)]
        assert record["adaptation"] == asked.adaptation
        assert record["family"] == "pretrained"
        assert record["params"]["commit"] == COMMIT
        assert (record["n_train_used"] == 0) == (asked.adaptation == "zero_shot")


PICTURES = """
import numpy as np
from benchbig.data import Part, Split

def load(seed, files):
    rng = np.random.default_rng(seed)
    y = np.arange(60) % 3
    X = rng.integers(0, 60, (60, 10, 10, 3), dtype=np.uint8)
    X[np.arange(60), :, :, y] += 150  # red, green or blue
    cut = np.split(rng.permutation(60), [30, 45])
    return Split(*(Part(X[at], y[at], at) for at in cut))
"""


def test_image_models_of_the_hub_are_fitted_too(
    home: Path, plugins: Plugins, run_cli: Command, results: Path
) -> None:
    for repo, save in (("me/vit", save_tiny_vit), ("me/conv", save_tiny_conv),
                       ("me/clip", save_tiny_clip)):  # fmt: skip
        in_cache(home, repo, save)
    card = {**CARD, "modality": "image", "kind": "multiclass", "n_classes": 3, "n_examples": 60}
    card["classes"] = ["card", "rate", "help"]
    plugins.task("colours", PICTURES, {k: v for k, v in card.items() if v is not None})
    path = plugins.folder / "tasks" / "colours.toml"
    path.write_text(re.sub(r"n_features.*\n", "", path.read_text()))
    names = ["hf:me/vit", "hf:me/vit#lora", "hf:me/conv#full", "hf:me/clip#zero_shot",
             "hf:me/clip#frozen"]  # fmt: skip
    done = run_cli(
        *("run", "--plugins", plugins.folder, "--task", "colours", "--seeds", "0"),
        *("--model", ",".join(names), "--results", results, "--executor", "serial"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    records = {record["model"]: record for record in kept(results).values()}
    found = [records[reference.card_name(reference.parse(name), COMMIT)] for name in names]
    vit, by_lora, conv, asked, clip = found
    assert min(record["value"] for record in (vit, conv, clip)) > 0.9
    assert by_lora["value"] > 0.4  # of a third by chance; there are ten steps to learn in
    assert 0 < by_lora["n_trainable"] < by_lora["n_params"] / 2
    assert conv["n_trainable"] == conv["n_params"]
    assert asked["n_trainable"] == 0
    assert [r["n_train_used"] for r in found] == [30, 30, 30, 0, 30]


def test_the_card_pins_every_file_that_is_taken_and_no_other(home: Path, tmp_path: Path) -> None:
    catalog, (name,) = bring(find(), ["hf:me/tiny-encoder"], offline=True)
    (asset,) = catalog.model(name).assets.values()
    folder = home / "hub" / "models--me--tiny-encoder" / "snapshots" / COMMIT
    taken = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert set(asset.files) == taken
    for file, digest in asset.files.items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == digest
    assert (asset.hub, asset.revision) == ("me/tiny-encoder", COMMIT)
    like = find().model("mpnet_frozen")
    assert catalog.model(name).search == like.search


def test_other_names_stay_as_they_are(home: Path) -> None:
    catalog = find()
    assert bring(catalog, ["logreg", "majority"]) == (catalog, ("logreg", "majority"))


def test_what_offline_is_not_there_says_what_to_type(home: Path, run_cli: Command) -> None:
    done = run_cli("run", "--task", "short_reviews", "--model", "hf:me/none", "--offline")
    one_line(done, "hf:me/none at main is not in", "benchbig fetch --model hf:me/none@main")


def test_weights_as_a_pickle_are_refused(home: Path) -> None:
    def pickled(folder: Path) -> None:
        save_tiny_encoder(folder)
        (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    in_cache(home, "me/pickled", pickled)
    with pytest.raises(BenchError, match=r"has no model\.safetensors"):
        bring(find(), ["hf:me/pickled"], offline=True)


def test_an_encoder_cannot_be_asked(home: Path) -> None:
    with pytest.raises(BenchError, match="cannot be asked"):
        bring(find(), ["hf:me/tiny-encoder#zero_shot"], offline=True)


def test_show_and_fetch_know_models_of_the_hub(home: Path, run_cli: Command) -> None:
    shown = run_cli("show", "hf:me/tiny-encoder#lora")
    assert "me/tiny-encoder, lora" in shown.stdout, shown.stderr
    assert f"commit={COMMIT}" in unwrapped(shown.stdout)
    got = run_cli("fetch", "--model", "hf:me/tiny-encoder")
    assert "weights" in got.stdout, got.stderr
    assert "fetched" in got.stdout


def unwrapped(page: str) -> str:
    """A page's letters without the blanks and line ends between them."""
    return "".join(page.split())


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
            elif path.startswith(f"/me/served/resolve/{COMMIT}/"):
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
    assert not any("/resolve/main/" in path for path in hub.asked)


def test_a_name_that_the_hub_does_not_have_is_one_sentence(hub: Hub, run_cli: Command) -> None:
    one_line(run_cli("show", "hf:me/nothing"), "hf:me/nothing at main cannot be had")
