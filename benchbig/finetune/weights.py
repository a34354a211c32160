"""How are a pretrained network and its tokenizer read from files, with nothing of theirs run?

Never asks a hub, never unpickles (safetensors, GGUF, or torch.load with weights_only), never runs
code that comes with the weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer
from transformers.utils import logging

from benchbig.errors import BenchError

POOLINGS = {
    "pooling_mode_cls_token": "first",
    "pooling_mode_lasttoken": "last",
    "pooling_mode_mean_tokens": "mean",
}
SAFE: Mapping[str, Any] = {"local_files_only": True, "trust_remote_code": False}


def network(path: Path, kind: Any, device: str, dtype: torch.dtype = torch.float32) -> Any:
    """The network at a path (a folder, or a .gguf file), made by a class such as AutoModel."""
    # Its bar would break into the live view.
    no_bar: Callable[[], None] = logging.disable_progress_bar
    no_bar()
    folder, gguf = _place(path)
    # On the CPU the fused attention's backward pass is several times slower than the plain; on MPS
    # that of torch 2.11 is silently wrong where a few tokens have a mask.
    plain = {} if device == "cuda" else {"attn_implementation": "eager"}
    form: dict[str, Any] = {"use_safetensors": _has_safetensors(folder), "weights_only": True}
    form = dict(gguf) or form
    try:
        return kind.from_pretrained(folder, dtype=dtype, **SAFE, **plain, **form)
    except ValueError as error:
        raise _refused(folder, error) from error


def tokenizer(path: Path) -> Any:
    """The tokenizer beside the network's weights."""
    folder, gguf = _place(path)
    try:
        return AutoTokenizer.from_pretrained(folder, **SAFE, **gguf)
    except ValueError as error:
        raise _refused(folder, error) from error


def pooling(path: Path) -> str:
    """What stands for a text: "last", "first" or "mean" of its tokens."""
    named = path / "1_Pooling" / "config.json"
    if named.exists():
        said = json.loads(named.read_text(encoding="utf-8"))
        return next((name for mode, name in POOLINGS.items() if said.get(mode)), "mean")
    return "last" if causal(path) else "mean"


def causal(path: Path) -> bool:
    """Whether the network at this path reads from left to right, as language models do."""
    if path.is_file():
        return True  # GGUF is the format of those alone
    config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    return any(str(name).endswith("ForCausalLM") for name in config.get("architectures") or ())


def sha256(path: Path) -> str:
    """One hash over the file, or over all files of the folder, names included."""
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file():
            name = file.name if path.is_file() else file.relative_to(path).as_posix()
            digest.update(name.encode())
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _place(path: Path) -> tuple[Path, dict[str, str]]:
    """The folder, and how to name the file in it where the weights are one."""
    return (path.parent, {"gguf_file": path.name}) if path.is_file() else (path, {})


def _has_safetensors(folder: Path) -> bool:
    return any(folder.glob("*.safetensors"))


def _refused(folder: Path, error: ValueError) -> BenchError | ValueError:
    """What is said of weights that come with code of their own, which is never run."""
    if "trust_remote_code" not in str(error):
        return error
    return BenchError(
        f"{folder}: transformers can read this only by running code that comes with the weights, "
        f"which benchbig never does; choose another model"
    )
