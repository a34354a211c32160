"""Tables put aside in a file, a task's part at a time, until all of a table is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from benchbig.store import quick
from benchbig.tables.columns import Column, Frame
from benchbig.tables.files import united


@dataclass(frozen=True)
class Laid:
    """A frame laid flat: its columns, how many lines it has, and its cells as a line of JSON."""

    columns: tuple[Column, ...]
    count: int
    cells: bytes


@dataclass
class Spool:
    """known: the columns of every frame. others: those that only some have. count: lines.

    parts: the columns of each frame in the file.
    """

    known: tuple[Column, ...]
    file: IO[bytes]
    others: dict[str, Column] = field(default_factory=dict)
    parts: list[tuple[Column, ...]] = field(default_factory=list)
    count: int = 0

    @property
    def columns(self) -> tuple[Column, ...]:
        return united(self.known, self.others.values())


def laid(frame: Frame) -> Laid:
    """Flat, as it can be handed from one process to another."""
    return Laid(frame.columns, frame.count, quick.dumps(frame.values) + b"\n")


def put(spool: Spool, part: Laid) -> None:
    """Put a frame behind those that lie there."""
    same = part.columns == spool.known
    if not same:
        spool.others |= {column.name: column for column in part.columns}
    spool.parts.append(spool.known if same else part.columns)
    spool.count += part.count
    spool.file.write(part.cells)


def frames(spool: Spool) -> Iterator[Frame]:
    """All of them, in the order they came, as often as is asked."""
    spool.file.seek(0)
    for columns, line in zip(spool.parts, spool.file, strict=True):
        yield Frame(columns, tuple(quick.loads(line)))
