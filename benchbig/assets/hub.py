"""How are files of the Hugging Face hub had, pinned to a revision, through its own client?"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path, PurePosixPath
from typing import cast

from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError

DATASETS = "datasets/"  # before a data set's name; a model's has nothing


def save(asset: AssetCard, folder: Path, offline: bool) -> None:
    """Write the asset's member, or its files, from the hub or the hub's own cache.

    A data set is named as in the hub's own addresses: datasets/owner/name. The client honours
    HF_HUB_OFFLINE, HF_ENDPOINT, HF_TOKEN and HF_HOME.
    """
    try:
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise BenchError(
            f"asset '{asset.name}' comes from the Hugging Face hub, whose client is not "
            f"installed; type: pip install 'benchbig[large]'"
        ) from error
    if not asset.revision:
        raise BenchError(f"asset '{asset.name}': '{asset.hub}' needs a 'revision' on the card")
    top = PurePosixPath(asset.folder or ".")
    names = [asset.member] if asset.member else [str(top / name) for name in asset.files]
    repo = str(asset.hub).removeprefix(DATASETS)
    kind = "dataset" if repo != asset.hub else "model"
    for name in names:
        try:
            had = hf_hub_download(
                repo, name, repo_type=kind, revision=asset.revision, local_files_only=offline
            )
        except client_errors() as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise _not_had(asset, name, offline, error) from error
        target = folder / (PurePosixPath(name).name if asset.member else _below(name, top))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(had, target)


def client_errors() -> tuple[type[Exception], ...]:
    """What the client raises where something cannot be had; it must be installed."""
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

    # The error of its HTTP library (httpx or httpx2, by its version), and OSError.
    refused = (*HfHubHTTPError.__bases__, EntryNotFoundError, ValueError)
    return cast("tuple[type[Exception], ...]", refused)


def _below(name: str, top: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(name).relative_to(top)


def _not_had(asset: AssetCard, name: str, offline: bool, error: Exception) -> BenchError:
    if offline:
        return BenchError(
            f"asset '{asset.name}' is not in the cache and offline nothing is downloaded; with a "
            f"network type: benchbig fetch --suite NAME"
        )
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return BenchError(
        f"asset '{asset.name}': cannot get '{name}' of {asset.hub} at {asset.revision} from the "
        f"Hugging Face hub: {said}; check the network, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE"
    )
