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
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError

CHUNK = 1 << 20  # bytes
MAX_MEMBER = 2 << 30  # bytes of one member
MAX_TAR = 16 << 30  # bytes of a whole tar, which must be unpacked to be searched
MAX_FOLDER = 4 << 30  # bytes of all files of a folder together

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
    pieces = (piece.member for piece in asset.pieces)
    for name in (*asset.inner, asset.member, asset.folder, *asset.files, *pieces):
        if name is not None and not _is_safe(name):
            raise BenchError(
                f"asset '{asset.name}': '{name}' is not a safe name; write the path inside the "
                f"archive, relative, with '/' and without '..'"
            )


def take(asset: AssetCard, archive: Path, folder: Path) -> None:
    """Write the asset's member, its files or its whole folder from the archive into `folder`."""
    where = f"asset '{asset.name}'"
    for depth, name in enumerate(asset.inner):
        nested = archive.with_name(f"inner-{depth}")
        _copy(archive, {name: nested}, where)
        archive = nested
    if asset.member:
        targets = {asset.member: folder / PurePosixPath(asset.member).name}
    elif asset.whole:
        targets = {name: folder / rest for name, rest in _below(archive, str(asset.folder), where)}
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
    with _opened(archive, where) as opened:
        if isinstance(opened, tarfile.TarFile):
            _copy_from_tar(opened, targets, where)
        else:
            _copy_from_zip(opened, targets, where)


@contextmanager
def _opened(archive: Path, where: str) -> Iterator[tarfile.TarFile | zipfile.ZipFile]:
    """The zip or tar, open; whatever is wrong with it becomes a BenchError."""
    try:
        # A tar may end in a stored zip and pass for one; no zip passes for a tar.
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                yield tar
        elif zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped:
                yield zipped
        else:
            raise BenchError(f"{where}: what was downloaded is neither a zip nor a tar archive")
    except CORRUPT as error:
        raise BenchError(f"{where}: the archive is damaged: {error}") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise BenchError(f"{where}: the archive is damaged: {error}") from error  # gzip's, bz2's


def _below(archive: Path, top: str, where: str) -> list[tuple[str, str]]:
    """Every file below a folder of the archive: its name there, and its path below the folder.

    Like a member, the folder may lie below the one top folder of an sdist.
    """
    with _opened(archive, where) as opened:
        if isinstance(opened, tarfile.TarFile):
            sizes = {each.name.removeprefix("./"): each.size for each in _entries(opened, where)
                     if not each.isdir()}  # fmt: skip
        else:
            sizes = {each.filename: each.file_size for each in opened.infolist()
                     if not each.is_dir()}  # fmt: skip
    found = {
        each
        for name in sizes
        for each in (f"{top}/", f"{name.partition('/')[0]}/{top}/")
        if name.startswith(each)
    }
    if len(found) != 1:
        there = f"{len(found)} folders are named so" if found else "no folder is named so"
        raise BenchError(f"{where}: '{top}': {there} in the archive")
    (prefix,) = found
    below = [(name, name.removeprefix(prefix)) for name in sizes if name.startswith(prefix)]
    for name, rest in below:
        if not _is_safe(rest):  # "data//etc/x" is a safe name, what is below "data/" is not
            raise BenchError(f"{where}: member '{name}' leads out of its folder; refused")
    if sum(sizes[name] for name, _ in below) > MAX_FOLDER:
        raise BenchError(f"{where}: '{top}' unpacks to more than {MAX_FOLDER >> 30} GB")
    return below


def _copy_from_zip(zipped: zipfile.ZipFile, targets: Mapping[str, Path], where: str) -> None:
    entries = {entry.filename: entry for entry in zipped.infolist()}
    for name, path in targets.items():
        entry = entries[_match(name, entries, where)]
        mode = entry.external_attr >> 16  # the Unix mode, 0 when the zip was made elsewhere
        plain = not entry.is_dir() and (stat.S_IFMT(mode) in (0, stat.S_IFREG))
        _check_entry(entry.filename, plain and not entry.flag_bits & 1, entry.file_size, where)
        with zipped.open(entry) as source:
            _write(source, path, where)


def _copy_from_tar(tar: tarfile.TarFile, targets: Mapping[str, Path], where: str) -> None:
    entries = {entry.name.removeprefix("./"): entry for entry in _entries(tar, where)}
    chosen = [(entries[_match(name, entries, where)], targets[name]) for name in targets]
    # In the order of the file: going back in a compressed tar unpacks it from its start.
    for entry, path in sorted(chosen, key=lambda pair: pair[0].offset):
        _check_entry(entry.name, entry.isreg(), entry.size, where)
        source = tar.extractfile(entry)
        assert source is not None  # it is a regular file
        with source:
            _write(source, path, where)


def _entries(tar: tarfile.TarFile, where: str) -> Iterator[tarfile.TarInfo]:
    """Every entry of a tar, as long as they unpack to no more than the bound."""
    size = 0
    for entry in tar:
        size += entry.size
        if size > MAX_TAR:
            raise BenchError(f"{where}: the archive unpacks to more than {MAX_TAR >> 30} GB")
        yield entry


def _match(name: str, names: Collection[str], where: str) -> str:
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
