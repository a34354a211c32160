"""Write the result table for other programs: csv, parquet, json, latex, markdown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from benchbig.errors import BenchError, unknown
from benchbig.record import Record
from benchbig.tables.columns import Frame, record_frame, row_frame
from benchbig.tables.files import WRITERS
from benchbig.tables.latex import latex
from benchbig.tables.markdown import markdown
from benchbig.tables.record_sheet import record_sheets
from benchbig.tables.row import Row
from benchbig.tables.rows import rows
from benchbig.tables.sheet import Sheet, sheets

FORMATS = ("csv", "parquet", "json", "latex", "markdown")
TEXTS: dict[str, Callable[[Iterable[Sheet]], str]] = {"latex": latex, "markdown": markdown}
LEVELS = ("rows", "records")


def export(
    records: Iterable[Record],
    format: str,
    path: Path | None = None,
    level: str = "rows",
    tasks: Mapping[str, str] | None = None,
) -> None:
    """Write the table to a file, or to standard output where path is None.

    level: "rows" gives one line a task, model, training size and device; "records" one a job.
    tasks: task name to title, in the order of the tasks. Full precision in csv, json and
    parquet; as shown on the screen in latex and markdown. Trial runs are left out.
    Raises BenchError for an unknown format or level, parquet without a path, a path that
    cannot be written.
    """
    refuse(format, path)
    if level not in LEVELS:
        raise unknown("level", level, LEVELS)
    if level == "rows":
        export_rows(rows(records, tuple(tasks or {})), format, path, tasks)
    else:
        _put(
            _text(record_sheets(records, tasks or {}), format)
            if format in TEXTS
            else encode(record_frame(records), format),
            path,
        )


def export_rows(
    made: Iterable[Row],
    format: str,
    path: Path | None = None,
    tasks: Mapping[str, str] | None = None,
) -> None:
    """As `export`, of rows that are made already."""
    refuse(format, path)
    _put(
        _text(sheets(made, tasks), format) if format in TEXTS else encode(row_frame(made), format),
        path,
    )


def refuse(format: str, path: Path | None) -> None:
    """Say what cannot be written, before anything is read."""
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    if path is None and format == "parquet":
        raise BenchError("parquet is not text; name a file to write it to")


def _text(tables: Iterable[Sheet], format: str) -> bytes:
    return TEXTS[format](tables).encode("utf-8")


def encode(frame: Frame, format: str) -> bytes:
    """A frame as the bytes of a csv, json or parquet file, with every digit."""
    return b"".join(WRITERS[format](frame.columns, [frame]))


def _put(content: bytes, path: Path | None) -> None:
    if path is None:
        sys.stdout.write(content.decode("utf-8"))
    else:
        _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing: a reader never sees half a table."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BenchError(f"{path}: cannot be written: {error.strerror or error}") from None
