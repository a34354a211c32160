"""A home of the Hugging Face client that holds tiny models, laid out as the client does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"


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
def hub_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the client that holds an encoder and a language model."""
    from tiny_encoder import save_tiny_encoder, save_tiny_writer

    home = tmp_path / "hf"
    in_cache(home, "me/tiny-encoder", save_tiny_encoder)
    in_cache(home, "me/tiny-writer", save_tiny_writer)
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    # The client reads its environment when it is imported, which it may be already.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(home / "hub"))
    monkeypatch.setenv("BENCHBIG_CACHE", str(tmp_path / "cache"))
    return home


def unwrapped(page: str) -> str:
    """A page's letters without the blanks and line ends between them."""
    return "".join(page.split())
