"""A store through its index: what a driver and a table need, without reading every record again."""

from benchbig.index.known import Known
from benchbig.index.read import Keys, counted, known, records, rows

__all__ = ["Keys", "Known", "counted", "known", "records", "rows"]
