"""How do frames become a csv, json or parquet file, without the whole of it in memory?"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from benchbig.store import quick
from benchbig.tables.columns import Column, Frame, Values

if TYPE_CHECKING:
    import pyarrow as pa

NO_TEXT = "backslashreplace"  # half a surrogate pair, as what a model raised may hold
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet computes a text from
GROUP = 50_000  # lines of a Parquet row group
Writer = Callable[[Sequence[Column], Iterable[Frame]], Iterator[bytes]]


def united(known: Sequence[Column], others: Iterable[Column]) -> tuple[Column, ...]:
    """The columns that every frame has, then those that only some have, by name."""
    names = {column.name for column in known}
    found = {column.name: column for column in others if column.name not in names}
    return (*known, *(found[name] for name in sorted(found)))


def csv_pieces(columns: Sequence[Column], frames: Iterable[Frame]) -> Iterator[bytes]:
    """RFC 4180 with plain line ends; what is not measured is an empty cell."""
    yield _csv([[column.name for column in columns]])
    for frame in frames:
        yield _csv(zip(*_aligned(frame, columns), strict=True))


def _csv(lines: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    shown = ([_inert(cell) for cell in line] for line in lines)
    csv.writer(text, lineterminator="\n").writerows(shown)
    return text.getvalue().encode("utf-8", NO_TEXT)


def _inert(cell: Any) -> Any:
    """The cell; a text that a spreadsheet would take for a formula with an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell


def json_pieces(columns: Sequence[Column], frames: Iterable[Frame]) -> Iterator[bytes]:
    """A list of objects, a line each, every column in each."""
    names = [column.name for column in columns]
    before = b"[\n"
    for frame in frames:
        lines = [
            quick.dumps(dict(zip(names, cells, strict=True)))
            for cells in zip(*_aligned(frame, columns), strict=True)
        ]
        if lines:
            yield before + b",\n".join(lines)
            before = b",\n"
    yield b"[\n\n]\n" if before == b"[\n" else b"\n]\n"


def parquet_pieces(columns: Sequence[Column], frames: Iterable[Frame]) -> Iterator[bytes]:
    """Typed by column, not by content: an unmeasured column has the type of a measured one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "truth": pa.bool_()}
    schema = pa.schema([(column.name, types[column.kind]) for column in columns])
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema) as writer:
        for table in _grouped(columns, frames, schema):
            writer.write_table(table)
    yield sink.getvalue().to_pybytes()


def _grouped(
    columns: Sequence[Column], frames: Iterable[Frame], schema: pa.Schema
) -> Iterator[pa.Table]:
    """The frames as tables of GROUP lines or a frame more: small row groups read slowly."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    for frame in frames:
        cells = _aligned(frame, columns)
        arrays = [_array(values, field.type) for values, field in zip(cells, schema, strict=True)]
        waiting.append(pa.table(arrays, schema=schema))
        if sum(table.num_rows for table in waiting) >= GROUP:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def _array(values: Values, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        told = (v.encode("utf-8", NO_TEXT).decode() if isinstance(v, str) else v for v in values)
        return pa.array(list(told), kind)


def _aligned(frame: Frame, columns: Sequence[Column]) -> list[Values]:
    """The frame's values under these columns, nothing where it lacks one."""
    by_name = dict(zip((column.name for column in frame.columns), frame.values, strict=True))
    return [
        by_name[column.name] if column.name in by_name else [None] * frame.count
        for column in columns
    ]


WRITERS: dict[str, Writer] = {"csv": csv_pieces, "json": json_pieces, "parquet": parquet_pieces}
