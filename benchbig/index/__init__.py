"""A store through its index: what a driver and a table need, without reading every record again."""

from benchbig.index.known import Known
from benchbig.index.read import known, records, rows

__all__ = ["Known", "known", "records", "rows"]
