"""How are the wanted members read out of an archive, and nothing else touched?

Archives come from strangers: members go to names of our own, only plain files are read, and
no more than a bound is unpacked. Nothing is executed or imported.
"""

from __future__ import annotations

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError

CHUNK = 1 << 20  # bytes
MAX_MEMBER = 2 << 30  # bytes of one member
MAX_TAR = 16 << 30  # bytes of a whole tar, which must be unpacked to be searched

CORRUPT = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a compression that Python lacks
)


def check_names(asset: AssetCard) -> None:
    """Raise BenchError when a name on the card could lead outside its folder."""
    for name in (*asset.inner, asset.member, asset.folder, *asset.files):
        if name is not None and not _is_safe(name):
            raise BenchError(
                f"asset '{asset.name}': '{name}' is not a safe name; write the path inside the "
                f"archive, relative, with '/' and without '..'"
            )


def take(asset: AssetCard, archive: Path, folder: Path) -> None:
    """Write the asset's member, or its files, from the archive into the folder."""
    where = f"asset '{asset.name}'"
    for depth, name in enumerate(asset.inner):
        nested = archive.with_name(f"inner-{depth}")
        _copy(archive, {name: nested}, where)
        archive = nested
    if asset.member:
        targets = {asset.member: folder / PurePosixPath(asset.member).name}
    else:
        top = PurePosixPath(asset.folder or ".")
        targets = {str(top / name): folder / name for name in asset.files}
    _copy(archive, targets, where)


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        bool(name)
        and not path.is_absolute()
        and not {"..", ""} & set(path.parts)
        and ("\\" not in name and "\0" not in name)
    )


def _copy(archive: Path, targets: Mapping[str, Path], where: str) -> None:
    """Copy members of a zip or tar: name in the archive -> path to write."""
    try:
        # A tar may end in a stored zip and pass for one; no zip passes for a tar.
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                _copy_from_tar(tar, targets, where)
        elif zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped:
                _copy_from_zip(zipped, targets, where)
        else:
            raise BenchError(f"{where}: what was downloaded is neither a zip nor a tar archive")
    except CORRUPT as error:
        raise BenchError(f"{where}: the archive is damaged: {error}") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise BenchError(f"{where}: the archive is damaged: {error}") from error  # gzip's, bz2's


def _copy_from_zip(zipped: zipfile.ZipFile, targets: Mapping[str, Path], where: str) -> None:
    entries = {entry.filename: entry for entry in zipped.infolist()}
    for name, path in targets.items():
        entry = entries[_match(name, list(entries), where)]
        mode = entry.external_attr >> 16  # the Unix mode, 0 when the zip was made elsewhere
        plain = not entry.is_dir() and (stat.S_IFMT(mode) in (0, stat.S_IFREG))
        _check_entry(entry.filename, plain and not entry.flag_bits & 1, entry.file_size, where)
        with zipped.open(entry) as source:
            _write(source, path, where)


def _copy_from_tar(tar: tarfile.TarFile, targets: Mapping[str, Path], where: str) -> None:
    entries, size = {}, 0
    for entry in tar:
        size += entry.size
        if size > MAX_TAR:
            raise BenchError(f"{where}: the archive unpacks to more than {MAX_TAR >> 30} GB")
        entries[entry.name.removeprefix("./")] = entry
    chosen = [(entries[_match(name, list(entries), where)], targets[name]) for name in targets]
    # In the order of the file: going back in a compressed tar unpacks it from its start.
    for entry, path in sorted(chosen, key=lambda pair: pair[0].offset):
        _check_entry(entry.name, entry.isreg(), entry.size, where)
        source = tar.extractfile(entry)
        assert source is not None  # it is a regular file
        with source:
            _write(source, path, where)


def _match(name: str, names: list[str], where: str) -> str:
    """The archive's name for a member: as written, or below the one top folder of an sdist."""
    if name in names:
        return name
    below = [each for each in names if each.partition("/")[2] == name]
    if len(below) == 1:
        return below[0]
    last = PurePosixPath(name).name
    near = next((each for each in names if PurePosixPath(each).name == last), None)
    hint = f"did you mean '{near}'?" if near else f"none of its {len(names)} members is named so"
    raise BenchError(f"{where}: there is no member '{name}' in the archive; {hint}")


def _check_entry(name: str, plain: bool, size: int, where: str) -> None:
    if not plain or not _is_safe(name):
        raise BenchError(f"{where}: member '{name}' is not a plain file (a link, say); refused")
    if size > MAX_MEMBER:
        raise BenchError(
            f"{where}: member '{name}' is {size >> 30} GB; at most {MAX_MEMBER >> 30} are taken"
        )


def _write(source: IO[bytes], path: Path, where: str) -> None:
    """Copy a member's bytes, no more than the bound whatever the archive declares."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = 0
    with path.open("wb") as file:
        while chunk := source.read(CHUNK):
            done += len(chunk)
            if done > MAX_MEMBER:
                raise BenchError(f"{where}: a member unpacks to more than {MAX_MEMBER >> 30} GB")
            file.write(chunk)
