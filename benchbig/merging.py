"""Bring the records of several stores into one, or say why they contradict each other."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchbig import store
from benchbig.errors import BenchError
from benchbig.record import Record
from benchbig.store.lock import held
from benchbig.store.pack import DAMAGED

FOLDERS = ("env", "predictions", "logs")
SHOWN = 6  # fields that differ, named in a conflict


class Line(NamedTuple):
    """One record as it stands in a store, whose folder is home."""

    home: Path
    place: str
    text: str
    record: Record


@dataclass(frozen=True)
class Merged:
    """What a merge did or would not do.

    records: lines in the target, of which added are new. conflicts: a sentence each; where there
    is one, nothing was written.
    """

    records: int
    added: int
    conflicts: tuple[str, ...]


def merge(sources: Sequence[Path], target: Path, pack: bool = False) -> Merged:
    """Everything of the sources into the target, which is made or added to.

    pack: the predictions that come in are packed (benchbig/store/pack.py), and their sha256 with
    them. Two stores contradict each other where a key's lines are neither the same in both nor in
    one a continuation of the other's, or where a file of one name differs in more than how it is
    compressed: of two that do not the first stays. All is compared before anything is written. A
    target that was not there appears by one rename; in one that was, each file is replaced by a
    rename, predictions before records, so that a merge that is killed leaves a sound store and the
    same line finishes it.
    """
    with _taking(target) as folder:
        before = [target] if folder == target else []
        every = [*before, *sources]
        conflicts = [*_files_apart(every)]
        added, total, changed = 0, 0, {}
        for name in sorted({name for one in every for name in _record_files(one)}):
            lines, apart = _union([_lines(one, name) for one in every])
            conflicts += apart
            known = sum(1 for _ in _lines(target, name)) if before else 0
            total, added = total + len(lines), added + len(lines) - known
            if len(lines) > known:
                changed[name] = lines
        if conflicts:
            return Merged(0, 0, tuple(conflicts))
        for one in sources:
            _copy(one, folder, pack)
        for name, lines in changed.items():
            content = "".join(_text(line, folder) for line in lines)
            _replace(folder / "records" / name, content.encode())
    return Merged(total, added, ())


@contextmanager
def _taking(target: Path) -> Iterator[Path]:
    """Where to write: the target itself, held, or a folder beside it that becomes the target."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        if not (target / "records").is_dir():
            raise BenchError(f"--into {target}: is there already and is no store; name another")
        with held(target):
            yield target
        return
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of a merge that was killed
    try:
        store.prepare(part)
        yield part
        if any((part / "records").iterdir()):
            part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _record_files(folder: Path) -> list[str]:
    paths = map(_plain, (folder / "records").glob("*/*.jsonl"))
    return [f"{path.parent.name}/{path.name}" for path in paths]


def _plain(path: Path) -> Path:
    """The path, of a file of a store itself: a link in somebody else's may lead to a secret."""
    if path.is_symlink():
        raise BenchError(f"{path}: is a link; a store holds plain files. Leave it out")
    return path


def _lines(folder: Path, name: str) -> Iterator[Line]:
    """The whole lines of one file of records; a torn last line is no record."""
    path = folder / "records" / name
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, text in enumerate(store.as_written(file), 1):
            if text.endswith(b"\n"):
                record = store.parse(path, number, text)
                yield Line(folder, f"{path}:{number}", text.decode(), record)


def _union(stores: Iterable[Iterable[Line]]) -> tuple[list[Line], list[str]]:
    """The lines of one file over all stores, the first store's in place, and what contradicts."""
    lines: list[Line] = []
    by_key: dict[str, list[Line]] = {}
    conflicts = []
    for found in stores:
        mine: dict[str, list[Line]] = {}
        for line in found:
            mine.setdefault(line.record["key"], []).append(line)
        for key, here in mine.items():
            there = by_key.setdefault(key, [])
            paired = zip(there, here, strict=False)
            different = [(a, b) for a, b in paired if _measured(a) != _measured(b)]
            if different:
                conflicts.append(_explain(*different[0]))
                continue
            lines += here[len(there) :]
            there += here[len(there) :]
    return lines, conflicts


def _measured(line: Line) -> Record:
    """The record but for the sums of its files, which `_files_apart` compares by their content."""
    named = line.record["predictions"]
    kept = named and {field: value for field, value in named.items() if field != "sha256"}
    return {**line.record, "predictions": kept}


def _text(line: Line, folder: Path) -> str:
    """The line as the merged store has it: where its predictions were packed, with their sha256.

    A file that never was what its record says is not made good by it.
    """
    named = line.record["predictions"]
    if named is None or line.home == folder:
        return line.text
    before, now = (_sha256(store.predictions_folder(one), named) for one in (line.home, folder))
    if now is None or now == before or before != named["sha256"]:
        return line.text
    return store.as_line({**line.record, "predictions": {**named, "sha256": now}})


def _sha256(folder: Path, named: dict[str, str]) -> str | None:
    path = folder / Path(named["path"]).name
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _explain(one: Line, other: Line) -> str:
    """What was measured twice, by whom, and in what the two differ."""
    record, again = one.record, other.record
    fields = sorted(f for f in {*record, *again} if record.get(f) != again.get(f))
    named = ", ".join(fields[:SHOWN]) + (", ..." if len(fields) > SHOWN else "")
    return (
        f"{record['task']}, {record['model']}, seed {record['seed']} (key {record['key']}) was run "
        f"twice: {_run(one)} and {_run(other)}; they differ in {named}. Leave one of the two "
        "stores out, or delete one of the two lines"
    )


def _run(line: Line) -> str:
    record = line.record
    return f"{line.place} (run {record['run_id'][:8]}, {record['status']}, {record['started_at']})"


def _files_apart(stores: Iterable[Path]) -> Iterator[str]:
    """Files of one name that are not the same file."""
    seen: dict[str, Path] = {}
    for one in stores:
        for path in _kept(one):
            name = path.relative_to(one).as_posix()
            first = seen.setdefault(name, path)
            if first is not path and not _same(first, path):
                yield f"{first} and {path} are not the same file; leave one of the stores out"


def _kept(folder: Path) -> Iterator[Path]:
    """The files that belong to records; logs are not compared, since a retry writes its own."""
    for shelf in FOLDERS[:2]:
        yield from map(_plain, sorted((folder / shelf).glob("[!.]*")))


def _same(one: Path, other: Path) -> bool:
    """The same bytes, or where packed or compressed on another machine, the same arrays."""
    if one.read_bytes() == other.read_bytes():
        return True
    if one.suffix != ".npz":
        return False
    try:
        with zipfile.ZipFile(one) as a, zipfile.ZipFile(other) as b:
            names = sorted(a.namelist())
            return names == sorted(b.namelist()) and all(a.read(n) == b.read(n) for n in names)
    except (OSError, RuntimeError, *DAMAGED):
        return False


def _copy(source: Path, folder: Path, pack: bool) -> None:
    for shelf in FOLDERS:
        for path in map(_plain, sorted((source / shelf).glob("[!.]*"))):
            if path.is_file() and not (folder / shelf / path.name).exists():
                content = path.read_bytes()
                if pack and path.suffix == ".npz":
                    content = store.packed(content)
                _replace(folder / shelf / path.name, content)


def _replace(path: Path, content: bytes) -> None:
    """Put a file into place so that a reader sees all of it or nothing, and the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
