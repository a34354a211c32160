"""Which files does a repository of the hub hold at a commit, and what are their sha256?

From the hub, or offline from the client's own cache. The client honours HF_HUB_OFFLINE,
HF_ENDPOINT, HF_TOKEN and HF_HOME. Weights are not downloaded: the hub knows their sha256.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchbig.assets.digest import sha256_of
from benchbig.assets.hub import client_errors
from benchbig.errors import BenchError
from benchbig.hub.reference import Reference

TOKENIZER = (
    "added_tokens.json",
    "chat_template.jinja",
    "merges.txt",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "spiece.model",
    "spm.model",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
)
OTHERS = ("config.json", "preprocessor_config.json", "1_Pooling/config.json")
WEIGHTS, SHARDS = "model.safetensors", "model.safetensors.index.json"
WEIGHT_FILES = (".safetensors", ".bin", ".pt", ".pth", ".h5", ".msgpack")
SHARD = re.compile(r"model-\d+-of-\d+\.safetensors")


class Listing(NamedTuple):
    """commit: 40 digits. files: name -> sha256 of all that a model needs. licence: as stated.

    bytes: of all files together. read: gives the path of one of them, downloaded if need be.
    """

    commit: str
    files: Mapping[str, str]
    licence: str
    bytes: int
    read: Callable[[str], Path]


def of(reference: Reference, offline: bool) -> Listing:
    """The listing. Raises BenchError where it cannot be had, or holds no safetensors."""
    if offline or os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return _of_cache(reference)
    return _of_hub(reference)


def _of_hub(reference: Reference) -> Listing:
    import huggingface_hub

    try:
        info = huggingface_hub.HfApi().model_info(
            reference.repo, revision=reference.revision, files_metadata=True, timeout=60
        )
        commit = str(info.sha)

        def read(name: str) -> Path:
            return Path(huggingface_hub.hf_hub_download(reference.repo, name, revision=commit))

        there = {file.rfilename: file for file in info.siblings or ()}
        names = _needed(reference, set(there))
        # Large files lie in a store of their own, by their sha256; the others are small.
        known = {name: there[name].lfs for name in names}
        files = {name: lfs.sha256 if lfs else sha256_of(read(name)) for name, lfs in known.items()}
        # Asked for by the branch's name, the client notes which commit that is, for offline.
        huggingface_hub.hf_hub_download(reference.repo, "config.json", revision=reference.revision)
    except client_errors() as error:
        raise _not_had(reference, error) from error
    licence = getattr(info.card_data, "license", None) or "unstated"
    size = sum(there[name].size or 0 for name in names)
    return Listing(commit, files, str(licence), size, read)


def _of_cache(reference: Reference) -> Listing:
    import huggingface_hub

    try:
        folder = Path(
            huggingface_hub.snapshot_download(
                reference.repo, revision=reference.revision, local_files_only=True
            )
        )
    except client_errors() as error:
        raise BenchError(
            f"hf:{reference.repo} at {reference.revision} is not in the Hugging Face client's "
            f"cache and offline nothing is downloaded; with a network type: "
            f"benchbig fetch --model hf:{reference.repo}@{reference.revision}"
        ) from error
    there = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    if _in_part(there):
        raise BenchError(
            f"hf:{reference.repo} at {reference.revision} is only in part in the Hugging Face "
            f"client's cache and offline nothing is downloaded; with a network type: "
            f"benchbig fetch --model hf:{reference.repo}@{reference.revision}"
        )
    names = _needed(reference, set(there))
    return Listing(
        commit=folder.name,
        files={name: sha256_of(there[name]) for name in names},
        licence="unstated",
        bytes=sum(there[name].stat().st_size for name in names),
        read=lambda name: there[name],
    )


def _in_part(there: Mapping[str, Path]) -> bool:
    """Whether a snapshot lacks weights that its own index names, or has no weights at all, as after
    a look at its config."""
    if SHARDS in there and WEIGHTS not in there:
        named = json.loads(there[SHARDS].read_text(encoding="utf-8"))["weight_map"].values()
        return not set(named) <= set(there)
    return not any(Path(name).suffix in WEIGHT_FILES for name in there)


def _needed(reference: Reference, there: set[str]) -> list[str]:
    """The files that a model needs: config, tokenizer, weights as safetensors; nothing else."""
    if "config.json" not in there:
        raise BenchError(f"hf:{reference.repo} has no config.json: it is no transformers model")
    weights = {WEIGHTS} & there
    if not weights and SHARDS in there:
        weights = {
            SHARDS,
            *(n for n in there if n.startswith("model-") and n.endswith(".safetensors")),
        }
    if not weights:
        raise BenchError(
            f"hf:{reference.repo} has no {WEIGHTS}: benchbig loads weights as safetensors alone, "
            f"never a pickle; look for a revision or a copy that has them"
        )
    return sorted({*TOKENIZER, *OTHERS} & there | weights)


def _not_had(reference: Reference, error: Exception) -> BenchError:
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return BenchError(
        f"hf:{reference.repo} at {reference.revision} cannot be had from the Hugging Face hub: "
        f"{said}; check the name, the network, HF_ENDPOINT and HF_TOKEN"
    )
