"""Which store is meant: a folder, or git:REV[:PATH], read out of git without a check-out."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from benchbig.errors import BenchError

GIT = "git:"
SHELVES = ("records", "env", "predictions")
REGULAR = ("100644", "100755")


@contextmanager
def opened(named: str) -> Iterator[Path]:
    """The store's folder; what came out of git is gone afterwards.

    named: a folder, `git:REV` (the folder results/ of that revision of the repository one
    stands in) or `git:REV:PATH`. Raises BenchError where there are no records.
    """
    if not named.startswith(GIT):
        yield _folder(Path(named))
        return
    revision, _, path = named.removeprefix(GIT).partition(":")
    with tempfile.TemporaryDirectory(prefix="benchbig-") as scratch:
        folder = Path(scratch)
        _extract(revision, (path or "results").strip("/"), folder)
        if not (folder / "records").is_dir():
            raise BenchError(
                f"{named}: no records in {path or 'results'}/ of that revision; name the folder "
                f"that holds the store: git:{revision or 'REV'}:PATH"
            )
        yield folder


def _folder(folder: Path) -> Path:
    if not (folder / "records").is_dir():
        raise BenchError(
            f"{folder}: no records there; name the folder of a store, or git:REV for the store "
            "that revision REV of this repository keeps in results/"
        )
    return folder


def _extract(revision: str, path: str, folder: Path) -> None:
    """Write the store's files of that revision into the folder."""
    commit = _commit(revision)
    listed = _git("ls-tree", "-r", "-z", "--full-tree", commit, "--", path).decode()
    wanted: list[tuple[str, PurePosixPath]] = []
    for line in filter(None, listed.split("\0")):
        facts, _, name = line.partition("\t")
        mode, _, blob = facts.split()
        inside = _inside(PurePosixPath(name), PurePosixPath(path))
        if mode in REGULAR and inside is not None:
            wanted.append((blob, inside))
    contents = _blobs([blob for blob, _ in wanted])
    for (_, inside), content in zip(wanted, contents, strict=True):
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _inside(name: PurePosixPath, path: PurePosixPath) -> PurePosixPath | None:
    """Where in the store a file lies; None for what is no part of one."""
    if not name.is_relative_to(path):
        return None
    inside = name.relative_to(path)
    plain = inside.parts and inside.parts[0] in SHELVES and ".." not in inside.parts
    return inside if plain else None


def _commit(revision: str) -> str:
    """The commit's name. Raises BenchError where this repository has no such revision."""
    try:
        found = _git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except BenchError:
        raise BenchError(
            f"git:{revision}: this repository has no such revision; name one that is here, or get "
            "it first: git fetch origin REV (in a workflow: fetch-depth: 0)"
        ) from None
    return found.decode().strip()


def _blobs(names: list[str]) -> Iterator[bytes]:
    """The contents of these objects, in order."""
    out = _git("cat-file", "--batch", given="".join(f"{name}\n" for name in names).encode())
    start = 0
    for name in names:
        end = out.index(b"\n", start)
        facts = out[start:end].split()
        if len(facts) != 3:
            raise BenchError(f"git object {name} is not in this clone; fetch it without a filter")
        size = int(facts[2])
        yield out[end + 1 : end + 1 + size]
        start = end + 1 + size + 1


def _git(*arguments: str, given: bytes = b"") -> bytes:
    """What git prints. Raises BenchError with what it complains of."""
    try:
        done = subprocess.run(["git", *arguments], input=given, capture_output=True, check=False)
    except OSError:
        raise BenchError("git:REV needs git; install it, or name a folder") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BenchError(f"git {arguments[0]}: {said[-1] if said else 'failed'}")
    return done.stdout
