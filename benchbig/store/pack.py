"""How small can a file of predictions be? For stores that are published: too slow for each job."""

from __future__ import annotations

import io
import zipfile
import zlib

from benchbig.errors import BenchError

try:
    from lzma import LZMAError
except ImportError:  # a Python built without it: zipfile then raises RuntimeError
    LZMAError = zlib.error  # type: ignore[assignment, misc]

# What reading a file of predictions raises where it is damaged.
DAMAGED = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError)


def packed(content: bytes) -> bytes:
    """An .npz file's arrays compressed by LZMA: about a sixth smaller, read seven times as slowly.

    numpy reads it as any other. The same content gives the same bytes, and packed ones themselves;
    what is no archive stays as it is.
    """
    file = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
            for member in old.infolist():
                held = zipfile.ZipInfo(member.filename)
                held.compress_type = zipfile.ZIP_LZMA
                new.writestr(held, old.read(member))
    except DAMAGED:
        return content
    except RuntimeError as error:  # zipfile's, where Python was built without lzma
        raise BenchError(f"--pack: {error}; leave it out, or use a Python that has lzma") from None
    return file.getvalue()
