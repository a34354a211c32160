"""Where do fetched assets lie, and is one there?

An asset is a folder of its own, named by the names and sha256 of its files, so two cards that
pin the same files share it: `assets/<key>/data/...` beside `assets/<key>/stored.json`. It
appears by one rename, whole or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from benchbig.assets.digest import sha256_of
from benchbig.cards.schema import AssetCard

STORED = "stored.json"


def cache_dir() -> Path:
    """The cache folder: BENCHBIG_CACHE, else ~/.cache/benchbig; absolute, as workers move about."""
    return Path(os.environ.get("BENCHBIG_CACHE") or "~/.cache/benchbig").expanduser().absolute()


def stored_dir() -> Path:
    """Where fetched assets lie; jobs read them and change nothing."""
    return cache_dir() / "assets"


def shared_dir() -> Path:
    """Where jobs keep what they share, such as embeddings; made where it is not there."""
    folder = cache_dir() / "shared"
    if not folder.is_dir():  # each job asks: a look is sooner than a refusal
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def pinned(asset: AssetCard) -> dict[str, str]:
    """The files that the card pins one by one: relative name -> sha256; none of a whole folder."""
    if asset.member:
        return {PurePosixPath(asset.member).name: asset.sha256 or ""}
    return dict(asset.files)


def home(asset: AssetCard, cache: Path) -> Path:
    """The folder that holds this asset once it is stored."""
    lines = "".join(f"{name}\0{sha256}\n" for name, sha256 in sorted(pinned(asset).items()))
    if asset.whole:
        lines = "\0".join((str(asset.archive_sha256), *asset.inner, str(asset.folder)))
    return cache / "assets" / hashlib.sha256(lines.encode()).hexdigest()[:16]


def data(asset: AssetCard, cache: Path) -> Path:
    """The path that a task or model is given: the file, or the folder of files."""
    folder = home(asset, cache) / "data"
    return folder / PurePosixPath(asset.member).name if asset.member else folder


def find(asset: AssetCard, cache: Path) -> Path | None:
    """The asset's cached path, or None where it is absent or a file's size is wrong.

    Cheap: files were hashed when they were stored; `verify` hashes them again.
    """
    folder = home(asset, cache)
    try:
        sizes = _note(folder)["files"]
        sound = bool(sizes) and (asset.whole or set(sizes) == set(pinned(asset)))
        sound = sound and all(
            (folder / "data" / name).stat().st_size == size for name, size in sizes.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return data(asset, cache) if sound else None


def verify(asset: AssetCard, cache: Path) -> bool:
    """Whether the asset is cached and every file still has its sha256: as the card pins it, or,
    of a whole folder, as it was when it came out of the pinned archive."""
    if find(asset, cache) is None:
        return False
    folder = home(asset, cache)
    pins = _note(folder).get("sha256", {}) if asset.whole else pinned(asset)
    there = {name: sha256_of(folder / "data" / name) for name in _note(folder)["files"]}
    return there == pins


def _note(folder: Path) -> dict[str, Any]:
    """What was written down when the asset was stored in this folder."""
    note: dict[str, Any] = json.loads((folder / STORED).read_text())
    return note


@contextmanager
def workplace(asset: AssetCard, cache: Path) -> Iterator[Path]:
    """An empty folder to fetch into, held by one process at a time and gone afterwards.

    Its name is fixed, so what a killed process left behind is cleared by the next one.
    """
    folder = home(asset, cache)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".partial-{folder.name}")
    with (folder.with_name(f".lock-{folder.name}")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(partial, ignore_errors=True)
        try:
            (partial / "kept" / "data").mkdir(parents=True)
            yield partial
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def store(asset: AssetCard, kept: Path, cache: Path) -> Path:
    """Move the verified files under kept/data to their place in the cache, durably."""
    files = {
        path.relative_to(kept / "data").as_posix(): path
        for path in sorted((kept / "data").rglob("*"))
        if path.is_file()
    }
    note = {
        "name": asset.name,
        "licence": asset.licence,
        "origin": asset.origin,
        "files": {name: path.stat().st_size for name, path in files.items()},
    }
    if asset.whole:  # no card pins these
        note["sha256"] = {name: sha256_of(path) for name, path in files.items()}
    (kept / STORED).write_text(json.dumps(note, indent=1, sort_keys=True))
    for path in sorted(kept.rglob("*")):
        _sync(path)
    folder = home(asset, cache)
    shutil.rmtree(folder, ignore_errors=True)  # only an unsound one can be there
    kept.replace(folder)
    _sync(folder.parent)
    return data(asset, cache)


def _sync(path: Path) -> None:
    """Have the disk hold the file or folder before what follows."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
