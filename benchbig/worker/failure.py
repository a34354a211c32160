"""What an exception that ended a job means: its status, and a message that helps."""

from __future__ import annotations

import resource
import traceback

from benchbig.errors import BenchError, out_of_memory
from benchbig.record import Record, fail
from benchbig.worker.request import Request

MESSAGE_CHARS, TRACE_CHARS = 2000, 8000


def failed(request: Request, record: Record, stage: str, error: BaseException) -> Record:
    """The record of a job that this exception ended in this stage."""
    if out_of_memory(error):
        _make_room(error)
        kind = type(error).__name__
        message = str(error)[:MESSAGE_CHARS] or "out of memory"
        return fail(record, "oom", stage, kind, message, _trace(error))
    kind = "BenchError" if isinstance(error, BenchError) else type(error).__name__
    message = (str(error)[:MESSAGE_CHARS] or kind) + _hint(request, error)
    return fail(record, "failed", stage, kind, message, _trace(error))


def _make_room(error: BaseException) -> None:
    """Let go of what filled the memory, and of the limit, so that the record can be written."""
    traceback.clear_frames(error.__traceback__)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _hint(request: Request, error: BaseException) -> str:
    if isinstance(error, PermissionError) and error.filename and request.writable:
        return "; a job may write only to its working folder, context.cache and temporary files"
    return ""


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-TRACE_CHARS:]
